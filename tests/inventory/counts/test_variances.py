"""What the entries of a count amount to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.counts import variances
from inventory.counts.models import CountEntry, CountLine, StockCount
from inventory.counts.states import LineState
from oms.kernel import ids

LINE = CountLine(id=ids.new(), count_id=ids.new(), sku="CUP", round=1)


def entry(units, *, who="staff:Sato", on_hand=10, picked=0, round_=1):
    return CountEntry(
        line_id=LINE.id, round=round_, counter=who, counter_id=None, units=units,
        on_hand=on_hand, picked=picked,
    )  # fmt: skip


def judged(*entries, counters=1, corrected=()):
    [one] = variances.judge([LINE], entries, dict(corrected), counters=counters)
    return one


def test_a_line_waits_for_as_many_people_as_must_count_it():
    assert judged(counters=2).state is LineState.UNCOUNTED
    twice = judged(entry(9), entry(9), counters=2)
    assert (twice.state, twice.missing) == (LineState.UNCOUNTED, 1)
    assert judged(entry(9), entry(9, who="staff:Ito"), counters=2).state is LineState.AGREED


def test_the_latest_entry_of_a_counter_counts():
    one = judged(entry(3), entry(9))

    assert (one.variance, one.delta) == (-1, -1)


def test_entries_of_an_earlier_round_do_not_count():
    assert judged(entry(9, round_=2)).state is LineState.UNCOUNTED


def test_counters_agree_on_what_is_missing_not_on_the_number():
    first = entry(9)
    later = entry(4, who="staff:Ito", on_hand=8, picked=3)

    one = judged(first, later, counters=2)

    assert (one.state, one.delta, one.last) == (LineState.AGREED, -1, later)


def test_what_was_corrected_since_an_entry_is_taken_off():
    before, after = entry(8), entry(8, who="staff:Ito", on_hand=9)

    one = judged(before, after, counters=2, corrected={before.id: -1})

    assert (one.state, one.variance, one.delta) == (LineState.AGREED, -1, -1)
    assert judged(before, after, counters=2).state is LineState.DISPUTED


@pytest.mark.parametrize(
    ("units", "percent", "found", "fits"),
    [
        (None, None, 10, False),
        (0, None, 10, True),
        (1, None, 9, True),
        (1, None, 8, False),
        (None, 10, 9, True),
        (None, 9, 9, False),
        (5, 10, 8, False),
        (None, 0, 10, True),
    ],
)
def test_every_limit_that_is_set_holds(units, percent, found, fits):
    count = StockCount(limit_units=units, limit_percent=percent)

    assert variances.within_limits(count, [judged(entry(found))]) is fits


def test_of_nothing_expected_no_percent_may_be_found():
    count = StockCount(limit_percent=100)

    assert not variances.within_limits(count, [judged(entry(1, on_hand=2, picked=2))])


def test_a_dispute_lies_within_no_limits():
    count = StockCount(limit_units=9)
    disputed = judged(entry(9), entry(8, who="staff:Ito"), counters=2)

    assert not variances.within_limits(count, [disputed])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=5))
def test_people_with_good_eyes_agree_whatever_leaves_the_shelf(steps):
    """Of ten units more or less one is missing throughout; between two looks some are shipped."""
    on_hand = 1 + sum(shipped for _, shipped in steps)
    looks = []
    for number, (_, shipped) in enumerate(steps):
        looks.append(entry(on_hand - 1, who=f"staff:{number}", on_hand=on_hand))
        on_hand -= shipped

    one = judged(*looks, counters=len(steps))

    assert (one.state, one.delta) == (LineState.AGREED, -1)
