"""Places: opened once, changed by those who have seen them."""

import pytest

from inventory.places import locations
from inventory.places.locations import LocationExists
from inventory.places.models import LocationKind
from inventory.places.queries import LocationChanged, UnknownLocation
from inventory.places.views import LocationChangesIn, LocationIn
from oms.kernel import ids

GINZA = LocationIn(
    code="GINZA", name="Ginza", kind=LocationKind.STORE, country="JP", city="Tokyo",
    latitude=35.67, longitude=139.77,
)  # fmt: skip


async def test_a_location_is_opened_once(session):
    ginza = await locations.open_location(session, place=GINZA)

    assert (ginza.version, ginza.ships, ginza.time_zone) == (1, True, "Asia/Tokyo")
    with pytest.raises(LocationExists):
        await locations.open_location(session, place=GINZA)


async def test_what_is_left_out_stays(session):
    ginza = await locations.open_location(session, place=GINZA)

    changes = LocationChangesIn(ships=False, postal_code="104-0061")
    changed = await locations.change(session, location_id=ginza.id, changes=changes, version=1)

    assert (changed.version, changed.ships, changed.postal_code) == (2, False, "104-0061")
    assert (changed.name, changed.active) == ("Ginza", True)


async def test_a_change_on_old_knowledge_is_refused(session):
    ginza = await locations.open_location(session, place=GINZA)
    changes = LocationChangesIn(name="Ginza Six")
    await locations.change(session, location_id=ginza.id, changes=changes, version=1)

    with pytest.raises(LocationChanged):
        await locations.change(session, location_id=ginza.id, changes=changes, version=1)
    with pytest.raises(UnknownLocation):
        await locations.change(session, location_id=ids.new(), changes=changes)
