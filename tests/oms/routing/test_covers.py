"""The cheapest set of places, against every set there is."""

import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.routing import covers

SKUS = ["A", "B", "C", "D"]


def enough(wanted, offers, places) -> bool:
    return all(
        sum(offers[place].get(sku, 0) for place in places) >= count for sku, count in wanted.items()
    )


def cheapest_of_all(wanted, offers, costs) -> int:
    """Look at every subset."""
    everybody = range(len(offers))
    return min(
        sum(costs[place] for place in places)
        for size in range(len(offers) + 1)
        for places in combinations(everybody, size)
        if enough(wanted, offers, places)
    )


@st.composite
def worlds(draw):
    """Up to eight places that have up to four SKUs, and a demand they can meet together."""
    units = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 6), max_size=4)
    offers = draw(st.lists(units, min_size=1, max_size=8))
    costs = sorted(draw(st.integers(1, 40)) for _ in offers)
    supply = {sku: sum(offer.get(sku, 0) for offer in offers) for sku in SKUS}
    wanted = {sku: draw(st.integers(0, most)) for sku, most in supply.items()}
    return {sku: count for sku, count in wanted.items() if count}, offers, costs


@settings(max_examples=600)
@given(worlds())
def test_no_set_of_places_is_cheaper(world):
    wanted, offers, costs = world

    cover = covers.cheapest(wanted, offers, costs)

    assert cover.exact
    assert enough(wanted, offers, cover.places)
    assert sum(costs[place] for place in cover.places) == cheapest_of_all(wanted, offers, costs)
    assert cover.places == sorted(set(cover.places))


@given(worlds())
def test_without_any_budget_the_answer_is_still_complete_and_has_nothing_to_spare(world):
    wanted, offers, costs = world
    before, covers.MAX_WORK = covers.MAX_WORK, -1
    try:
        cover = covers.cheapest(wanted, offers, costs)
    finally:
        covers.MAX_WORK = before

    assert enough(wanted, offers, cover.places)
    for place in cover.places:
        others = [one for one in cover.places if one != place]
        assert not enough(wanted, offers, others)


def test_a_dear_place_that_has_everything_beats_many_cheap_ones():
    offers = [{"A": 1}, {"A": 1}, {"A": 3}]

    assert covers.cheapest({"A": 3}, offers, [10, 10, 25]).places == [2]
    assert covers.cheapest({"A": 2}, offers, [10, 10, 25]).places == [0, 1]


def test_nothing_wanted_needs_nobody():
    assert covers.cheapest({}, [], []) == covers.Cover([], exact=True)


def test_thousands_of_places_are_not_too_deep():
    offers, costs = [{"A": 1}] * 3000, list(range(600, 3600))

    cover = covers.cheapest({"A": 2500}, offers, costs)

    assert cover.places == list(range(2500))


@pytest.mark.parametrize("units", [1, 3, 30])
def test_a_search_too_large_ends_soon_and_says_so(units):
    """400 locations × 50 lines, three of four shelves empty."""
    offers = [
        {f"S{sku}": 1 + (place * sku) % 3 for sku in range(50) if (place * 7 + sku * 13) % 4 == 0}
        for place in range(400)
    ]
    wanted, costs = {f"S{sku}": units for sku in range(50)}, [600 + place for place in range(400)]

    begun = time.process_time()
    cover = covers.cheapest(wanted, offers, costs)

    assert time.process_time() - begun < 1
    assert enough(wanted, offers, cover.places)
    assert not cover.exact
