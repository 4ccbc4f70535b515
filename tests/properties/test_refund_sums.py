"""No sequence of returns pays back more, or in the end less, than a line cost."""

from hypothesis import given
from hypothesis import strategies as st

from oms.kernel import ids, money
from oms.orders.models import OrderLine
from returns import refunds_due

AMOUNTS = st.integers(0, 10**12)


@st.composite
def order_lines(draw):
    """A line of any price, discount and tax."""
    ordered, unit_price = draw(st.integers(1, 60)), draw(AMOUNTS)
    goods = unit_price * ordered
    return OrderLine(
        id=ids.new(),
        sku="A",
        name="A",
        ordered=ordered,
        unit_price=unit_price,
        goods_amount=goods,
        discount_amount=draw(st.integers(0, goods)),
        tax_amount=draw(AMOUNTS),
    )


@st.composite
def stories(draw):
    """A line, and returns and cancellations of its units in any order until none is left."""
    line = draw(order_lines())
    steps, left = [], line.ordered
    while left:
        units = draw(st.integers(1, left))
        steps.append((draw(st.sampled_from(["return", "cancel"])), units))
        left -= units
    return line, steps


def payable(line) -> int:
    return line.goods_amount - line.discount_amount + line.tax_amount


def share(line, *, first, units) -> int:
    goods, discount, tax = (
        money.of_units(total, units=line.ordered, first=first, count=units)
        for total in (line.goods_amount, line.discount_amount, line.tax_amount)
    )
    return goods - discount + tax


@given(stories())
def test_refunds_and_cancellations_sum_to_the_line(story):
    """Cancelled units are the last of a line, refunded ones the first: they never overlap."""
    line, steps = story
    refunded = cancelled = back = saved = 0
    for kind, units in steps:
        if kind == "return":
            back += refunds_due.of_line(line, refunded=refunded, units=units).amount
            refunded += units
        else:
            cancelled += units
            saved += share(line, first=line.ordered - cancelled, units=units)
        assert back + saved <= payable(line)

    assert back + saved == payable(line)


@given(order_lines(), st.data())
def test_returned_units_get_back_what_as_many_units_cost(line, data):
    """Units are charged from the first on too, so a refund never exceeds the charge."""
    charged = data.draw(st.integers(1, line.ordered))
    refunded = data.draw(st.integers(0, charged - 1))
    shares = [refunds_due.of_line(line, refunded=before, units=1) for before in range(refunded + 1)]

    assert all(credit.amount >= 0 for credit in shares)
    assert sum(credit.amount for credit in shares) <= share(line, first=0, units=charged)
