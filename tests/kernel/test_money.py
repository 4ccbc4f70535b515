from hypothesis import given
from hypothesis import strategies as st

from oms.kernel import money

WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


def test_the_known_proration_table_holds():
    assert money.split(299, [4300, 1400, 2300]) == [161, 52, 86]
    assert money.split(299, [1000, 1000, 1000]) == [100, 100, 99]
    assert money.split(10, [0, 0]) == [5, 5]


@given(st.integers(-(10**9), 10**9), WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole(total, weights):
    assert sum(money.split(total, weights)) == total


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(1, 50), min_size=1, max_size=10))
def test_any_sequence_of_takings_sums_to_the_line(total, takings):
    units, first, parts = sum(takings), 0, []
    for count in takings:
        parts.append(money.of_units(total, units=units, first=first, count=count))
        first += count
    assert sum(parts) == total


def test_amounts_are_written_with_the_decimals_of_their_currency():
    assert str(money.Money(amount=1980, currency="JPY")) == "JPY 1,980"
    assert str(money.Money(amount=-1234, currency="GBP")) == "GBP -12.34"
    assert str(money.Money(amount=1, currency="KWD")) == "KWD 0.001"
