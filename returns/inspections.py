"""Looking at what arrived: where each unit goes, and what it is worth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import receipts
from inventory.models import Reason
from inventory.movements import Change
from oms.kernel import actors, events
from oms.kernel.errors import Conflict, NotFound
from oms.payments import refunds
from returns import queries, refunds_due
from returns.events import Finding, ReturnInspected, subject
from returns.models import Inspection, Receipt, Return, ReturnLine
from returns.refunds_due import Claim, Credit
from returns.states import RETURN, Disposition

KEPT = {
    Disposition.RESTOCKED: Reason.RESTOCK,
    Disposition.QUALITY_CONTROL: Reason.QUALITY_CONTROL,
    Disposition.DAMAGED: Reason.DAMAGED,
}
"""Why stock grows by what is kept; what is scrapped never enters it."""


class Overcounted(TypedDict):
    """A receipt of which more is inspected than waits for it."""

    receipt_id: UUID
    inspected: int
    waiting: int


class MoreThanReceived(Conflict):
    """More is inspected than arrived and still waits for it."""

    receipts: list[Overcounted]

    @property
    def detail(self) -> str:
        """Say how many units wait for inspection."""
        told = [f"{one['inspected']} where {one['waiting']} waits" for one in self.receipts[:5]]
        return f"{self.title} ({', '.join(told)})"


class UnknownReceipt(NotFound):
    """This return has no such receipt here."""

    receipt_id: UUID


@dataclass(frozen=True)
class Piece:
    """Units of a receipt that look alike; `refund` says whether the shopper is paid for them."""

    receipt_id: UUID
    quantity: int
    disposition: Disposition
    refund: bool = True
    note: str | None = None


@dataclass(frozen=True)
class Waiting:
    """Units of a line that arrived at a place in the actor's reach."""

    receipt: Receipt
    line: ReturnLine

    @property
    def units(self) -> int:
        """Return how many of them nobody has looked at."""
        return self.receipt.quantity - self.receipt.inspected


@dataclass(frozen=True)
class Judged:
    """Units somebody has looked at: where they lie, and what they are worth."""

    receipt: Receipt
    line: ReturnLine
    inspection: Inspection
    credit: Credit


async def inspect(
    session: AsyncSession,
    *,
    return_id: UUID,
    pieces: Sequence[Piece],
    location_ids: frozenset[UUID] | None = None,
    version: int | None = None,
) -> Return:
    """Note what was found: stock follows the disposition, the refund is granted to the unit.

    Raises UnknownReturn, ReturnChanged, IllegalMove, UnknownReceipt (also for a location the
    actor has nothing to do with), MoreThanReceived naming what each receipt still holds, and
    RefundExceedsCaptured.
    """
    found = await queries.lock(session, return_id=return_id, version=version)
    RETURN.move(found, "inspect")
    waiting = await _waiting(session, return_id, location_ids)
    _demand(waiting, pieces)
    judged = await _judged(session, found, waiting, pieces)
    for one in judged:
        one.line.inspected += one.inspection.quantity
        one.receipt.inspected += one.inspection.quantity
        session.add(one.inspection)
    queries.touch(found)
    await session.flush()
    await _put_away(session, found, judged)
    await _grant(session, found, judged)
    _tell(session, found, judged)
    return found


async def _waiting(
    session: AsyncSession, return_id: UUID, location_ids: frozenset[UUID] | None
) -> dict[UUID, Waiting]:
    lines = {line.id: line for line in await queries.lines(session, return_ids=[return_id])}
    return {
        receipt.id: Waiting(receipt, lines[receipt.return_line_id])
        for receipt in await queries.receipts(session, return_ids=[return_id])
        if location_ids is None or receipt.location_id in location_ids
    }


def _demand(waiting: dict[UUID, Waiting], pieces: Sequence[Piece]) -> None:
    looked_at: Counter[UUID] = Counter()
    for piece in pieces:
        if piece.receipt_id not in waiting:
            raise UnknownReceipt(piece.receipt_id)
        looked_at[piece.receipt_id] += piece.quantity
    problems = [
        Overcounted(receipt_id=receipt_id, inspected=quantity, waiting=waiting[receipt_id].units)
        for receipt_id, quantity in looked_at.items()
        if quantity > waiting[receipt_id].units
    ]
    if problems:
        raise MoreThanReceived(problems)


async def _judged(
    session: AsyncSession, found: Return, waiting: dict[UUID, Waiting], pieces: Sequence[Piece]
) -> list[Judged]:
    places = [waiting[piece.receipt_id] for piece in pieces]
    claims = [
        Claim(place.line, piece.quantity, piece.refund)
        for place, piece in zip(places, pieces, strict=True)
    ]
    due = await refunds_due.credits_of(session, found=found, claims=claims)
    return [
        Judged(place.receipt, place.line, _inspection(piece, credit), credit)
        for place, piece, credit in zip(places, pieces, due, strict=True)
    ]


def _inspection(piece: Piece, credit: Credit) -> Inspection:
    return Inspection(
        receipt_id=piece.receipt_id,
        quantity=piece.quantity,
        disposition=piece.disposition,
        refunded=piece.refund,
        refund_amount=credit.amount,
        note=piece.note,
        actor=actors.current().label,
    )


async def _put_away(session: AsyncSession, found: Return, judged: Sequence[Judged]) -> None:
    kept = [one for one in judged if one.inspection.disposition in KEPT]
    if changes := [change for one in kept for change in _stocked(found, one)]:
        await receipts.shelve(session, changes=changes, reference=f"return:{found.id}")


def _stocked(found: Return, one: Judged) -> list[Change]:
    """Return what a disposition does to stock, at the location where the units are."""
    disposition = one.inspection.disposition
    parts = {one.line.sku: 1} if one.line.parts is None else one.line.parts
    units = {sku: each * one.inspection.quantity for sku, each in parts.items() if each}
    return [
        Change(
            sku=sku,
            location_id=one.receipt.location_id,
            reason=KEPT[disposition],
            reference=f"return:{found.id}",
            on_hand=quantity,
            damaged=quantity if disposition is Disposition.DAMAGED else 0,
            quality_control=quantity if disposition is Disposition.QUALITY_CONTROL else 0,
        )
        for sku, quantity in units.items()
    ]


async def _grant(session: AsyncSession, found: Return, judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.credit.amount > 0:
            await refunds.grant(
                session,
                order_id=found.order_id,
                currency=found.currency,
                amount=one.credit.amount,
                cause=f"inspection:{one.inspection.id}",
                terms=[one.credit.terms(one.line)],
            )


def _tell(session: AsyncSession, found: Return, judged: Sequence[Judged]) -> None:
    told = ReturnInspected(
        return_id=found.id,
        order_id=found.order_id,
        number=found.number,
        findings=[_finding(one) for one in judged],
        refund_amount=sum(one.credit.amount for one in judged),
        currency=found.currency,
    )
    events.record(session, told, about=subject(found), channel_id=found.channel_id)


def _finding(one: Judged) -> Finding:
    return Finding(
        inspection_id=one.inspection.id,
        location_id=one.receipt.location_id,
        sku=one.line.sku,
        quantity=one.inspection.quantity,
        disposition=one.inspection.disposition,
        refunded=one.inspection.refunded,
        refund_amount=one.inspection.refund_amount,
    )
