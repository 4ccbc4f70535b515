"""Whose promises go when a shelf holds less than was promised of it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.standing import Standing
from oms.kernel import ids
from oms.orders import shortfalls
from oms.orders.shortfalls import Held, Loss

ORDER, WORK = ids.new(), ids.new()


def level(**buckets):
    return Standing("CUP", ids.new(), **buckets)


def held(waiting=0, *, order=ORDER, each=1, **works):
    found = {ids.new(): units for units in works.values()}
    return Held(order, ids.new(), "CUP", {"CUP": each}, waiting=waiting, works=found)


@pytest.mark.parametrize(
    ("buckets", "delta", "lost"),
    [
        ({"on_hand": 10, "committed": 6}, -4, Loss()),
        ({"on_hand": 10, "committed": 6, "reserved": 1}, -5, Loss(promises=2)),
        ({"on_hand": 10, "committed": 5, "damaged": 3}, -4, Loss(promises=2)),
        (
            {"on_hand": 5, "damaged": 3, "quality_control": 2},
            -4,
            Loss(damaged=3, quality_control=1),
        ),
        ({"on_hand": 5, "committed": 1}, -7, Loss(promises=1, impossible=2)),
        ({"on_hand": 5, "committed": 5}, 3, Loss()),
    ],
)
def test_good_units_are_missing_first(buckets, delta, lost):
    assert shortfalls.loss(level(**buckets), delta) == lost


def test_the_first_promises_go_and_waiting_units_before_work():
    short = Counter({"CUP": 4})
    young, old = held(1, one=2), held(5)

    freed = shortfalls.free_orders(short, [young, old])

    assert [(one.held, one.quantity, one.work_id) for one in freed] == [
        (young, 1, None),
        (young, 2, next(iter(young.works))),
        (old, 1, None),
    ]
    assert short["CUP"] == 0


def test_orders_that_are_not_held_are_passed_over():
    short = Counter({"CUP": 1})

    assert shortfalls.free_orders(short, [held(1, order=ids.new())], of={ORDER}) == []
    assert short["CUP"] == 1


def test_of_kits_whole_ones_go_and_free_all_their_parts():
    short = Counter({"CUP": 3, "BOWL": 1})
    kit = Held(ORDER, ids.new(), "SET", {"CUP": 2, "BOWL": 1, "NOTE": 0}, waiting=9)

    [freed] = shortfalls.free_orders(short, [kit])

    assert freed.quantity == 2
    assert not +short


def test_transfers_give_what_they_hold():
    short = Counter({"CUP": 3})
    first, second = ids.new(), ids.new()

    let_go = shortfalls.free_transfers(short, [(first, "CUP", 2), (second, "CUP", 2)])

    assert let_go == {first: {"CUP": 2}, second: {"CUP": 1}}
    assert not +short


@given(st.integers(0, 30), st.lists(st.integers(0, 5), max_size=8))
def test_no_more_is_freed_than_is_short_or_promised(units, promised):
    short = Counter({"CUP": units})

    freed = shortfalls.free_orders(short, [held(one) for one in promised])

    assert sum(one.quantity for one in freed) == min(units, sum(promised))
    assert short["CUP"] == units - min(units, sum(promised))


@given(
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(-30, 9)
)
def test_after_its_loss_a_level_can_stand(good, damaged, quality_control, promised, delta):
    before = level(
        on_hand=good + damaged + quality_control, damaged=damaged,
        quality_control=quality_control, committed=min(promised, good),
    )  # fmt: skip
    lost = shortfalls.loss(before, delta)

    after = before.changed(
        {
            "on_hand": delta + lost.impossible,
            "committed": -lost.promises,
            "damaged": -lost.damaged,
            "quality_control": -lost.quality_control,
        }
    )

    assert after.possible
