"""Counting all the year round: every day some SKUs of a class, those that waited longest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog.vocabulary import AbcClass
from inventory.counts import openings, queries
from inventory.counts.events import CountPlanSet
from inventory.counts.models import CountPlan, StockCount
from inventory.counts.openings import LocationDoesNotCount, Paper
from inventory.places import queries as places
from oms.kernel import events


@dataclass(frozen=True)
class Rhythm:
    """How often each SKU is counted, how many of them a day, and how a count is to be done."""

    every_days: int
    most_lines: int
    blind: bool = True
    counters: int = 1
    limit_units: int | None = None
    limit_percent: int | None = None
    active: bool = True


async def plan(
    session: AsyncSession, *, location_id: UUID, abc_class: AbcClass, rhythm: Rhythm
) -> CountPlan:
    """Say how a location counts the SKUs of a class.

    Raises UnknownLocation (also outside the caller's reach) and LocationDoesNotCount.
    """
    await places.reach(session, location_id=location_id)
    place = await places.location(session, location_id=location_id)
    if not place.counts:
        raise LocationDoesNotCount(location_id)
    found = await queries.lock_plan(session, location_id=location_id, abc_class=abc_class)
    if found is None:
        found = CountPlan(location_id=location_id, abc_class=abc_class, **vars(rhythm))
    found.sqlmodel_update(vars(rhythm))
    session.add(found)
    told = CountPlanSet(location_id=location_id, abc_class=abc_class, **vars(rhythm))
    events.record(session, told, about=location_id)
    await session.flush()
    return found


async def open_due(
    session: AsyncSession, *, location_id: UUID, abc_class: AbcClass, now: datetime
) -> StockCount | None:
    """Open what a plan wants counted on this day of the location, once; None when nothing is due.

    Due is what was not counted for so long, and is not being counted; the longest wait goes first.
    """
    found = await queries.lock_plan(session, location_id=location_id, abc_class=abc_class)
    place = await places.location(session, location_id=location_id)
    if found is None or not (found.active and place.counts and place.active):
        return None
    day = now.astimezone(ZoneInfo(place.time_zone)).date()
    cause = f"{location_id}:{abc_class}:{day}"
    if await queries.asked_before(session, cause=cause):
        return None
    skus = await queries.due(session, plan=found, before=now - timedelta(days=found.every_days))
    if not skus:
        return None
    paper = Paper(
        location_id=location_id,
        blind=found.blind,
        counters=found.counters,
        limit_units=found.limit_units,
        limit_percent=found.limit_percent,
        cause=cause,
    )
    return await openings.open_count(session, paper=paper, skus=skus)
