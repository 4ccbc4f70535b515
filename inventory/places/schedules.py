"""Reading when locations are open, as hours.py reckons with it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.places.hours import Schedule
from oms.kernel.statements import Statement

EARLIER = timedelta(days=2)
"""Yesterday's hours may last into today, and today begins elsewhere a day before ours."""

_Week = dict[int, list[tuple[int, int]]]
_SpecialDays = dict[date, list[tuple[int, int]]]

_READ = Statement("""
SELECT id, time_zone, coalesce(holiday_calendar, country) AS holiday_calendar, opens_on_holidays,
    order_cutoff_minute, handling_minutes,
    (SELECT json_object_agg(weekday, (
        SELECT coalesce(json_agg(json_build_array(lower(open), upper(open))), '[]')
        FROM unnest(open_minutes) AS open))
     FROM location_hours WHERE location_id = location.id)::text AS week,
    (SELECT json_object_agg(day, (
        SELECT coalesce(json_agg(json_build_array(lower(open), upper(open))), '[]')
        FROM unnest(open_minutes) AS open))
     FROM location_special_day WHERE location_id = location.id
        AND day >= CAST(:since AS date))::text AS special_days
FROM location WHERE id = ANY(CAST(:location_ids AS uuid[]))
""")


async def read(
    session: AsyncSession, *, location_ids: Sequence[UUID], today: date
) -> dict[UUID, Schedule]:
    """Return the schedules of locations, with special days from now on."""
    rows = await _READ.rows(session, location_ids=list(location_ids), since=today - EARLIER)
    return {row["id"]: _schedule(row) for row in rows}


def _schedule(row: Mapping[str, Any]) -> Schedule:
    week, special_days = row["week"], row["special_days"]
    return Schedule(
        time_zone=row["time_zone"],
        week=None if week is None else msgspec.json.decode(week, type=_Week),
        special_days=msgspec.json.decode(special_days or "{}", type=_SpecialDays),
        holiday_calendar=row["holiday_calendar"],
        opens_on_holidays=row["opens_on_holidays"],
        order_cutoff_minute=row["order_cutoff_minute"],
        handling_minutes=row["handling_minutes"],
    )
