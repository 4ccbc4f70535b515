"""The goods of a transfer arrive: at the destination or, turned back, at the source again.

They may come in parts and be booked by several people at once: the row of the transfer lets one
through after the other, and nothing arrives that is not under way.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.events import Received, StockReceived
from inventory.models import Reason
from inventory.movements import Change
from inventory.transfers import queries, units
from inventory.transfers.events import Arrived, TransferReceived, TransferReturned
from inventory.transfers.models import Transfer, TransferLine, TransferReceipt
from inventory.transfers.queries import End
from inventory.transfers.states import TRANSFER, Outcome, TransferReason
from oms.kernel import actors, events
from oms.kernel.errors import Rejected


class ReasonMissing(Rejected):
    """Units that did not arrive as they should need a reason."""

    skus: list[str]


class OnlyAtDestination(Rejected):
    """Units that came back to the source are accepted, damaged or lost."""

    outcomes: list[str]


@dataclass(frozen=True)
class Piece:
    """Units of one SKU that were under way, what became of them and why."""

    sku: str
    outcome: Outcome
    quantity: int
    reason: TransferReason | None = None
    note: str | None = None


async def receive(
    session: AsyncSession,
    *,
    transfer_id: UUID,
    pieces: Sequence[Piece],
    version: int | None = None,
) -> Transfer:
    """Book what reached the destination; accepted and surplus units are there to be sold.

    Damaged ones stand there but are not for sale, lost ones are written off, rejected ones go
    back to the source. Raises IllegalMove, ReasonMissing, MoreThanThere.
    """
    found = await queries.lock(
        session, transfer_id=transfer_id, at=End.DESTINATION, version=version
    )
    TRANSFER.move(found, "receive")
    _explained(pieces)
    lines = await _book(session, found, pieces, location_id=found.destination_id)
    sums = _sums(pieces)
    units.fit(found, _taken(pieces), {line.sku: line.under_way for line in lines})
    for line in lines:
        line.accepted += sums[line.sku, Outcome.ACCEPTED]
        line.damaged += sums[line.sku, Outcome.DAMAGED]
        line.lost += sums[line.sku, Outcome.LOST]
        line.surplus += sums[line.sku, Outcome.SURPLUS]
        line.turned_back += sums[line.sku, Outcome.REJECTED]
    await _put_away(session, found, pieces, location_id=found.destination_id)
    complete = _go_on(found, lines)
    told = TransferReceived(**units.facts(found), complete=complete, lines=_arrived(pieces))
    events.record(session, told, about=found.id)
    await session.flush()
    return found


async def take_back(
    session: AsyncSession,
    *,
    transfer_id: UUID,
    pieces: Sequence[Piece],
    version: int | None = None,
) -> Transfer:
    """Book what came back to the source.

    Raises IllegalMove, ReasonMissing, OnlyAtDestination, MoreThanThere.
    """
    found = await queries.lock(session, transfer_id=transfer_id, at=End.SOURCE, version=version)
    TRANSFER.move(found, "take_back")
    if foreign := {one.outcome for one in pieces} & {Outcome.REJECTED, Outcome.SURPLUS}:
        raise OnlyAtDestination(sorted(foreign))
    _explained(pieces)
    lines = await _book(session, found, pieces, location_id=found.source_id)
    sums = _sums(pieces)
    units.fit(found, _taken(pieces), {line.sku: line.returning for line in lines})
    for line in lines:
        line.back += sums[line.sku, Outcome.ACCEPTED]
        line.back_damaged += sums[line.sku, Outcome.DAMAGED]
        line.back_lost += sums[line.sku, Outcome.LOST]
    await _put_away(session, found, pieces, location_id=found.source_id)
    complete = _go_on(found, lines)
    told = TransferReturned(**units.facts(found), complete=complete, lines=_arrived(pieces))
    events.record(session, told, about=found.id)
    await session.flush()
    return found


def _explained(pieces: Sequence[Piece]) -> None:
    unexplained = {
        one.sku for one in pieces if one.outcome is not Outcome.ACCEPTED and one.reason is None
    }
    if unexplained:
        raise ReasonMissing(sorted(unexplained))


async def _book(
    session: AsyncSession, found: Transfer, pieces: Sequence[Piece], *, location_id: UUID
) -> Sequence[TransferLine]:
    lines = await queries.lines(session, transfer_ids=[found.id])
    ours = {line.sku: line.id for line in lines}
    foreign = units.summed((one.sku, one.quantity) for one in pieces if one.sku not in ours)
    units.fit(found, foreign, {})
    session.add_all(
        TransferReceipt(
            transfer_line_id=ours[one.sku],
            location_id=location_id,
            outcome=one.outcome,
            quantity=one.quantity,
            reason=one.reason and one.reason.value,
            note=one.note,
            actor=actors.current().label,
        )
        for one in pieces
    )
    queries.touch(found)
    return lines


def _taken(pieces: Sequence[Piece]) -> Counter[str]:
    """Sum what comes out of the units under way; a surplus does not."""
    return units.summed(
        (one.sku, one.quantity) for one in pieces if one.outcome is not Outcome.SURPLUS
    )


def _sums(pieces: Sequence[Piece]) -> Counter[tuple[str, Outcome]]:
    sums: Counter[tuple[str, Outcome]] = Counter()
    for one in pieces:
        sums[one.sku, one.outcome] += one.quantity
    return sums


async def _put_away(
    session: AsyncSession, found: Transfer, pieces: Sequence[Piece], *, location_id: UUID
) -> None:
    changes = [change for one in pieces for change in _changes(found, one, location_id)]
    await movements.apply(session, changes=changes)
    good = units.summed(
        (one.sku, one.quantity)
        for one in pieces
        if one.outcome in {Outcome.ACCEPTED, Outcome.SURPLUS}
    )
    if good:
        came = [Received(sku=sku, quantity=quantity) for sku, quantity in sorted(good.items())]
        told = StockReceived(location_id=location_id, reference=units.reference(found), lines=came)
        events.record(session, told, about=location_id)


def _changes(found: Transfer, piece: Piece, location_id: UUID) -> list[Change]:
    named, count = (piece.sku, location_id), piece.quantity
    paper = units.reference(found)
    match piece.outcome:
        case Outcome.ACCEPTED:
            return [Change(*named, Reason.MOVEMENT_RECEIVED, paper, on_hand=count, incoming=-count)]
        case Outcome.SURPLUS:
            return [Change(*named, Reason.MOVEMENT_RECEIVED, paper, on_hand=count)]
        case Outcome.LOST:
            return [Change(*named, Reason.MOVEMENT_LOST, paper, incoming=-count)]
        case Outcome.DAMAGED:
            reason = Reason.MOVEMENT_RECEIVED
            return [
                Change(*named, reason, paper, on_hand=count, damaged=count, incoming=-count),
            ]
        case Outcome.REJECTED:
            turned, reason = {piece.sku: count}, Reason.MOVEMENT_CANCELED
            gone = units.expected(found, location_id, {piece.sku: -count}, reason)
            return gone + units.expected(found, found.source_id, turned, reason)


def _go_on(found: Transfer, lines: Sequence[TransferLine]) -> bool:
    """Let the status follow the units; returns whether none is under way."""
    if any(line.under_way for line in lines):
        return False
    if any(line.returning for line in lines):
        if TRANSFER.allows(found.status, "turn"):
            TRANSFER.move(found, "turn")
        return False
    reached = any(line.accepted or line.damaged or line.lost or line.surplus for line in lines)
    TRANSFER.move(found, "complete" if reached else "give_up")
    return True


def _arrived(pieces: Sequence[Piece]) -> list[Arrived]:
    return [
        Arrived(sku=one.sku, outcome=one.outcome, quantity=one.quantity, reason=one.reason)
        for one in pieces
    ]
