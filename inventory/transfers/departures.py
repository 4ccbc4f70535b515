"""The goods of a transfer leave the source: picked, and handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.models import Reason
from inventory.movements import Change
from inventory.transfers import queries, units
from inventory.transfers.events import TransferPicked, TransferShipped
from inventory.transfers.models import Transfer, TransferLine
from inventory.transfers.queries import End
from inventory.transfers.states import TRANSFER
from oms.kernel import events
from oms.kernel.errors import Conflict


class NothingPicked(Conflict):
    """Not one unit was found; cancel the transfer instead."""

    number: str


@dataclass(frozen=True)
class Found:
    """Units of one SKU that were taken from the shelf, and those that are not there at all."""

    sku: str
    quantity: int
    missing: int = 0


@dataclass(frozen=True)
class Trip:
    """Who carries the goods, under which number, and when they should arrive."""

    carrier: str | None = None
    tracking_number: str | None = None
    expected_at: datetime | None = None


async def pick(
    session: AsyncSession,
    *,
    transfer_id: UUID,
    found: Sequence[Found] = (),
    version: int | None = None,
) -> Transfer:
    """Take the goods from the shelf: all that is held, or as many as `found` says of a SKU.

    What is left is given back to sale; what is `missing` is written off, as nobody could be sent
    it. Raises IllegalMove, MoreThanThere, NothingPicked.
    """
    row = await queries.lock(session, transfer_id=transfer_id, at=End.SOURCE, version=version)
    TRANSFER.move(row, "pick")
    lines = await queries.lines(session, transfer_ids=[row.id])
    _note(row, lines, found)
    changes = [change for line in lines for change in _left_behind(row, line)]
    if changes:
        await movements.apply(session, changes=changes)
    for line in lines:
        line.reserved = line.picked
    told = TransferPicked(
        **units.facts(row), lines=units.moved({line.sku: line.picked for line in lines})
    )
    events.record(session, told, about=row.id)
    await session.flush()
    return row


async def ship(
    session: AsyncSession,
    *,
    transfer_id: UUID,
    trip: Trip,
    now: datetime,
    version: int | None = None,
) -> Transfer:
    """Hand the goods over: they stand on no shelf now, and the destination expects them.

    Raises IllegalMove.
    """
    row = await queries.lock(session, transfer_id=transfer_id, at=End.SOURCE, version=version)
    TRANSFER.move(row, "ship")
    lines = await queries.lines(session, transfer_ids=[row.id])
    await movements.apply(session, changes=units.shipped(row, lines))
    for line in lines:
        line.shipped, line.reserved = line.picked, 0
    row.carrier, row.tracking_number = trip.carrier, trip.tracking_number
    row.expected_at, row.shipped_at = trip.expected_at or row.expected_at, now
    told = TransferShipped(
        **units.facts(row),
        expected_at=row.expected_at,
        lines=units.moved({line.sku: line.shipped for line in lines}),
    )
    events.record(session, told, about=row.id)
    await session.flush()
    return row


def _note(row: Transfer, lines: Sequence[TransferLine], found: Sequence[Found]) -> None:
    named = units.summed((one.sku, one.quantity + one.missing) for one in found)
    units.fit(row, named, {line.sku: line.reserved for line in lines})
    picked = units.summed((one.sku, one.quantity) for one in found)
    missing = units.summed((one.sku, one.missing) for one in found)
    for line in lines:
        line.picked = picked[line.sku] if line.sku in named else line.reserved
        line.missing = missing[line.sku]
    if not any(line.picked for line in lines):
        raise NothingPicked(row.number)


def _left_behind(row: Transfer, line: TransferLine) -> list[Change]:
    rest = line.reserved - line.picked - line.missing
    changes = units.held(row, {line.sku: -rest}, Reason.MOVEMENT_UPDATED)
    if line.missing:
        changes.append(
            Change(
                line.sku, row.source_id, Reason.SHRINKAGE, units.reference(row),
                on_hand=-line.missing, reserved=-line.missing,
            )
        )  # fmt: skip
    return changes
