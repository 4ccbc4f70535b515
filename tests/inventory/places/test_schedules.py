"""Schedules are read as they were written."""

from datetime import date

from sqlalchemy.dialects.postgresql import Range

from inventory.places import schedules
from inventory.places.hours import Schedule
from inventory.places.models import SpecialDay, WeekdayHours
from tests.factories import location

TODAY = date(2026, 11, 25)


async def test_hours_special_days_and_times_are_read(session):
    store = await location(
        session, handling_minutes=30, order_cutoff_minute=900, opens_on_holidays=False
    )
    lunch_break = [Range(540, 720), Range(780, 1080)]
    session.add_all([
        WeekdayHours(location_id=store.id, weekday=3, open_minutes=lunch_break),
        WeekdayHours(location_id=store.id, weekday=7, open_minutes=[]),
        SpecialDay(location_id=store.id, day=date(2026, 11, 26), open_minutes=[Range(600, 660)]),
        SpecialDay(location_id=store.id, day=date(2026, 12, 31), open_minutes=[]),
        SpecialDay(location_id=store.id, day=date(2026, 1, 1), open_minutes=[]),
    ])  # fmt: skip
    await session.flush()

    found = await schedules.read(session, location_ids=[store.id], today=TODAY)

    assert found == {
        store.id: Schedule(
            "Asia/Tokyo",
            week={3: [(540, 720), (780, 1080)], 7: []},
            special_days={date(2026, 11, 26): [(600, 660)], date(2026, 12, 31): []},
            holiday_calendar="JP",
            opens_on_holidays=False,
            order_cutoff_minute=900,
            handling_minutes=30,
        )
    }


async def test_without_hours_a_place_is_always_open(session):
    depot = await location(session, holiday_calendar="US-CA")

    found = await schedules.read(session, location_ids=[depot.id], today=TODAY)

    assert found == {depot.id: Schedule("Asia/Tokyo", holiday_calendar="US-CA")}
