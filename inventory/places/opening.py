"""The hours of a place: kept, replaced, and what they mean at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.places import hours, opening_views, queries
from inventory.places.hours import Schedule
from inventory.places.models import Location, SpecialDay, WeekdayHours
from inventory.places.opening_views import HoursIn, HoursOut, SpecialDayOut, WeekdayOut


@dataclass(frozen=True)
class Hours:
    """A location with the rows of its hours."""

    location: Location
    week: Sequence[WeekdayHours]
    special_days: Sequence[SpecialDay]

    @property
    def schedule(self) -> Schedule:
        """Return what the arithmetic of hours needs."""
        place = self.location
        return Schedule(
            time_zone=place.time_zone,
            week={row.weekday: opening_views.bare(row.open_minutes) for row in self.week} or None,
            special_days={
                row.day: opening_views.bare(row.open_minutes) for row in self.special_days
            },
            holiday_calendar=place.holiday_calendar or place.country,
            opens_on_holidays=place.opens_on_holidays,
            order_cutoff_minute=place.order_cutoff_minute,
            handling_minutes=place.handling_minutes,
        )

    def shown(self, now: datetime) -> HoursOut:
        """Tell the hours and what they mean now."""
        schedule = self.schedule
        opens_at = hours.next_opening(schedule, now)
        return HoursOut(
            location_id=self.location.id,
            time_zone=self.location.time_zone,
            open_now=opens_at == now,
            next_opening=opens_at,
            closes_at=hours.closes_at(schedule, now),
            ready_by=hours.ready_by(schedule, now),
            week=[
                WeekdayOut(weekday=row.weekday, open=opening_views.told(row.open_minutes))
                for row in self.week
            ],
            special_days=[
                SpecialDayOut(day=row.day, open=opening_views.told(row.open_minutes), note=row.note)
                for row in self.special_days
            ],
            version=self.location.version,
        )


async def read(session: AsyncSession, *, location_id: UUID) -> Hours:
    """Return the hours of a location. Raises UnknownLocation."""
    location = await queries.location(session, location_id=location_id)
    week = await session.scalars(
        select(WeekdayHours)
        .where(col(WeekdayHours.location_id) == location_id)
        .order_by(col(WeekdayHours.weekday))
    )
    special_days = await session.scalars(
        select(SpecialDay)
        .where(col(SpecialDay.location_id) == location_id)
        .order_by(col(SpecialDay.day))
    )
    return Hours(location, week.all(), special_days.all())


async def ready_by(session: AsyncSession, *, location_id: UUID, now: datetime) -> datetime | None:
    """Return when an order that comes in now is ready; None: not within a year.

    Raises UnknownLocation.
    """
    return hours.ready_by((await read(session, location_id=location_id)).schedule, now)


async def replace(
    session: AsyncSession, *, location_id: UUID, given: HoursIn, version: int | None = None
) -> Hours:
    """Give a location other hours; it has a new version then. Raises what lock_location does."""
    location = await queries.lock_location(session, location_id=location_id, version=version)
    for table in (WeekdayHours, SpecialDay):
        await session.execute(delete(table).where(col(table.location_id) == location_id))
    session.add_all(
        WeekdayHours(
            location_id=location_id,
            weekday=one.weekday,
            open_minutes=opening_views.ranges(one.open),
        )
        for one in given.week
    )
    session.add_all(
        SpecialDay(
            location_id=location_id,
            day=one.day,
            open_minutes=opening_views.ranges(one.open),
            note=one.note,
        )
        for one in given.special_days
    )
    flag_modified(location, "name")  # hours are part of it, so its version must rise
    await session.flush()
    return await read(session, location_id=location_id)
