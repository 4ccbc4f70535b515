import pytest

from oms.journey import timeline
from oms.journey.languages import Language
from oms.kernel import actors, ids
from oms.kernel.actors import Actor, ActorKind
from oms.orders.events import OrderPlaced, OrderRouted
from oms.orders.queries import UnknownOrder
from oms.payments.events import PaymentCaptured
from tests.factories import location, told_order


def placed(order_id):
    return OrderPlaced(
        order_id=order_id, external_id="1", currency="JPY", total_amount=1980, lines=[]
    )


def captured(order_id):
    return PaymentCaptured(order_id=order_id, payment_id=ids.new(), amount=1980, currency="JPY")


async def test_every_fact_is_told_in_order_with_who_where_and_when(session):
    place = await location(session, name="Shinkiba")
    picks = [{"location_id": str(place.id), "sku": "CUP", "quantity": 1}]

    def routed(order_id):
        return OrderRouted(
            order_id=order_id, decision_id=ids.new(), cause="placed", parcels=1, picks=picks
        )

    with actors.acting(Actor(ActorKind.STAFF, "Sato")):
        order, _ = await told_order(session, placed, routed, captured)

    told = await timeline.tell(session, order_id=order.id)

    assert (told.order_id, told.number, told.next_after) == (order.id, order.number, None)
    assert [(one.sequence, one.name, one.text) for one in told.entries] == [
        (1, "order.placed", "Order placed: 0 items, ¥1,980. Stock is promised."),
        (2, "order.routed", "Stock promised at Shinkiba (at placing)."),
        (3, "payment.captured", "¥1,980 captured."),
    ]
    assert {one.actor for one in told.entries} == {"staff:Sato"}
    assert {one.channel_id for one in told.entries} == {order.channel_id}
    assert told.entries[1].data["picks"] == picks


async def test_staff_read_japanese_too(session):
    order, _ = await told_order(session, captured)

    told = await timeline.tell(session, order_id=order.id, language=Language.JA)

    assert [one.text for one in told.entries] == ["￥1,980を売上確定。"]


async def test_a_long_story_is_told_in_parts(session, monkeypatch):
    monkeypatch.setattr(timeline, "MAX_ENTRIES", 2)
    order, _ = await told_order(session, placed, captured, captured)

    first = await timeline.tell(session, order_id=order.id)
    rest = await timeline.tell(session, order_id=order.id, after=first.next_after)

    assert [one.sequence for one in first.entries + rest.entries] == [1, 2, 3]
    assert (first.next_after, rest.next_after) == (2, None)


async def test_another_channels_order_has_no_story(session):
    order, _ = await told_order(session, placed)

    with pytest.raises(UnknownOrder):
        await timeline.tell(session, order_id=order.id, channel_id=ids.new())
