"""How far apart points are, and boxes that hold every point of a circle."""

from math import asin, atan2, cos, degrees, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.places import distances
from inventory.places.distances import EARTH_METRES, Point

TOKYO, OSAKA = Point(35.6812, 139.7671), Point(34.7025, 135.4959)
FIJI, SAMOA = Point(-17.0, 179.5), Point(-17.0, -179.5)


def test_tokyo_and_osaka_are_four_hundred_kilometres_apart():
    assert round(distances.metres(TOKYO, OSAKA) / 1000) == 403
    assert distances.metres(TOKYO, TOKYO) == 0


def test_the_short_way_crosses_the_meridian_where_the_day_changes():
    assert distances.metres(FIJI, SAMOA) == pytest.approx(106_336, abs=100)
    assert len(distances.boxes(FIJI, 200_000)) == 2
    assert hold(distances.boxes(FIJI, 200_000), SAMOA)
    assert hold(distances.boxes(SAMOA, 200_000), FIJI)


def test_a_box_around_a_pole_has_all_longitudes():
    [box] = distances.boxes(Point(89.9, 10), 50_000)

    assert (box.south_west.longitude, box.north_east.longitude) == (-180, 180)


def hold(boxes, point):
    return any(
        box.south_west.latitude <= point.latitude <= box.north_east.latitude
        and box.south_west.longitude <= point.longitude <= box.north_east.longitude
        for box in boxes
    )


def gone(start, bearing, metres):
    """The point that is reached from another by going straight on."""
    angle, here, towards = metres / EARTH_METRES, radians(start.latitude), radians(bearing)
    up = max(-1, min(1, sin(here) * cos(angle) + cos(here) * sin(angle) * cos(towards)))
    across = atan2(sin(towards) * sin(angle) * cos(here), cos(angle) - sin(here) * up)
    longitude = start.longitude + degrees(across)
    return Point(degrees(asin(up)), (longitude + 540) % 360 - 180)


@given(
    st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)),
    st.floats(0, 360),
    st.integers(1_000, 500_000),
)
def test_a_box_holds_all_that_is_within_the_radius(around, bearing, radius):
    reached = gone(around, bearing, radius * 0.999)

    assert hold(distances.boxes(around, radius), reached)
    assert distances.metres(around, reached) == pytest.approx(radius * 0.999, abs=5)
