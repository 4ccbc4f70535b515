"""Which places are near: exact, nearest first, found through the index."""

import pytest
from sqlalchemy import text

from inventory.places import nearby
from inventory.places.distances import Point
from inventory.places.nearby import PlaceMissing, UnknownPostalCode
from oms.kernel.statements import Statement
from tests.factories import location

GINZA = Point(35.6717, 139.7650)
SHIBUYA = {"latitude": 35.6580, "longitude": 139.7016}
UENO = {"latitude": 35.7141, "longitude": 139.7774}


async def test_the_nearest_come_first_and_what_is_beyond_the_radius_not_at_all(session):
    shibuya = await location(session, code="SHIBUYA", pickup=True, **SHIBUYA)
    ueno = await location(session, code="UENO", pickup=True, **UENO)
    await location(session, code="CORNER", pickup=True, latitude=35.72, longitude=139.82)
    await location(session, code="DEPOT", **UENO)
    await location(session, code="OLD", pickup=True, active=False, **UENO)

    found = await nearby.locations(session, around=GINZA, radius_metres=6_000)
    nearest = await nearby.locations(session, around=GINZA, radius_metres=4_900)

    assert [(one.id, round(one.distance_metres, -2)) for one in found] == [
        (ueno.id, 4800),
        (shibuya.id, 5900),
    ]
    assert [one.code for one in nearest] == ["UENO"]


async def test_they_are_found_through_the_index(session):
    await session.execute(text("SET LOCAL enable_seqscan = off"))
    prepared: Statement = getattr(nearby, "_WITHIN")  # noqa: B009 -- its own name is private
    asking = Statement(f"EXPLAIN {prepared.sql}")
    asking.names = prepared.names

    rows = await asking.rows(session, souths=[35.0], wests=[139.0], norths=[36.0], easts=[140.0])

    plan = "\n".join(row["QUERY PLAN"] for row in rows)
    assert "ix_location_pickup" in plan, plan


def test_a_place_is_told_by_postal_code_or_by_coordinates():
    by_code = nearby.point(postal_code="104-0061", latitude=None, longitude=None)

    assert by_code.latitude == pytest.approx(GINZA.latitude, abs=0.01)
    assert nearby.point(postal_code=None, latitude=0.0, longitude=0.0) == Point(0, 0)


@pytest.mark.parametrize(
    ("postal_code", "latitude", "longitude", "refusal"),
    [
        (None, None, None, PlaceMissing),
        (None, 35.0, None, PlaceMissing),
        ("104-0061", 35.0, 139.0, PlaceMissing),
        ("104-0061", 35.0, None, PlaceMissing),
        ("000-0000", None, None, UnknownPostalCode),
        ("", None, None, UnknownPostalCode),
    ],
)
def test_a_place_that_is_not_told_is_refused(postal_code, latitude, longitude, refusal):
    with pytest.raises(refusal):
        nearby.point(postal_code=postal_code, latitude=latitude, longitude=longitude)
