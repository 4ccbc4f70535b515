"""Which places have it now: all of it, for the channel, the nearest first."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects.postgresql import Range

from inventory.places.distances import Point
from inventory.places.models import WeekdayHours
from inventory.selling import buffers, nearby
from inventory.selling.nearby import Question, Units
from oms.kernel import ids
from tests.factories import item, kit, location, selling_rule, shelf

WEB = ids.new()
HERE = Point(35.0, 139.0)
WEDNESDAY_MORNING = datetime(2026, 11, 25, 0, tzinfo=UTC)  # nine o'clock in Tokyo


async def store(session, code, *, kilometres, **stock):
    """A store to the north that has units of these items."""
    latitude = HERE.latitude + kilometres / 111.195
    row = await location(
        session, code=code, pickup=True, latitude=latitude, longitude=139.0, handling_minutes=60
    )
    for sku, units in stock.items():
        await shelf(session, sku=sku, units=units, location_id=row.id)
    return row


async def having(session, *skus, limit=10, radius_metres=50_000):
    asked = Question(WEB, skus, HERE, radius_metres, limit)
    return await nearby.stores(session, asked=asked, now=WEDNESDAY_MORNING)


async def codes(session, *skus, **asked):
    return [one.location_code for one in (await having(session, *skus, **asked)).stores]


async def test_only_places_that_have_all_of_it_are_told(session):
    await store(session, "NEAR", kilometres=1, CUP=5)
    await store(session, "BOTH", kilometres=9, CUP=2, POT=1)
    await store(session, "FAR", kilometres=60, CUP=2, POT=1)

    assert await codes(session, "CUP") == ["NEAR", "BOTH"]
    assert await codes(session, "CUP", "CUP", "POT") == ["BOTH"]
    assert await codes(session, "CUP", "CUP", "CUP") == ["NEAR"]
    [both] = (await having(session, "POT", "CUP")).stores
    assert both.items == [Units("POT", 1), Units("CUP", 2)]
    assert both.distance_metres == pytest.approx(9_000, abs=2)


async def test_buffers_and_rules_are_respected(session):
    await store(session, "NEAR", kilometres=1, CUP=1)
    await store(session, "NEXT", kilometres=2, CUP=3)
    await buffers.keep_back(session, channel_id=WEB, units=1)

    assert await codes(session, "CUP") == ["NEXT"]
    await selling_rule(session, "pickup", allowed=False)
    assert await codes(session, "CUP") == []


async def test_the_search_goes_on_until_there_are_enough(session, monkeypatch):
    monkeypatch.setattr(nearby, "PLACES_AT_ONCE", 2)
    for place in range(1, 8):
        await store(session, f"S{place}", kilometres=place, CUP=place % 2)

    assert await codes(session, "CUP", limit=3) == ["S1", "S3", "S5"]
    assert await codes(session, "CUP") == ["S1", "S3", "S5", "S7"]


async def test_a_kit_is_there_where_all_its_parts_are(session):
    await store(session, "PARTS", kilometres=1, CUP=9, POT=2)
    await store(session, "CUPS", kilometres=2, CUP=9)
    await kit(session, "SET", CUP=4, POT=1)

    [one] = (await having(session, "SET")).stores

    assert (one.location_code, one.items) == ("PARTS", [Units("SET", 2)])


async def test_a_kit_and_its_parts_alone_share_the_shelf(session):
    await store(session, "FOUR", kilometres=1, CUP=4)
    await store(session, "FIVE", kilometres=2, CUP=5)
    await kit(session, "SET", CUP=4)

    assert await codes(session, "SET") == ["FOUR", "FIVE"]
    assert await codes(session, "SET", "CUP") == ["FIVE"]


async def test_what_cannot_run_out_is_everywhere(session):
    await store(session, "NEAR", kilometres=1, CUP=1)
    await item(session, sku="CARD", tracked=False)

    [one] = (await having(session, "CARD", "CUP")).stores

    assert one.items == [Units("CARD", None), Units("CUP", 1)]


async def test_where_an_item_is_unknown_no_place_has_it(session):
    await store(session, "NEAR", kilometres=1, CUP=1)

    found = await having(session, "CUP", "LAMP")

    assert (found.stores, found.unknown) == ([], ["LAMP"])
    nowhere = await having(session, "CUP", "LAMP", radius_metres=1)
    assert (nowhere.stores, nowhere.unknown) == ([], ["LAMP"])


async def test_it_is_told_until_when_and_from_when(session):
    row = await store(session, "NEAR", kilometres=1, CUP=1)
    session.add_all(
        WeekdayHours(location_id=row.id, weekday=day, open_minutes=[Range(600, 1200)])
        for day in range(1, 8)
    )
    await session.flush()
    asked = Question(WEB, ["CUP"], HERE, 50_000, 1)

    [early] = (await nearby.stores(session, asked=asked, now=WEDNESDAY_MORNING)).stores
    noon = WEDNESDAY_MORNING.replace(hour=3)
    [later] = (await nearby.stores(session, asked=asked, now=noon)).stores

    ten, eleven = (WEDNESDAY_MORNING.replace(hour=hour) for hour in (1, 2))
    assert (early.open_now, early.next_opening, early.closes_at, early.ready_by) == (
        False, ten, None, eleven,
    )  # fmt: skip
    assert (later.open_now, later.next_opening, later.closes_at, later.ready_by) == (
        True, noon, noon.replace(hour=11), noon.replace(hour=4),
    )  # fmt: skip
