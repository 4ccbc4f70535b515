"""Credited goods are traced to the latest earlier purchase, and never twice to one unit."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from oms.cli.demo import matches
from oms.cli.demo.documents import MatchedPiece
from tests.cli.demo import factories
from tests.cli.demo.factories import NOON, note, sale


def pieces(sales, *notes):
    """The pieces of the first line of each note."""
    return [traced.lines[0].pieces for traced in matches.trace(sales, notes)]


def test_the_latest_earlier_purchase_comes_first():
    sales = [
        sale("536365", ("85123A", 6), placed_at=NOON - timedelta(days=2)),
        sale("536400", ("22632", 1), ("85123A", 6), placed_at=NOON - timedelta(days=1)),
        sale("536700", ("85123A", 6), placed_at=NOON + timedelta(days=1)),
    ]

    assert pieces(sales, note("C536600", ("85123A", 2))) == [(MatchedPiece("536400", 1, 2),)]


def test_what_is_left_goes_to_the_purchase_before():
    sales = [
        sale("536365", ("85123A", 6), placed_at=NOON - timedelta(days=2)),
        sale("536400", ("85123A", 1), placed_at=NOON - timedelta(days=1)),
    ]

    assert pieces(sales, note("C536600", ("85123A", 3))) == [
        (MatchedPiece("536400", 0, 1), MatchedPiece("536365", 0, 2))
    ]


def test_no_unit_is_taken_back_twice():
    sales = [sale("536365", ("85123A", 6))]
    first = note("C536600", ("85123A", 4))
    second = note("C536601", ("85123A", 4))

    traced = matches.trace(sales, [second, first])

    assert [each.number for each in traced] == ["C536600", "C536601"]
    assert [each.lines[0].pieces for each in traced] == [
        (MatchedPiece("536365", 0, 4),),
        (MatchedPiece("536365", 0, 2),),
    ]
    assert [each.lines[0].unmatched for each in traced] == [0, 2]


def test_in_the_same_minute_the_number_tells_which_came_first():
    sales = [sale("536365", ("85123A", 6)), sale("536367", ("85123A", 6))]

    assert pieces(sales, note("C536366", ("85123A", 6))) == [(MatchedPiece("536365", 0, 6),)]


def test_another_customer_or_sku_explains_nothing():
    sales = [sale("536365", ("85123A", 6), customer_id="13047"), sale("536366", ("85123B", 6))]

    assert pieces(sales, note("C536600", ("85123A", 1))) == [()]


def test_a_guest_returns_blind():
    sales = [sale("536365", ("85123A", 6), customer_id=None)]

    (traced,) = matches.trace(sales, [factories.note("C536600", ("85123A", 1), customer_id=None)])

    assert traced.lines[0].pieces == ()
    assert traced.lines[0].unmatched == 1


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("AB"), st.integers(1, 9)), max_size=30))
def test_what_came_back_and_what_is_left_sum_to_what_was_bought(acts):
    bought, returned = Counter(), Counter()
    sales, notes = [], []
    for number, (buys, sku, units) in enumerate(acts, start=536365):
        if buys:
            sales.append(sale(str(number), (sku, units)))
            bought[str(number), 0] = units
        else:
            notes.append(note(f"C{number}", (sku, units)))

    for traced in matches.trace(sales, notes):
        (line,) = traced.lines
        assert line.unmatched + sum(piece.quantity for piece in line.pieces) == line.quantity
        assert line.unmatched >= 0
        for piece in line.pieces:
            assert piece.invoice < traced.number.lstrip("C")
            returned[piece.invoice, piece.line_index] += piece.quantity

    assert returned <= bought
