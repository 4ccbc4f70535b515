"""Asking to send goods back: against an order, or blind."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import kits
from oms.kernel import events, ids
from oms.kernel.errors import Conflict, Rejected
from oms.kernel.money import CurrencyMismatch, Money
from oms.orders import queries as orders
from oms.orders.models import OrderLine
from returns import queries, units
from returns.events import ReturnRequested, Units, subject
from returns.models import Return, ReturnLine
from returns.states import RETURN, ReturnReason


class Overasked(TypedDict):
    """An order line of which more is asked back than can come."""

    line_id: UUID
    wanted: int
    returnable: int


class NotReturnable(Conflict):
    """More is asked back than was sent out and is still with the shopper."""

    lines: list[Overasked]

    @property
    def detail(self) -> str:
        """Say which lines ask for too much."""
        told = [f"{one['wanted']} of {one['returnable']}" for one in self.lines[:5]]
        return f"{self.title} ({', '.join(told)})"


class ReturnExists(Conflict):
    """This channel has already made a return under that external id."""

    external_id: str
    return_id: UUID
    number: str


class NoteMissing(Rejected):
    """The reason "other" needs a note that says what it is."""


class UnknownItems(Rejected):
    """Only known items can come back."""

    skus: list[str]


@dataclass(frozen=True)
class Wanted:
    """Units of an order line that are to come back."""

    order_line_id: UUID
    quantity: int
    reason: ReturnReason


@dataclass(frozen=True)
class Blind:
    """Units that are to come back though no order is known, and the credit agreed for each."""

    sku: str
    quantity: int
    unit_credit: Money
    reason: ReturnReason


@dataclass(frozen=True)
class Paper:
    """What a return says about itself."""

    channel_id: UUID
    currency: str
    order_id: UUID | None = None
    external_id: str | None = None
    note: str | None = None


async def request(
    session: AsyncSession,
    *,
    order_id: UUID,
    lines: Sequence[Wanted],
    note: str | None = None,
    external_id: str | None = None,
    channel_id: UUID | None = None,
) -> Return:
    """Ask to send units of an order back; they are claimed at once.

    Returnable is what was shipped, less what came back, less what other returns ask for. Raises
    NotReturnable naming every line that asks for more, NoteMissing, ReturnExists, and NotFound
    for an order of another channel.
    """
    _explained(lines, note)
    order = await orders.lock(session, order_id=order_id, channel_id=channel_id)
    ordered = {line.id: line for line in await orders.lines(session, order_id=order_id)}
    paper = Paper(order.channel_id, order.currency, order_id, external_id, note)
    found = await _opened(session, paper)
    _returnable(ordered, lines)
    asked = [
        ReturnLine(
            return_id=found.id,
            position=position,
            order_line_id=line.order_line_id,
            sku=ordered[line.order_line_id].sku,
            parts=ordered[line.order_line_id].parts,
            quantity=line.quantity,
            reason=line.reason,
        )
        for position, line in enumerate(lines, start=1)
    ]
    await _asked(session, found, asked)
    await units.claim(session, found=found, lines=asked)
    return found


async def request_blind(
    session: AsyncSession,
    *,
    channel_id: UUID,
    lines: Sequence[Blind],
    note: str | None = None,
    external_id: str | None = None,
) -> Return:
    """Ask to send goods back of which no order is known, for an agreed credit per unit.

    Raises UnknownItems naming every sku, CurrencyMismatch, NoteMissing, ReturnExists.
    """
    _explained(lines, note)
    if unknown := await queries.unknown_skus(session, skus=[line.sku for line in lines]):
        raise UnknownItems(unknown)
    parts = await kits.held(session, skus=[line.sku for line in lines])
    paper = Paper(channel_id, _currency(lines), external_id=external_id, note=note)
    found = await _opened(session, paper)
    asked = [
        ReturnLine(
            return_id=found.id,
            position=position,
            sku=line.sku,
            parts=parts.get(line.sku),
            quantity=line.quantity,
            unit_credit=line.unit_credit.amount,
            reason=line.reason,
        )
        for position, line in enumerate(lines, start=1)
    ]
    await _asked(session, found, asked)
    return found


def returnable(line: OrderLine) -> int:
    """Count the units of a line that can still be asked back."""
    return line.shipped - line.returned - line.return_requested


def _explained(lines: Iterable[Wanted | Blind], note: str | None) -> None:
    if any(line.reason is ReturnReason.OTHER for line in lines) and not (note or "").strip():
        raise NoteMissing


def _returnable(ordered: dict[UUID, OrderLine], lines: Iterable[Wanted]) -> None:
    wanted: Counter[UUID] = Counter()
    for line in lines:
        wanted[line.order_line_id] += line.quantity
    possible = {line_id: returnable(line) for line_id, line in ordered.items()}
    problems = [
        Overasked(line_id=line_id, wanted=quantity, returnable=possible.get(line_id, 0))
        for line_id, quantity in wanted.items()
        if quantity > possible.get(line_id, 0)
    ]
    if problems:
        raise NotReturnable(problems)


def _currency(lines: Sequence[Blind]) -> str:
    currency = lines[0].unit_credit.currency
    for line in lines:
        if line.unit_credit.currency != currency:
            raise CurrencyMismatch(currency, line.unit_credit.currency)
    return currency


async def _opened(session: AsyncSession, paper: Paper) -> Return:
    """Insert the return unless its external id is taken: one statement decides."""
    found: Return | None = await session.scalar(
        insert(Return)
        .values(id=ids.new(), status=RETURN.start, version=1, **vars(paper))
        .on_conflict_do_nothing(index_elements=["channel_id", "external_id"])
        .returning(Return)
    )
    if found is not None:
        return found
    earlier = await session.execute(
        select(col(Return.id), col(Return.number)).where(
            col(Return.channel_id) == paper.channel_id,
            col(Return.external_id) == paper.external_id,
        )
    )
    return_id, number = earlier.one()
    raise ReturnExists(str(paper.external_id), return_id, number)


async def _asked(session: AsyncSession, found: Return, lines: list[ReturnLine]) -> None:
    session.add_all(lines)
    await session.flush()
    told = ReturnRequested(
        return_id=found.id,
        order_id=found.order_id,
        number=found.number,
        lines=[Units.of(line, line.quantity) for line in lines],
    )
    events.record(session, told, about=subject(found), channel_id=found.channel_id)
