"""Available to promise by date: what may still be promised without breaking a promise."""

from datetime import UTC, datetime

import pytest

from oms.orders.available_to_promise import Bundle, Shelf, earliest, promisable, steps


def day(number):
    return datetime(2026, 5, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("supply", "owed", "free"),
    [
        ([5, 5], [0, 0], [5, 5]),
        ([0, 10, 20], [0, 0, 10], [0, 10, 10]),
        ([0, 10, 10], [0, 0, 8], [0, 2, 2]),
        ([5, 5, 25], [9, 9, 9], [0, 0, 16]),
        ([3], [7], [0]),
        ([], [], []),
    ],
)
def test_what_a_later_promise_needs_is_gone_already(supply, owed, free):
    assert promisable(supply, owed) == free


def test_supply_that_only_fills_what_must_stay_is_not_promised():
    shelf = Shelf(2, kept=5, coming={day(3): 4, day(5): 4})

    found = steps([shelf], {}, now=day(1))

    assert [(step.at.day, step.units) for step in found] == [(1, 0), (3, 1), (5, 5)]
    assert earliest(found, 2) == day(5)
    assert earliest(found, 6) is None


def test_what_was_owed_before_today_is_owed_today():
    found = steps([Shelf(5)], {day(1): 3}, now=day(4))

    assert [(step.at.day, step.units) for step in found] == [(4, 2)]


def test_a_kit_comes_with_the_last_of_its_parts():
    bundle = Bundle([(Shelf(4, coming={day(9): 4}), 2), (Shelf(1, coming={day(3): 5}), 1)])

    found = steps([bundle], {}, now=day(1))

    assert [(step.at.day, step.units) for step in found] == [(1, 1), (3, 2), (9, 4)]
