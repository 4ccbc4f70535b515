"""Chance is a function of names."""

import pytest

from oms.cli.demo import chances


def test_the_same_names_draw_the_same_on_every_machine():
    assert [chances.draw(1000, *names) for names in (("a", "b"), ("ab",), ("a", 1))] == [
        624,
        72,
        121,
    ]


def test_a_draw_stays_below_its_limit_and_reaches_every_number():
    assert {chances.draw(6, "dice", index) for index in range(200)} == {0, 1, 2, 3, 4, 5}
    assert {chances.between(1, 3, "dice", index) for index in range(200)} == {1, 2, 3}


@pytest.mark.parametrize(
    ("per_mille", "least", "most"), [(0, 0, 0), (100, 70, 130), (1000, 1000, 1000)]
)
def test_what_happens_now_and_then_happens_that_often(per_mille, least, most):
    times = sum(chances.happens(per_mille, "rain", index) for index in range(1000))

    assert least <= times <= most


def test_a_pick_follows_the_weights():
    options = [("often", 3), ("never", 0), ("seldom", 1)]
    picks = [chances.pick(options, "pick", index) for index in range(1000)]

    assert 700 < picks.count("often") < 800
    assert picks.count("never") == 0
