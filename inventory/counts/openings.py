"""Deciding what is to be counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import items
from inventory.counts import queries
from inventory.counts.events import CountOpened
from inventory.counts.models import CountLine, StockCount
from inventory.places import queries as places
from inventory.places.models import Bin, BinItem
from oms.kernel import actors, events
from oms.kernel.errors import Rejected

MOST_LINES = 2000


class LocationDoesNotCount(Rejected):
    """Nothing is counted at this location; see its `counts` capability."""

    location_id: UUID


class NothingToCount(Rejected):
    """Name SKUs, or bins in which some lie."""

    bins: list[str]


class TooMuchToCount(Rejected):
    """One count can have only so many lines; make several."""

    lines: int
    most: int


@dataclass(frozen=True)
class Paper:
    """How a count is to be done; `cause` names what asks for it, so that it asks once."""

    location_id: UUID
    blind: bool = True
    counters: int = 1
    limit_units: int | None = None
    limit_percent: int | None = None
    note: str | None = None
    cause: str | None = None


async def open_count(
    session: AsyncSession, *, paper: Paper, skus: Sequence[str] = (), bins: Sequence[str] = ()
) -> StockCount:
    """Have SKUs counted: those that are named and those that lie in the named bins.

    Raises UnknownLocation (also outside the caller's reach), LocationDoesNotCount, UnknownSkus,
    NotStocked, NothingToCount, TooMuchToCount.
    """
    await places.reach(session, location_id=paper.location_id)
    place = await places.location(session, location_id=paper.location_id)
    if not (place.counts and place.active):
        raise LocationDoesNotCount(place.id)
    await items.demand_stocked(session, skus=skus)
    wanted = sorted({*skus, *await _lying_in(session, place.id, bins)})
    if not wanted:
        raise NothingToCount(sorted(bins))
    if len(wanted) > MOST_LINES:
        raise TooMuchToCount(len(wanted), MOST_LINES)
    count = StockCount(**vars(paper), opened_by=actors.current().label)
    session.add(count)
    await session.flush()
    session.add_all(CountLine(count_id=count.id, sku=sku) for sku in wanted)
    told = CountOpened(
        count_id=count.id, number=count.number, location_id=count.location_id, skus=wanted
    )
    events.record(session, told, about=count.id)
    await session.flush()
    return await queries.get(session, count_id=count.id)


async def _lying_in(session: AsyncSession, location_id: UUID, bins: Sequence[str]) -> set[str]:
    if not bins:
        return set()
    found = await session.scalars(
        select(col(BinItem.sku))
        .join(Bin, col(Bin.id) == col(BinItem.bin_id))
        .where(col(Bin.location_id) == location_id, col(Bin.code).in_(bins))
    )
    return set(found)
