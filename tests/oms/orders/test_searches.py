"""Orders are found by whatever somebody can tell."""

from datetime import timedelta

import pytest

from oms.kernel import ids
from oms.orders import cancellations, searches
from oms.orders.searches import Filter
from oms.orders.states import CancelReason, GoodsStatus, MoneyStatus, OrderStatus
from tests.factories import placed_order, sites

HANAKO = {"name": "Hanako Example", "email": "Hanako@Example.com", "phone": "+81 3-1234-5678"}


async def found(session, **asked):
    page = await searches.page(session, wanted=Filter(**asked))
    return [order.id for order in page.rows]


@pytest.fixture
async def order(session):
    """One of two orders: Hanako's, of two cups."""
    await sites(session, {"CUP": 9, "VASE": 9})
    made = await placed_order(session, ("CUP", 2, 100), customer=HANAKO)
    await placed_order(session, ("VASE", 1, 100), customer={"name": "50%_Taro"})
    return made


@pytest.mark.parametrize(
    "asked",
    [
        {"email": "hanako@example.COM"},
        {"phone": "81312345678"},
        {"phone": "+81-3-1234-5678"},
        {"name": "hana"},
        {"sku": "CUP"},
        {"sku": "CUP", "name": "Hanako E", "goods_status": GoodsStatus.UNFULFILLED},
    ],
)
async def test_an_order_is_found_by_its_customer_and_goods(session, order, asked):
    assert await found(session, **asked) == [order.id]


@pytest.mark.parametrize(
    "asked",
    [
        {"email": "hanako@example"},
        {"name": "anako"},
        {"name": "hanako%"},
        {"sku": "CU"},
        {"tracking_number": "nothing"},
        {"location_id": ids.new()},
        {"status": OrderStatus.RELEASED},
        {"payment_status": MoneyStatus.PAID},
        {"channel_id": ids.new()},
    ],
)
async def test_what_does_not_fit_is_not_found(session, order, asked):
    assert await found(session, **asked) == []


async def test_it_is_found_by_its_numbers_and_dates(session, order):
    later = order.placed_at + timedelta(seconds=1)

    for asked in (
        {"number": order.number},
        {"external_id": order.external_id, "channel_id": order.channel_id},
        {"number": order.number, "placed_from": order.placed_at, "placed_to": later},
    ):
        assert await found(session, **asked) == [order.id]
    assert await found(session, number=order.number, placed_to=order.placed_at) == []
    assert await found(session, number=order.number, placed_from=later) == []


async def test_a_percent_sign_in_a_name_is_a_percent_sign(session, order):
    assert len(await found(session, name="50%_")) == 1


async def test_it_is_found_by_what_became_of_it(session, order):
    await cancellations.cancel(session, order_id=order.id, reason=CancelReason.CUSTOMER)

    assert await found(session, goods_status=GoodsStatus.CANCELLED) == [order.id]
    assert await found(session, status=OrderStatus.CANCELLED) == [order.id]
