"""An order as it is shown: every axis derived from the facts."""

import pytest

from oms.kernel import ids
from oms.kernel.money import Money
from oms.orders import axes, progress, views
from oms.orders.models import Order, OrderLine
from oms.orders.queries import UnknownOrder
from oms.orders.states import GoodsStatus, OrderStatus, ReturnsStatus
from tests.factories import placed_order, sites


def line(**counted) -> OrderLine:
    """A line of four units; those not named are allocated."""
    given = {"ordered": 4, **counted}
    placed = ("cancelled", "backordered", "in_work", "shipped")
    rest = given["ordered"] - sum(given.get(name, 0) for name in placed)
    return OrderLine(allocated=rest, **given)


def units(lines):
    return {
        name: sum(getattr(line, name) for line in lines) for name in ("ordered", *progress.COUNTERS)
    }


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([line()], GoodsStatus.UNFULFILLED),
        ([line(cancelled=1)], GoodsStatus.UNFULFILLED),
        ([line(in_work=4)], GoodsStatus.IN_WORK),
        ([line(), line(in_work=1)], GoodsStatus.IN_WORK),
        ([line(in_work=3, backordered=1)], GoodsStatus.BACKORDERED),
        ([line(shipped=1, backordered=3)], GoodsStatus.PARTIALLY_SHIPPED),
        ([line(shipped=4), line()], GoodsStatus.PARTIALLY_SHIPPED),
        ([line(shipped=4), line(cancelled=4)], GoodsStatus.SHIPPED),
        ([line(shipped=4, delivered=3)], GoodsStatus.SHIPPED),
        ([line(shipped=4, delivered=4)], GoodsStatus.DELIVERED),
        ([line(shipped=3, delivered=3, cancelled=1)], GoodsStatus.DELIVERED),
        ([line(cancelled=4)], GoodsStatus.CANCELLED),
    ],
)
def test_the_goods_status_follows_the_counters(lines, status):
    assert axes.goods_status(units(lines)) is status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([line()], ReturnsStatus.NONE),
        ([line(shipped=4)], ReturnsStatus.NONE),
        ([line(shipped=4, return_requested=1)], ReturnsStatus.REQUESTED),
        ([line(shipped=4, returned=1, return_requested=1)], ReturnsStatus.REQUESTED),
        ([line(shipped=4, returned=1)], ReturnsStatus.PARTIALLY_RETURNED),
        ([line(shipped=4, returned=4), line(shipped=1)], ReturnsStatus.PARTIALLY_RETURNED),
        ([line(shipped=4, returned=4), line(cancelled=4)], ReturnsStatus.RETURNED),
    ],
)
def test_only_goods_that_were_seen_are_returned(lines, status):
    assert axes.returns_status(units(lines)) is status


P, R, C = OrderStatus.PLACED, OrderStatus.RELEASED, OrderStatus.CANCELLED
G, T = GoodsStatus, ReturnsStatus


@pytest.mark.parametrize(
    ("status", "goods", "returned", "headline"),
    [
        (P, G.UNFULFILLED, T.NONE, "OrderPaymentDue"),
        (R, G.UNFULFILLED, T.NONE, "OrderProcessing"),
        (R, G.IN_WORK, T.NONE, "OrderProcessing"),
        (R, G.BACKORDERED, T.NONE, "OrderProblem"),
        (R, G.PARTIALLY_SHIPPED, T.NONE, "OrderInTransit"),
        (R, G.SHIPPED, T.NONE, "OrderInTransit"),
        (R, G.DELIVERED, T.REQUESTED, "OrderDelivered"),
        (R, G.DELIVERED, T.PARTIALLY_RETURNED, "OrderDelivered"),
        (R, G.DELIVERED, T.RETURNED, "OrderReturned"),
        (C, G.CANCELLED, T.NONE, "OrderCancelled"),
        (R, G.CANCELLED, T.NONE, "OrderCancelled"),
    ],
)
def test_the_headline_says_it_in_one_word(status, goods, returned, headline):
    order = Order(status=status, goods_status=goods, returns_status=returned)

    assert views.headline(order) == headline


@pytest.mark.parametrize(
    ("lines", "possible"),
    [
        ([line()], ["cancel"]),
        ([line(in_work=4)], ["cancel"]),
        ([line(backordered=1, shipped=3)], ["cancel", "route", "return"]),
        ([line(shipped=4)], ["return"]),
        ([line(shipped=4, returned=2, return_requested=2)], []),
        ([line(cancelled=4)], []),
    ],
)
def test_the_actions_are_what_may_be_asked_now(lines, possible):
    assert views.actions(lines) == possible


async def test_an_order_is_shown_with_its_lines_and_amounts(session):
    await sites(session, {"CUP": 9})
    order = await placed_order(session, ("CUP", 2, 100), shipping=50)

    shown = await views.show(session, order_id=order.id, channel_id=order.channel_id)

    assert (shown.id, shown.number, shown.version) == (order.id, order.number, 1)
    assert shown.total == Money(amount=250, currency="JPY")
    [told] = shown.lines
    assert (told.ordered, told.allocated, told.unit_price.amount) == (2, 2, 100)
    assert (told.goods.amount, told.shipping.amount) == (200, 50)
    assert views.summary(order).total == shown.total


async def test_an_order_of_another_channel_is_not_there(session):
    await sites(session, {"CUP": 9})
    order = await placed_order(session, ("CUP", 2, 100))

    with pytest.raises(UnknownOrder) as foreign:
        await views.show(session, order_id=order.id, channel_id=ids.new())
    with pytest.raises(UnknownOrder) as unknown:
        await views.show(session, order_id=(other := ids.new()))

    assert foreign.value.data() == {"order_id": order.id}
    assert unknown.value.data() == {"order_id": other}
