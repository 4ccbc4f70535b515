"""What comes, where and when: once, at the truck's date where a truck is told of."""

from datetime import UTC, datetime

import pytest

from inventory.supply.arrivals import Due, merged
from oms.kernel import ids

PAPER, PLACE = ids.new(), ids.new()


def day(number):
    return number and datetime(2026, 5, number, tzinfo=UTC)


def due(units, at):
    return Due(PAPER, "CUP", PLACE, units, day(at))


@pytest.mark.parametrize(
    ("lines", "trucks", "comes"),
    [
        ([], [], []),
        ([(4, 2), (3, None)], [], [(4, 2), (3, None)]),
        ([(10, 5)], [(4, 9)], [(6, 5), (4, 9)]),
        ([(10, 5), (10, 20)], [(12, 3)], [(12, 3), (8, 20)]),
        ([(2, 5)], [(9, 3)], [(2, 3)]),
        ([(6, 5)], [(4, 7), (4, 3)], [(4, 3), (2, 7)]),
        ([], [(4, 3)], []),
    ],
)
def test_a_truck_carries_what_is_due_first_and_no_more_than_is_due(lines, trucks, comes):
    found = merged([due(*one) for one in lines], [due(*one) for one in trucks])

    assert [(one.quantity, one.expected_at) for one in found] == [
        (units, day(at)) for units, at in comes
    ]
