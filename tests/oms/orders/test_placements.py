"""Placing an order: all of it, or nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from inventory.catalog.models import Item
from inventory.models import StockLevel
from inventory.selling import buffers
from oms.kernel import ids, statements
from oms.orders import placements, queries
from oms.orders.allocations import Shortfall, UnknownSkus
from oms.orders.models import Order
from oms.orders.placements import NewLine, OrderExists, PaymentMissing
from oms.orders.states import MoneyStatus, OrderStatus
from oms.orders.totals import TotalsDisagree
from oms.payments import queries as payments
from oms.payments.payments import UnknownGateway
from tests.factories import new_order, placed_order, sites
from tests.inventory.standing import level, promises
from tests.oms.orders.steps import counters, facts

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


async def nothing_happened(session, place, sku="CUP"):
    """Tell that no order was written, no unit promised and no fact told."""
    assert await session.scalar(select(func.count()).select_from(Order)) == 0
    assert (await level(session, sku, place.id)).keys() == {"on_hand"}
    assert await promises(session) == 0
    assert session.info.get("events", []) == []


async def test_a_placed_order_keeps_what_the_channel_said(session):
    await sites(session, {"CUP": 5, "BOWL": 5})
    new = new_order(
        NewLine("CUP", 2, 1000, 100, "A blue cup", "line-1"),
        ("BOWL", 1, 500),
        shipping=300,
        tax=120,
        placed_at=NOON,
    )

    placed = await placements.place(session, new=new)
    await statements.settle(session)

    order = await queries.find(session, order_id=placed.order.id)
    assert (order.status, order.payment_status) == (OrderStatus.PLACED, MoneyStatus.PENDING)
    assert (order.channel_id, order.external_id) == (new.channel_id, new.external_id)
    assert (order.placed_at, order.currency, order.version) == (NOON, "JPY", 1)
    assert order.customer == {"name": "Hanako Example"}
    assert order.number.startswith("SO-")
    amounts = (order.goods_amount, order.discount_amount, order.shipping_amount, order.tax_amount)
    assert amounts == (2500, 100, 300, 120)
    assert order.total_amount == 2820
    cup, bowl = await queries.lines(session, order_id=order.id)
    assert (cup.position, cup.sku, cup.name, cup.external_id) == (1, "CUP", "A blue cup", "line-1")
    assert (bowl.position, bowl.sku, bowl.name, bowl.external_id) == (2, "BOWL", "A BOWL", None)
    assert (cup.goods_amount, cup.discount_amount) == (2000, 100)
    assert cup.shipping_amount + bowl.shipping_amount == 300
    assert cup.tax_amount + bowl.tax_amount == 120


async def test_what_is_returned_is_what_was_written(session):
    await sites(session, {"CUP": 5})

    placed = await placements.place(session, new=new_order(("CUP", 2, 1000)))
    await statements.settle(session)

    order = await queries.find(session, order_id=placed.order.id)
    assert placed.order.model_dump() == order.model_dump() | {"recorded_at": None}
    assert [line.model_dump() for line in placed.lines] == [
        line.model_dump() for line in await queries.lines(session, order_id=order.id)
    ]


async def test_the_stock_of_a_placed_order_is_promised_to_its_lines(session):
    [place] = await sites(session, {"CUP": 5})

    order = await placed_order(session, ("CUP", 2, 1000), ("CUP", 1, 900))

    assert await counters(session, order) == [{"allocated": 2}, {"allocated": 1}]
    assert await level(session, "CUP", place.id) == {"on_hand": 5, "committed": 3}
    lines = await queries.lines(session, order_id=order.id)
    assert [await promises(session, claimant_id=line.id) for line in lines] == [2, 1]


async def test_a_placed_order_expects_its_payment(session):
    await sites(session, {"CUP": 5})

    order = await placed_order(session, ("CUP", 2, 1000))

    [payment] = await payments.of_order(session, order_id=order.id)
    assert (payment.amount, payment.currency, payment.gateway) == (2000, "JPY", "sandbox")
    assert (payment.status, payment.authorised) == ("pending", 0)


async def test_an_order_that_costs_nothing_needs_no_payment(session):
    await sites(session, {"CUP": 5})

    order = await placed_order(session, ("CUP", 1, 0), payment=None)
    paid = await placed_order(session, ("CUP", 1, 0))

    assert await payments.of_order(session, order_id=order.id) == []
    assert await payments.of_order(session, order_id=paid.id) == []


async def test_a_placed_order_tells_of_itself_first_and_of_its_route(session):
    [place] = await sites(session, {"CUP": 5})

    order = await placed_order(session, ("CUP", 2, 1000))

    placed, routed = await facts(session, order)
    assert (placed.name, placed.sequence, placed.channel_id) == (
        "order.placed",
        1,
        order.channel_id,
    )
    assert placed.data["total_amount"] == 2000
    assert [(line["sku"], line["quantity"]) for line in placed.data["lines"]] == [("CUP", 2)]
    assert routed.name == "order.routed"
    assert routed.data["picks"] == [{"location_id": str(place.id), "sku": "CUP", "quantity": 2}]


async def test_every_shortage_is_named_and_nothing_is_kept(session):
    place, _ = await sites(session, {"CUP": 2, "BOWL": 1, "POT": 9}, {"CUP": 1})
    new = new_order(("CUP", 2, 1), ("BOWL", 3, 1), ("CUP", 2, 1), ("POT", 1, 1))

    with pytest.raises(Shortfall) as refusal:
        await placements.place(session, new=new)

    assert (refusal.value.code, refusal.value.status_code) == ("out_of_stock", 409)
    assert refusal.value.shortages == [
        {"sku": "BOWL", "wanted": 3, "available": 1},
        {"sku": "CUP", "wanted": 4, "available": 3},
    ]
    await nothing_happened(session, place)


async def test_every_unknown_sku_is_named_and_those_not_sold_any_more(session):
    [place] = await sites(session, {"CUP": 5, "OLD": 5})
    session.add(Item(sku="NEVER", name="never sold", active=False))
    (await session.scalar(select(Item).where(Item.sku == "OLD"))).active = False
    await session.flush()

    with pytest.raises(UnknownSkus) as refusal:
        await placements.place(
            session, new=new_order(("ZEN", 1, 1), ("CUP", 1, 1), ("OLD", 1, 1), ("ABC", 1, 1))
        )

    assert refusal.value.skus == ["ABC", "OLD", "ZEN"]
    await nothing_happened(session, place)


async def test_an_order_that_does_not_add_up_touches_nothing(session):
    [place] = await sites(session, {"CUP": 5})

    with pytest.raises(TotalsDisagree):
        await placements.place(session, new=new_order(("CUP", 1, 1000), total=999))

    await nothing_happened(session, place)


async def test_an_order_that_costs_something_needs_a_payment(session):
    [place] = await sites(session, {"CUP": 5})

    with pytest.raises(PaymentMissing):
        await placements.place(session, new=new_order(("CUP", 1, 1000), payment=None))

    await nothing_happened(session, place)


async def test_an_unknown_gateway_is_named_with_those_there_are(session):
    await sites(session, {"CUP": 5})
    new = new_order(("CUP", 1, 1), payment=placements.NewPayment("nobody", "card"))

    with pytest.raises(UnknownGateway) as refusal:
        await placements.place(session, new=new)

    assert refusal.value.gateway == "nobody"
    assert {"manual", "sandbox"} <= set(refusal.value.known)


async def test_a_channel_places_an_external_id_once(session):
    await sites(session, {"CUP": 5})
    new = new_order(("CUP", 1, 1000))
    first = await placements.place(session, new=new)
    await statements.settle(session)

    with pytest.raises(OrderExists) as refusal:
        await placements.place(session, new=new)

    assert (refusal.value.external_id, refusal.value.order_id) == (
        new.external_id,
        first.order.id,
    )


async def test_the_last_units_an_order_took_itself_are_no_shortage(session):
    """A site that asks again under a new key is told of its order, not that it came too late."""
    await sites(session, {"CUP": 2})
    new = new_order(("CUP", 2, 1000))
    first = await placements.place(session, new=new)
    await statements.settle(session)

    with pytest.raises(OrderExists) as refusal:
        await placements.place(session, new=new)

    assert refusal.value.order_id == first.order.id


async def test_another_channel_may_use_the_same_external_id(session):
    await sites(session, {"CUP": 5})
    first = await placed_order(session, ("CUP", 1, 1), external_id="S-1")
    second = await placed_order(session, ("CUP", 1, 1), external_id="S-1", channel_id=ids.new())

    assert first.id != second.id


async def test_safety_stock_and_the_channels_buffer_are_not_sold(session):
    [place] = await sites(session, {"CUP": 9})
    (await session.get_one(StockLevel, ("CUP", place.id))).safety_stock = 2
    await session.flush()
    new = new_order(("CUP", 5, 1))
    await buffers.keep_back(session, channel_id=new.channel_id, units=3)

    with pytest.raises(Shortfall) as refusal:
        await placements.place(session, new=new)

    assert refusal.value.shortages == [{"sku": "CUP", "wanted": 5, "available": 4}]
