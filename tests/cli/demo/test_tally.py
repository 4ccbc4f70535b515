"""The summary's figures."""

from oms.cli.demo.tally import MAX_SURPRISES, Tally


def test_percentiles_are_those_of_the_slowest_orders():
    tally = Tally(placing_seconds=[number / 1000 for number in range(1, 101)])

    assert tally.placing_milliseconds(50) == 51
    assert tally.placing_milliseconds(99) == 100
    assert Tally().placing_milliseconds(99) == 0


def test_every_surprise_counts_and_the_first_are_kept():
    tally = Tally()

    for number in range(MAX_SURPRISES + 5):
        tally.surprise(f"surprise {number}")

    assert tally.surprise_count == MAX_SURPRISES + 5
    assert tally.surprises[-1] == f"surprise {MAX_SURPRISES - 1}"
