"""Which locations keep what of a cart."""

import pytest

from inventory.holds import allotments
from inventory.holds.allotments import Allotment
from inventory.selling.candidates import Candidates, ItemFacts, Site
from oms.kernel import clock, ids

NORTH, SOUTH = ids.new(), ids.new()
SITES = {
    NORTH: Site(NORTH, "N", "warehouse", "JP", 43.0, 141.3),
    SOUTH: Site(SOUTH, "S", "warehouse", "JP", 26.2, 127.7),
}
ITEMS = {
    "CUP": ItemFacts("CUP", "Cup", 1),
    "LID": ItemFacts("LID", "Lid", 1),
    "CARD": ItemFacts("CARD", "Card", 1, tracked=False),
    "SET": ItemFacts("SET", "Set", 1, kit=True),
}


def found(**units):
    available = {
        (sku, place): quantity
        for sku, (north, south) in units.items()
        for place, quantity in ((NORTH, north), (SOUTH, south))
    }
    return Candidates(ITEMS, SITES, available, clock.now(), kits={"SET": {"CUP": 2, "LID": 1}})


def choose(sold, wanted, own=(), near=None):
    return allotments.choose(sold, wanted=wanted, own=own, near=near)


def test_the_fullest_location_gives_first():
    choice = choose(found(CUP=(2, 5)), {"CUP": 6})

    assert choice.units == {("CUP", SOUTH): 5, ("CUP", NORTH): 1}
    assert choice.missing == {}


def test_the_nearest_location_gives_first_when_it_is_known_where_to():
    choice = choose(found(CUP=(2, 5)), {"CUP": 6}, near=(35.7, 139.8))

    assert choice.units == {("CUP", NORTH): 2, ("CUP", SOUTH): 4}


def test_what_a_cart_has_stays_where_it_is():
    own = [Allotment("CUP", NORTH, 3, {"CUP": 1})]

    choice = choose(found(CUP=(0, 2)), {"CUP": 5}, own)

    assert choice.units == {("CUP", NORTH): 3, ("CUP", SOUTH): 2}
    assert choose(found(CUP=(0, 2)), {"CUP": 1}, own).units == {("CUP", NORTH): 1}
    assert choose(found(CUP=(0, 2)), {"CUP": 7}, own).missing == {"CUP": 2}


@pytest.mark.parametrize("parts", [{"CUP": 1}, {"CUP": 2, "LID": 2}])
def test_kits_that_are_made_otherwise_by_now_are_chosen_anew(parts):
    own = [Allotment("SET", NORTH, 1, parts)]

    choice = choose(found(CUP=(0, 2), LID=(0, 1)), {"SET": 1}, own)

    assert choice.units == {("SET", SOUTH): 1}


def test_kits_take_their_parts_before_what_is_sold_by_itself():
    choice = choose(found(CUP=(3, 2), LID=(1, 0)), {"CUP": 3, "SET": 1})

    assert choice.units == {("SET", NORTH): 1, ("CUP", SOUTH): 2, ("CUP", NORTH): 1}
    assert allotments.reserved(choice.allotments) == {
        ("CUP", NORTH): 3, ("CUP", SOUTH): 2, ("LID", NORTH): 1,
    }  # fmt: skip


def test_what_is_not_tracked_is_neither_held_nor_missing():
    choice = choose(found(), {"CARD": 9})

    assert (choice.units, choice.missing) == ({}, {})


def test_what_stands_where_nothing_is_sold_from_is_not_usable():
    own = [Allotment("CUP", ids.new(), 3, {"CUP": 1})]

    assert choose(found(CUP=(1, 0)), {"CUP": 2}, own).missing == {"CUP": 1}
