"""By when each of those who wait has all units: supply handed out in their turn."""

from datetime import UTC, datetime

import pytest

from oms.kernel import ids
from oms.orders.dates import Need, dates


def day(number):
    return datetime(2026, 5, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "supply", "told"),
    [
        ([2], {"CUP": [(3, 2)]}, [3]),
        ([2, 1], {"CUP": [(3, 2), (5, 1)]}, [3, 5]),
        ([3, 1], {"CUP": [(3, 2), (5, 2)]}, [5, 5]),
        ([3, 1], {"CUP": [(3, 2)]}, [None, None]),
        ([1], {"POT": [(3, 2)]}, [None]),
        ([1], {}, [None]),
    ],
)
def test_a_line_is_expected_with_its_last_unit_and_nobody_gets_ahead(wanted, supply, told):
    needs = [Need(ids.new(), units, {"CUP": 1}) for units in wanted]
    come = {sku: [(day(at), units) for at, units in rows] for sku, rows in supply.items()}

    found = dates(needs, come)

    assert [found.get(need.line_id) for need in needs] == [at and day(at) for at in told]


def test_a_kit_is_expected_with_the_last_of_its_parts():
    need = Need(ids.new(), 2, {"CUP": 2, "POT": 1, "CARD": 0})
    supply = {"CUP": [(day(3), 4)], "POT": [(day(2), 1), (day(9), 1)]}

    assert dates([need], supply) == {need.line_id: day(9)}
