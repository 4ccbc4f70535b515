"""Available to promise: whatever may be promised can be kept, and no promise is broken by it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oms.orders.available_to_promise import Bundle, Shelf, earliest, least, promisable, steps

NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAYS = st.integers(0, 6).map(lambda number: NOW + timedelta(days=number))
UNITS = st.integers(0, 9)
BY_DATE = st.dictionaries(DAYS, UNITS, max_size=5)
SHELVES = st.lists(
    st.builds(Shelf, units=UNITS, kept=st.integers(0, 5), coming=BY_DATE), max_size=3
)


@given(SHELVES, BY_DATE)
def test_a_new_promise_takes_nothing_from_an_earlier_one(shelves, owed):
    for step in steps(shelves, owed, now=NOW):
        more = {**owed, step.at: owed.get(step.at, 0) + step.units}
        assert late_after(shelves, more, step.at) == late_after(shelves, owed, step.at)


def late_after(shelves, owed, since):
    """Return how many units are late at each date from `since` on."""
    dates = sorted({*owed, since, *(at for shelf in shelves for at in shelf.coming)})
    return [
        max(sum(u for by, u in owed.items() if by <= at) - sum(s.by(at) for s in shelves), 0)
        for at in dates
        if at >= since
    ]


@given(SHELVES, BY_DATE)
def test_one_unit_more_than_is_told_would_be_late_somewhere(shelves, owed):
    for step in steps(shelves, owed, now=NOW):
        more = {**owed, step.at: owed.get(step.at, 0) + step.units + 1}
        assert sum(late_after(shelves, more, step.at)) > sum(late_after(shelves, owed, step.at))


@given(SHELVES, BY_DATE)
def test_it_only_rises_and_is_never_below_zero(shelves, owed):
    found = steps(shelves, owed, now=NOW)
    units = [step.units for step in found]
    assert found[0].at == NOW
    assert units == sorted(set(units))
    assert min(units) >= 0


@given(SHELVES, BY_DATE, DAYS, UNITS)
def test_more_owed_never_means_more_to_promise(shelves, owed, at, units):
    more = {**owed, at: owed.get(at, 0) + units}
    for quantity in range(1, 12):
        first = earliest(steps(shelves, owed, now=NOW), quantity)
        then = earliest(steps(shelves, more, now=NOW), quantity)
        assert then is None or (first is not None and first <= then)


@given(st.lists(st.tuples(UNITS, UNITS), max_size=6))
def test_with_nothing_owed_all_that_came_may_be_promised(pairs):
    supply = [sum(units for units, _ in pairs[: place + 1]) for place in range(len(pairs))]
    assert promisable(supply, [0] * len(supply)) == supply


@given(SHELVES, SHELVES, BY_DATE)
def test_a_kit_is_promised_no_earlier_than_each_of_its_parts(cups, pots, owed):
    together = list(zip(cups, pots, strict=False))
    kits = [Bundle([(cup, 2), (pot, 1)]) for cup, pot in together]
    of_cups, of_pots = (steps(some, owed, now=NOW) for some in (cups, pots))
    found = least([(steps(kits, {}, now=NOW), 1), (of_cups, 2), (of_pots, 1)])
    for quantity in range(1, 6):
        at = earliest(found, quantity)
        if at is not None:
            assert earliest(of_cups, 2 * quantity) <= at
            assert earliest(of_pots, quantity) <= at
