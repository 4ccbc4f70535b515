"""Distances on earth: how far apart two points are, and what a circle lies in."""

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

EARTH_METRES = 6_371_000


@dataclass(frozen=True)
class Point:
    """A point on earth, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """What lies between two parallels and two meridians."""

    south_west: Point
    north_east: Point


def metres(one: Point, other: Point) -> int:
    """Return the great-circle distance by the haversine formula."""
    here, there = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    chord = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(min(1, chord))))


def boxes(around: Point, radius_metres: int) -> list[Box]:
    """Return what a circle lies in: one box, or two where it crosses the 180th meridian.

    Around a pole it is all longitudes.
    """
    angle = radius_metres / EARTH_METRES
    south, north = around.latitude - degrees(angle), around.latitude + degrees(angle)
    if south <= -90 or north >= 90:  # noqa: PLR2004 -- the poles
        stretches = [(-180.0, 180.0)]
    else:
        reach = degrees(asin(min(1, sin(angle) / cos(radians(around.latitude)))))
        west, east = around.longitude - reach, around.longitude + reach
        if west < -180:  # noqa: PLR2004 -- the meridian where the day changes
            stretches = [(-180.0, east), (west + 360, 180.0)]
        elif east > 180:  # noqa: PLR2004 -- the same
            stretches = [(west, 180.0), (-180.0, east - 360)]
        else:
            stretches = [(west, east)]
    return [Box(Point(south, west), Point(north, east)) for west, east in stretches]
