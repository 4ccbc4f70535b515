"""Adding up and spreading, to the last yen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.kernel.money import MAX_AMOUNT
from oms.orders import totals
from oms.orders.models import OrderLine
from oms.orders.totals import (
    AmountTooLarge,
    Charges,
    DiscountTooLarge,
    Priced,
    Shares,
    TotalsDisagree,
)


def _payable(share):
    return share.goods - share.discount + share.shipping + share.tax


def test_an_order_of_one_line_carries_everything():
    shares = totals.spread([Priced(1000, 2, 100)], Charges(50, 500, 235, 2585)).lines

    assert shares == [Shares(goods=2000, discount=150, shipping=500, tax=235)]


def test_what_belongs_to_the_whole_follows_what_is_left_after_discounts():
    shares = totals.spread(
        [Priced(1000, 1, 1000), Priced(300, 1), Priced(700, 1)], Charges(100, 10, 9, 919)
    ).lines

    assert [share.discount for share in shares] == [1000, 30, 70]
    assert [share.shipping for share in shares] == [0, 3, 7]
    assert [share.tax for share in shares] == [0, 3, 6]


def test_an_order_that_is_given_away_still_spreads_its_shipping():
    shares = totals.spread([Priced(0, 1), Priced(0, 3)], Charges(0, 5, 0, 5)).lines

    assert [share.shipping for share in shares] == [3, 2]


@pytest.mark.parametrize(("stated", "difference"), [(1099, -1), (1101, 1), (0, -1100)])
def test_a_total_that_does_not_add_up_says_by_how_much(stated, difference):
    with pytest.raises(TotalsDisagree) as refusal:
        totals.spread([Priced(500, 2)], Charges(0, 100, 0, stated))

    assert refusal.value.data() == {
        "goods": 1000,
        "discount": 0,
        "shipping": 100,
        "fees": 0,
        "tax": 0,
        "tax_included": False,
        "stated_tax": 0,
        "computed_total": 1100,
        "stated_total": stated,
        "difference": difference,
    }


def test_a_discount_is_never_larger_than_what_it_is_taken_off():
    with pytest.raises(DiscountTooLarge) as of_line:
        totals.spread([Priced(100, 1), Priced(100, 1, 101)], Charges(0, 0, 0, 99))
    with pytest.raises(DiscountTooLarge) as of_order:
        totals.spread([Priced(100, 1, 40)], Charges(61, 0, 0, 0))

    assert (of_line.value.pointer, of_line.value.goods) == ("/lines/1/discount", 100)
    assert (of_order.value.pointer, of_order.value.goods) == ("/discount", 60)


def test_a_line_that_costs_more_than_any_amount_is_refused():
    with pytest.raises(AmountTooLarge) as refusal:
        totals.spread([Priced(MAX_AMOUNT, 2)], Charges(0, 0, 0, 0))

    assert refusal.value.data() == {"pointer": "/lines/0", "limit": MAX_AMOUNT}


AMOUNTS = st.integers(0, 10**9)


@st.composite
def orders(draw):
    """Lines and charges that add up."""
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        price, quantity = draw(AMOUNTS), draw(st.integers(1, 50))
        lines.append(Priced(price, quantity, draw(st.integers(0, price * quantity))))
    net = sum(line.goods - line.discount for line in lines)
    discount, shipping, tax = draw(st.integers(0, net)), draw(AMOUNTS), draw(AMOUNTS)
    return lines, Charges(discount, shipping, tax, net - discount + shipping + tax)


@given(orders())
def test_shares_sum_to_the_whole_and_no_line_is_discounted_below_nothing(order):
    lines, charges = order

    shares = totals.spread(lines, charges).lines

    assert sum(_payable(share) for share in shares) == charges.total
    assert sum(share.shipping for share in shares) == charges.shipping
    assert sum(share.tax for share in shares) == charges.tax
    assert sum(share.discount for share in shares) == charges.discount + sum(
        line.discount for line in lines
    )
    assert all(0 <= share.discount <= share.goods for share in shares)


def _line(*, ordered, cancelled=0, goods=0, discount=0, shipping=0, tax=0) -> OrderLine:
    return OrderLine(
        ordered=ordered,
        cancelled=cancelled,
        goods_amount=goods,
        discount_amount=discount,
        shipping_amount=shipping,
        tax_amount=tax,
    )


def test_cancelled_units_are_the_last_and_cost_nothing():
    line = _line(ordered=3, cancelled=1, goods=300, discount=10, shipping=5, tax=8)

    assert totals.of_units(line, first=0, count=1) == 100 - 4 + 2 + 3
    assert totals.of_units(line, first=1, count=1) == 100 - 3 + 2 + 3
    assert totals.of_units(line, first=2, count=1) == 100 - 3 + 1 + 2
    assert totals.payable([line]) == 200 - 7 + 4 + 6
