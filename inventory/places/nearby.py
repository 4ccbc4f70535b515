"""Which locations hand goods over near a point: by index, then by the exact distance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.places import distances, postal_codes
from inventory.places.distances import Point
from oms.kernel.errors import Rejected
from oms.kernel.statements import Statement


class PlaceMissing(Rejected):
    """Say where: a `postal_code`, or a `latitude` and a `longitude`, and not both."""


class UnknownPostalCode(Rejected):
    """There is no such postal code in Japan."""

    postal_code: str


@dataclass(frozen=True)
class Near:
    """A location that hands goods over, and how far away it is."""

    id: UUID
    code: str
    name: str
    city: str
    address: str | None
    latitude: float
    longitude: float
    distance_metres: int


_WITHIN = Statement("""
SELECT id, code, name, city, address, latitude, longitude
FROM unnest(
    CAST(:souths AS float8[]), CAST(:wests AS float8[]),
    CAST(:norths AS float8[]), CAST(:easts AS float8[])
) AS box (south, west, north, east)
JOIN location ON active AND pickup
    AND latitude BETWEEN south AND north AND longitude BETWEEN west AND east
""")


def point(*, postal_code: str | None, latitude: float | None, longitude: float | None) -> Point:
    """Return the point that is meant. Raises PlaceMissing, UnknownPostalCode."""
    by_point = latitude is not None and longitude is not None
    if (postal_code is None) != by_point or (latitude is None) != (longitude is None):
        raise PlaceMissing
    if latitude is not None and longitude is not None:
        return Point(latitude, longitude)
    place = postal_codes.locate(postal_code or "")
    if place is None:
        raise UnknownPostalCode((postal_code or "")[:32])
    return Point(place.latitude, place.longitude)


async def locations(session: AsyncSession, *, around: Point, radius_metres: int) -> list[Near]:
    """Return the active locations within a radius that hand goods over, the nearest first."""
    boxes = distances.boxes(around, radius_metres)
    rows = await _WITHIN.rows(
        session,
        souths=[box.south_west.latitude for box in boxes],
        wests=[box.south_west.longitude for box in boxes],
        norths=[box.north_east.latitude for box in boxes],
        easts=[box.north_east.longitude for box in boxes],
    )
    found = [Near(**row, distance_metres=distances.metres(around, _point(row))) for row in rows]
    within = (one for one in found if one.distance_metres <= radius_metres)
    return sorted(within, key=lambda one: (one.distance_metres, one.code))


def _point(row: Mapping[str, Any]) -> Point:
    return Point(row["latitude"], row["longitude"])
