from datetime import timedelta
from types import SimpleNamespace

import pytest

from fulfillment.events import ShipmentDelivered, ShipmentTracked
from fulfillment.states import TrackingStatus
from oms.journey import stories
from oms.journey.languages import Language, Voice
from oms.kernel import actors, clock, events, ids
from oms.kernel.actors import Actor, ActorKind
from oms.orders.events import OrderPlaced, OrderRouted
from oms.orders.queries import UnknownOrder
from oms.orders.states import GoodsStatus, MoneyStatus, OrderStatus, ReturnsStatus
from tests.factories import told_order, told_parcel

EN = Voice.of(Language.EN)


def placed(order_id):
    return OrderPlaced(
        order_id=order_id, external_id="1", currency="JPY", total_amount=3000, lines=[]
    )


def routed(order_id):
    return OrderRouted(
        order_id=order_id, decision_id=ids.new(), cause="placed", parcels=1, picks=[]
    )


def delivered(order_id):
    return ShipmentDelivered(order_id=order_id, shipment_id=ids.new(), place="Kobe", lines=[])


def an_order(**given):
    return SimpleNamespace(
        **{
            "status": OrderStatus.RELEASED,
            "goods_status": GoodsStatus.UNFULFILLED,
            "payment_status": MoneyStatus.AUTHORISED,
            "returns_status": ReturnsStatus.NONE,
            "cancel_reason": None,
            **given,
        }
    )


def a_parcel(status, delivered_at=None):
    return SimpleNamespace(tracking_status=status, delivered_at=delivered_at)


async def test_a_shopper_sees_their_goods_parcels_money_and_what_concerns_them(session):
    order, [cups, _] = await told_order(
        session,
        placed,
        routed,
        delivered,
        lines=[{"ordered": 2}, {"ordered": 3, "cancelled": 1, "returned": 1}],
    )
    parcel = await told_parcel(session, order, cups, status=TrackingStatus.DELIVERED)

    story = await stories.tell(session, order_id=order.id, voice=EN)

    assert (story.number, story.headline.text) == (order.number, "Delivered")
    assert [(step.text, step.state) for step in story.steps] == [
        ("Ordered", "done"),
        ("Preparing", "done"),
        ("Shipped", "done"),
        ("Delivered", "done"),
    ]
    states = [[(state.text, state.count) for state in item.states] for item in story.items]
    assert states == [
        [("Delivered", 2)],
        [("Delivered", 1), ("Returned", 1), ("Cancelled", 1)],
    ]
    [shown] = story.parcels
    assert shown.tracking_number == parcel.tracking_number
    assert (shown.carrier.text, shown.status.text) == ("Sandbox Express", "delivered")
    assert [(one.name, one.quantity) for one in shown.contents] == [(cups.name, 2)]
    assert [(one.status.text, one.place) for one in shown.sightings] == [("delivered", "Kobe")]
    assert [one.text for one in story.entries] == [
        "We received your order.",
        "Delivered (Kobe): 0 items.",
    ]
    assert story.refunded is None


async def test_a_late_scan_is_told_where_it_belongs(session):
    order, _ = await told_order(session, placed, delivered)
    now = clock.now()
    tracked = ShipmentTracked(
        order_id=order.id, shipment_id=ids.new(), status=TrackingStatus.IN_TRANSIT, place=None
    )
    early = now - timedelta(days=1)
    events.record(session, tracked, about=order.id, occurred_at=early)
    await events.flush(session)

    story = await stories.tell(session, order_id=order.id, voice=EN)

    assert [one.sequence for one in story.entries] == [3, 1, 2]


async def test_the_story_has_no_names_of_staff_and_no_address(session):
    with actors.acting(Actor(ActorKind.STAFF, "Sato")):
        order, _ = await told_order(session, placed)
    order.customer, order.ship_to = {"name": "Suzuki"}, {"address": "1-2-3"}
    await session.flush()

    story = await stories.tell(session, order_id=order.id, voice=EN)

    text = story.model_dump_json()
    assert not any(private in text for private in ("Sato", "Suzuki", "1-2-3"))


async def test_staff_of_one_place_see_the_parcels_of_all(session):
    order, [line] = await told_order(session, placed)
    await told_parcel(session, order, line)

    with actors.acting(Actor(ActorKind.STAFF, "Sato", location_ids=frozenset([ids.new()]))):
        story = await stories.tell(session, order_id=order.id, voice=EN)

    assert len(story.parcels) == 1


async def test_another_channels_order_has_no_story(session):
    order, _ = await told_order(session, placed)

    with pytest.raises(UnknownOrder):
        await stories.tell(session, order_id=order.id, voice=EN, channel_id=ids.new())


@pytest.mark.parametrize(
    ("order", "parcels", "told"),
    [
        (an_order(), [], "received"),
        (an_order(goods_status=GoodsStatus.IN_WORK), [], "preparing"),
        (an_order(goods_status=GoodsStatus.BACKORDERED), [], "backordered"),
        (an_order(payment_status=MoneyStatus.DECLINED), [], "declined"),
        (an_order(status=OrderStatus.CANCELLED, cancel_reason="customer"), [], "cancelled"),
        (an_order(status=OrderStatus.CANCELLED, cancel_reason="declined"), [], "declined"),
        (
            an_order(goods_status=GoodsStatus.SHIPPED),
            [a_parcel(TrackingStatus.IN_TRANSIT)],
            "shipped",
        ),
        (
            an_order(goods_status=GoodsStatus.PARTIALLY_SHIPPED),
            [a_parcel(TrackingStatus.IN_TRANSIT)],
            "partially_shipped",
        ),
        (
            an_order(goods_status=GoodsStatus.SHIPPED),
            [a_parcel(TrackingStatus.OUT_FOR_DELIVERY), a_parcel(TrackingStatus.ATTEMPT_FAILED)],
            "attempt_failed",
        ),
        (
            an_order(goods_status=GoodsStatus.SHIPPED),
            [a_parcel(TrackingStatus.OUT_FOR_DELIVERY), a_parcel(TrackingStatus.IN_TRANSIT)],
            "out_for_delivery",
        ),
        (
            an_order(goods_status=GoodsStatus.SHIPPED),
            [a_parcel(TrackingStatus.EXCEPTION, delivered_at=clock.now())],
            "shipped",
        ),
        (an_order(goods_status=GoodsStatus.DELIVERED), [], "delivered"),
        (
            an_order(goods_status=GoodsStatus.DELIVERED, returns_status=ReturnsStatus.REQUESTED),
            [],
            "returning",
        ),
        (
            an_order(goods_status=GoodsStatus.DELIVERED, returns_status=ReturnsStatus.RETURNED),
            [],
            "returned",
        ),
    ],
)
def test_the_headline_is_the_most_urgent_matter(order, parcels, told):
    assert stories.headline(order, parcels) == told


def test_every_unit_of_a_line_is_somewhere_once():
    line = SimpleNamespace(
        ordered=10, cancelled=1, backordered=1, allocated=1, in_work=1, shipped=6,
        delivered=4, return_requested=1, returned=2,
    )  # fmt: skip

    states = stories.states(line)

    assert states == {
        "preparing": 2,
        "backordered": 1,
        "shipped": 2,
        "delivered": 1,
        "return_requested": 1,
        "returned": 2,
        "cancelled": 1,
    }
    assert sum(states.values()) == line.ordered
