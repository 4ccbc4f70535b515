"""Places: opened once, changed by those who have seen them, found by their postal code."""

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from inventory.places import locations
from inventory.places.kinds import ABILITIES, MAY, KindCannot
from inventory.places.locations import CoordinatesMissing, LocationExists
from inventory.places.models import Location, LocationKind
from inventory.places.queries import LocationChanged, UnknownLocation
from inventory.places.views import LocationChangesIn, LocationIn
from oms.kernel import ids
from tests.factories import location

GINZA = {"code": "GINZA", "name": "Ginza", "country": "JP", "city": "Tokyo"}
STORE = LocationIn(**GINZA, kind=LocationKind.STORE, latitude=35.67, longitude=139.77)


async def count(session) -> int:
    return await session.scalar(select(func.count()).select_from(Location))


async def test_a_location_is_opened_once(session):
    ginza = await locations.open_location(session, place=STORE)

    assert (ginza.version, ginza.ships, ginza.time_zone) == (1, True, "Asia/Tokyo")
    with pytest.raises(LocationExists):
        await locations.open_location(session, place=STORE)


async def test_what_is_left_out_stays(session):
    ginza = await locations.open_location(session, place=STORE)

    changes = LocationChangesIn(ships=False, name="Ginza Six", handling_minutes=None)
    changed = await locations.change(session, location_id=ginza.id, changes=changes, version=1)

    assert (changed.version, changed.ships, changed.name) == (2, False, "Ginza Six")
    assert (changed.latitude, changed.active, changed.handling_minutes) == (35.67, True, 0)


async def test_null_takes_away_limits_and_nothing_else(session):
    given = {"daily_order_capacity": 5, "order_cutoff": "15:00", "holiday_calendar": "US-CA"}
    place = LocationIn(**GINZA, latitude=35.67, longitude=139.77, address="1-1", **given)
    ginza = await locations.open_location(session, place=place)
    assert (ginza.daily_order_capacity, ginza.order_cutoff_minute) == (5, 900)

    changes = LocationChangesIn(**dict.fromkeys(given), address=None)
    changed = await locations.change(session, location_id=ginza.id, changes=changes)

    assert (changed.daily_order_capacity, changed.order_cutoff) == (None, None)
    assert (changed.holiday_calendar, changed.address) == (None, "1-1")


async def test_a_change_on_old_knowledge_is_refused(session):
    ginza = await locations.open_location(session, place=STORE)
    changes = LocationChangesIn(name="Ginza Six")
    await locations.change(session, location_id=ginza.id, changes=changes, version=1)

    with pytest.raises(LocationChanged):
        await locations.change(session, location_id=ginza.id, changes=changes, version=1)
    with pytest.raises(UnknownLocation):
        await locations.change(session, location_id=ids.new(), changes=changes)


async def test_a_japanese_postal_code_tells_where_a_place_is(session):
    place = LocationIn(**GINZA, postal_code="〒104ー0061")

    ginza = await locations.open_location(session, place=place)

    assert ginza.postal_code == "104-0061"
    assert (ginza.latitude, ginza.longitude) == (35.6705, 139.7661)


async def test_coordinates_that_are_given_outdo_the_postal_code(session):
    place = LocationIn(**GINZA, postal_code="1040061", latitude=35.6, longitude=139.7)

    ginza = await locations.open_location(session, place=place)

    assert (ginza.postal_code, ginza.latitude, ginza.longitude) == ("104-0061", 35.6, 139.7)


@pytest.mark.parametrize(
    "given",
    [{"postal_code": "999-9999"}, {"postal_code": "somewhere"}, {},
     {"country": "FR", "postal_code": "75001"}],
)  # fmt: skip
async def test_a_place_that_could_be_anywhere_is_refused(session, given):
    before = await count(session)

    with pytest.raises(CoordinatesMissing):
        await locations.open_location(session, place=LocationIn(**{**GINZA, **given}))

    assert await count(session) == before


def test_one_coordinate_is_no_place():
    with pytest.raises(ValidationError, match="belong together"):
        LocationIn(**GINZA, latitude=35.67)


async def test_a_place_in_japan_moves_with_its_postal_code(session):
    ginza = await locations.open_location(session, place=LocationIn(**GINZA, postal_code="1040061"))

    moved = LocationChangesIn(postal_code="150-0001")
    changed = await locations.change(session, location_id=ginza.id, changes=moved)
    assert (changed.latitude, changed.longitude) == (35.6691, 139.7078)

    lost = LocationChangesIn(postal_code="999-9999")
    with pytest.raises(CoordinatesMissing):
        await locations.change(session, location_id=ginza.id, changes=lost)
    await session.refresh(ginza)
    assert (ginza.postal_code, ginza.latitude) == ("150-0001", 35.6691)


async def test_abroad_a_postal_code_moves_nothing(session):
    paris = await location(session, country="FR", latitude=48.86, longitude=2.35)

    changes = LocationChangesIn(postal_code="75002")
    changed = await locations.change(session, location_id=paris.id, changes=changes)

    assert (changed.postal_code, changed.latitude) == ("75002", 48.86)


@pytest.mark.parametrize(
    ("kind", "does"),
    [
        ("warehouse", {"ships", "receives_returns", "counts"}),
        ("store", {"ships", "pickup", "receives_returns", "counts"}),
        ("third_party", {"ships", "receives_returns", "counts"}),
        ("supplier", {"ships"}),
        ("virtual", set()),
    ],
)
async def test_a_place_does_what_its_kind_does_unless_it_is_told_otherwise(session, kind, does):
    place = LocationIn(**GINZA, postal_code="104-0061", kind=LocationKind(kind))

    made = await locations.open_location(session, place=place)

    assert {ability for ability in ABILITIES if getattr(made, ability)} == does


FORBIDDEN = [(kind, ability) for kind in LocationKind for ability in ABILITIES
             if ability not in MAY[kind]]  # fmt: skip


@pytest.mark.parametrize(("kind", "ability"), FORBIDDEN)
async def test_what_a_kind_cannot_do_is_refused_twice(session, kind, ability):
    place = LocationIn(**GINZA, postal_code="104-0061", kind=kind, **{ability: True})
    before = await count(session)

    with pytest.raises(KindCannot) as refused:
        await locations.open_location(session, place=place)
    assert (refused.value.kind, refused.value.cannot) == (kind, [ability])

    does = {**dict.fromkeys(ABILITIES, False), ability: True}
    with pytest.raises(IntegrityError):
        await location(session, kind=kind, **does)
    await session.rollback()
    assert await count(session) == before


async def test_a_place_becomes_virtual_only_when_it_does_nothing(session):
    place = await location(session)
    becomes = LocationChangesIn(kind=LocationKind.VIRTUAL)

    with pytest.raises(KindCannot):
        await locations.change(session, location_id=place.id, changes=becomes)

    idle = dict.fromkeys(ABILITIES, False)
    changes = LocationChangesIn(kind=LocationKind.VIRTUAL, **idle)
    changed = await locations.change(session, location_id=place.id, changes=changes)
    assert changed.kind is LocationKind.VIRTUAL
