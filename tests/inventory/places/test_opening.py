"""Hours are kept as they were told, and tell when an order is ready."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from inventory.places import opening
from inventory.places.opening_views import HoursIn
from inventory.places.queries import LocationChanged
from tests.factories import location

NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)  # a Wednesday, 12:00 in Tokyo


def week(*days, special=()):
    told = [{"weekday": day, "open": stretches(*open_)} for day, *open_ in days]
    shut = [{"day": day, "open": stretches(*open_)} for day, *open_ in special]
    return HoursIn.model_validate({"week": told, "special_days": shut})


def stretches(*told):
    return [dict(zip(("opens", "closes"), one.split("-"), strict=True)) for one in told]


async def test_hours_come_back_as_they_were_told(session):
    place = await location(session)
    given = week((3, "10:00-13:00", "14:00-02:00"), special=[("2026-12-31",)])

    shown = (await opening.replace(session, location_id=place.id, given=given)).shown(NOON)

    told = [(one.opens, one.closes) for one in shown.week[0].open]
    assert told == [("10:00", "13:00"), ("14:00", "02:00")]
    assert [(one.day.isoformat(), one.open) for one in shown.special_days] == [("2026-12-31", [])]
    assert (shown.open_now, shown.version) == (True, 2)
    assert shown.closes_at == datetime(2026, 11, 25, 4, tzinfo=UTC)


@pytest.mark.parametrize("told", ["00:00-00:00", "09:00-09:00", "22:00-06:00"])
async def test_a_day_and_a_night_are_told_in_full(session, told):
    place = await location(session)

    found = await opening.replace(session, location_id=place.id, given=week((1, told)))

    [one] = found.shown(NOON).week[0].open
    assert f"{one.opens}-{one.closes}" == told


async def test_stretches_that_touch_are_one(session):
    place = await location(session)

    given = week((1, "12:00-15:00", "09:00-12:00"))
    [row] = (await opening.replace(session, location_id=place.id, given=given)).week

    assert [(one.lower, one.upper) for one in row.open_minutes] == [(540, 900)]


async def test_an_order_is_ready_when_the_place_has_had_the_time(session):
    place = await location(session, handling_minutes=90)
    given = week((3, "10:00-13:00"), (4, "10:00-13:00"))
    await opening.replace(session, location_id=place.id, given=given)

    ready = await opening.ready_by(session, location_id=place.id, now=NOON)

    assert ready == datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


async def test_holidays_are_those_of_the_country(session):
    place = await location(session, opens_on_holidays=False)

    new_year = datetime(2026, 12, 31, 20, tzinfo=UTC)  # 05:00 on the first of January
    shown = (await opening.read(session, location_id=place.id)).shown(new_year)

    assert not shown.open_now
    assert shown.next_opening == datetime(2027, 1, 1, 15, tzinfo=UTC)


async def test_hours_changed_on_old_knowledge_are_refused(session):
    place = await location(session)
    await opening.replace(session, location_id=place.id, given=week((1, "10:00-13:00")), version=1)

    with pytest.raises(LocationChanged):
        await opening.replace(session, location_id=place.id, given=week(), version=1)

    assert len((await opening.read(session, location_id=place.id)).week) == 1


@pytest.mark.parametrize(
    "days",
    [
        [(1, "10:00-13:00", "12:59-14:00")],
        [(1, "00:00-12:00", "12:00-12:00")],
        [(1, "10:00-13:00"), (1, "14:00-15:00")],
        [(8, "10:00-13:00")],
        [(1, "24:00-10:00")],
    ],
)
def test_hours_that_cannot_be_are_refused(days):
    with pytest.raises(ValidationError):
        week(*days)


def test_a_special_day_is_told_once():
    with pytest.raises(ValidationError, match="names a day twice"):
        week(special=[("2026-12-31",), ("2026-12-31", "10:00-11:00")])
