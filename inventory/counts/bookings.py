"""Believing a count: the books follow what was seen on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.counts import freshness
from inventory.counts.events import CountApproved, Counted, StockWasCounted
from inventory.counts.models import StockCount
from inventory.counts.states import COUNT
from inventory.counts.variances import Judgement
from inventory.models import Reason
from inventory.movements import Change
from inventory.tracing import queries as tracing
from oms.kernel import actors, events
from oms.kernel.errors import Conflict


class Surplus(TypedDict):
    """An item of which more units are known by their numbers than were found."""

    sku: str
    numbers: int


class SerialsRemain(Conflict):
    """More units are known to be here by their serial numbers than were found; count these again.

    Which of them is gone, no number of units can tell.
    """

    number: str
    items: list[Surplus]


@dataclass(frozen=True)
class Booked:
    """A line as it is booked, with what the buckets lose besides good units."""

    judged: Judgement
    damaged: int = 0
    quality_control: int = 0


async def demand_unread(
    session: AsyncSession, *, count: StockCount, judged: Sequence[Judgement]
) -> None:
    """Make sure that units that are missing are none whose serial numbers were read here.

    Raises SerialsRemain.
    """
    lost = {one.line.sku: -(one.delta or 0) for one in judged}
    lost = {sku: units for sku, units in lost.items() if units > 0}
    traced = await tracing.traced(session, skus=list(lost))
    numbered = [sku for sku, one in traced.items() if one.serials]
    unread = await tracing.unread(session, skus=numbered, location_id=count.location_id)
    remain = [
        Surplus(sku=sku, numbers=lost[sku] - unread.get(sku, 0))
        for sku in sorted(numbered)
        if lost[sku] > unread.get(sku, 0)
    ]
    if remain:
        raise SerialsRemain(count.number, remain)


async def book(
    session: AsyncSession,
    *,
    count: StockCount,
    booked: Sequence[Booked],
    now: datetime,
    by_limits: bool,
) -> None:
    """Believe a locked count whose levels are held and can bear it: the books follow the shelf.

    Raises OutOfStock when a level cannot bear it after all.
    """
    COUNT.move(count, "approve")
    count.approved_by, count.approved_at = actors.current().label, now
    changes = [_change(count, one) for one in booked if one.judged.delta]
    if changes:
        await movements.apply(session, changes=changes)
    for one in booked:
        line, last = one.judged.line, one.judged.last
        line.counted, line.delta, line.counted_at = last.units, one.judged.delta, last.counted_at
    await session.flush()
    await freshness.note(session, count_id=count.id)
    _tell(session, count, booked, by_limits=by_limits)


def reference(count: StockCount) -> str:
    """Name the count in the ledger."""
    return f"count:{count.id}"


def _change(count: StockCount, one: Booked) -> Change:
    return Change(
        one.judged.line.sku,
        count.location_id,
        Reason.CYCLE_COUNT_AVAILABLE,
        reference(count),
        on_hand=one.judged.delta or 0,
        damaged=-one.damaged,
        quality_control=-one.quality_control,
    )


def _tell(
    session: AsyncSession, count: StockCount, booked: Sequence[Booked], *, by_limits: bool
) -> None:
    approved = CountApproved(
        count_id=count.id,
        number=count.number,
        location_id=count.location_id,
        by_limits=by_limits,
    )
    events.record(session, approved, about=count.id)
    counted = StockWasCounted(
        location_id=count.location_id,
        count_id=count.id,
        number=count.number,
        lines=[
            Counted(
                sku=one.judged.line.sku, counted=one.judged.last.units, delta=one.judged.delta or 0
            )
            for one in booked
        ],
    )
    events.record(session, counted, about=count.location_id)
