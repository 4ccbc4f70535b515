"""Taking back what nobody works on yet."""

import pytest

from fulfillment import work
from fulfillment.states import RejectReason
from fulfillment.work import WorkStarted
from oms.kernel import ids
from oms.orders import cancellations, charges, progress, queries, rejections, releases
from oms.orders.cancellations import NothingToCancel
from oms.orders.queries import OrderChanged, UnknownOrder
from oms.orders.states import CancelReason, MoneyStatus, OrderStatus
from oms.payments import queries as payments
from oms.payments.events import PaymentAuthorised, PaymentDeclined
from oms.payments.states import PAYMENT, PaymentStatus
from tests.factories import placed_order, released_order, sites
from tests.inventory.standing import level, promises
from tests.oms.orders.steps import counters, facts, ship, told, works

STAFF = CancelReason.STAFF


async def cancel(session, order, **given):
    return await cancellations.cancel(session, order_id=order.id, reason=STAFF, **given)


async def asked_of_gateway(session, order) -> list[tuple[str, int]]:
    await session.flush()
    found = await payments.of_order(session, order_id=order.id)
    asked = await payments.operations(session, payment_ids=[one.id for one in found])
    return [(one.kind.value, one.amount) for one in asked]


async def authorised(session, order):
    """Let the gateway have said yes."""
    [payment] = await payments.of_order(session, order_id=order.id)
    payment.authorised = payment.amount
    PAYMENT.move(payment, "authorise")
    await session.flush()
    return payment


async def test_a_placed_order_is_cancelled_whole(session):
    [place] = await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100), ("CUP", 1, 100))

    await cancel(session, order)

    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "staff")
    assert await counters(session, order) == [{"cancelled": 2}, {"cancelled": 1}]
    assert (await level(session, "CUP", place.id), await promises(session)) == ({"on_hand": 5}, 0)
    fact = (await facts(session, order))[-1]
    assert (fact.name, fact.data["whole"]) == ("order.cancelled", True)
    assert [line["quantity"] for line in fact.data["lines"]] == [2, 1]


async def test_the_work_of_a_cancelled_order_is_cancelled(session):
    [place] = await sites(session, {"CUP": 5})
    order = await released_order(session, ("CUP", 2, 100))

    await cancel(session, order)

    assert await works(session, order) == {}
    assert await counters(session, order) == [{"cancelled": 2}]
    assert await level(session, "CUP", place.id) == {"on_hand": 5}


async def test_work_that_has_begun_stops_a_cancellation_of_anything(session):
    near, far = await sites(session, {"CUP": 2}, {"BOWL": 2})
    order = await released_order(session, ("CUP", 1, 100), ("BOWL", 1, 100))
    begun = (await works(session, order))[far.id]
    await work.accept(session, work_id=begun.id)

    with pytest.raises(WorkStarted) as refusal:
        await cancel(session, order)

    assert refusal.value.fulfillment_orders == [begun.number]
    assert await counters(session, order) == [{"in_work": 1}, {"in_work": 1}]
    assert (await works(session, order)).keys() == {near.id, far.id}


async def test_what_has_shipped_stays_and_the_rest_is_cancelled(session):
    near, far = await sites(session, {"CUP": 2}, {"BOWL": 2})
    order = await released_order(session, ("CUP", 1, 100), ("BOWL", 1, 100))
    shipped = await ship(session, (await works(session, order))[near.id])
    await progress.lines_shipped(session, shipped)

    await cancel(session, order)

    assert order.status is OrderStatus.RELEASED
    assert order.cancel_reason is None
    assert await counters(session, order) == [{"shipped": 1}, {"cancelled": 1}]
    assert await level(session, "BOWL", far.id) == {"on_hand": 2}
    assert (await facts(session, order))[-1].data["whole"] is False


async def test_a_parcel_that_just_left_is_not_cancelled_before_it_is_counted(session):
    near, _ = await sites(session, {"CUP": 2}, {"BOWL": 2})
    order = await released_order(session, ("CUP", 1, 100), ("BOWL", 1, 100))
    shipped = await ship(session, (await works(session, order))[near.id])

    await cancel(session, order)
    assert order.status is OrderStatus.RELEASED
    await progress.lines_shipped(session, shipped)

    assert await counters(session, order) == [{"shipped": 1}, {"cancelled": 1}]
    with pytest.raises(NothingToCancel):
        await cancel(session, order)


async def test_units_that_wait_are_cancelled_beside_units_that_left(session):
    [place] = await sites(session, {"CUP": 3})
    order = await released_order(session, ("CUP", 3, 100))
    row = (await works(session, order))[place.id]
    [line] = await queries.lines(session, order_id=order.id)
    await rejections.reject(
        session, work_id=row.id, lines=[(line.id, 1)], reason=RejectReason.DAMAGED
    )
    await progress.lines_shipped(session, await ship(session, row))

    await cancel(session, order)

    assert await counters(session, order) == [{"shipped": 2, "cancelled": 1}]


async def test_a_second_cancellation_is_refused(session):
    await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100))
    await cancel(session, order)

    with pytest.raises(NothingToCancel) as refusal:
        await cancel(session, order)

    assert refusal.value.status == "cancelled"
    assert (await told(session, order)).count("order.cancelled") == 1


async def test_only_the_own_channel_and_the_version_seen_may_cancel(session):
    await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100))

    with pytest.raises(UnknownOrder):
        await cancel(session, order, channel_id=ids.new())
    with pytest.raises(OrderChanged) as refusal:
        await cancel(session, order, version=7)
    assert (refusal.value.current_version, refusal.value.given_version) == (1, 7)
    assert order.status is OrderStatus.PLACED

    await cancel(session, order, channel_id=order.channel_id, version=1)
    await session.flush()
    assert order.version == 2


async def test_the_money_of_a_cancelled_order_is_let_go(session):
    await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100))
    await authorised(session, order)

    await cancel(session, order)

    assert await asked_of_gateway(session, order) == [("authorise", 200), ("void", 200)]


async def test_the_money_of_units_that_never_come_is_let_go_when_the_rest_is_charged(session):
    near, _ = await sites(session, {"CUP": 2}, {"BOWL": 2})
    order = await released_order(session, ("CUP", 1, 100), ("BOWL", 1, 70), shipping=17)
    payment = await authorised(session, order)
    shipped = await ship(session, (await works(session, order))[near.id])
    await progress.lines_shipped(session, shipped)
    await charges.capture_shipped(session, shipped)

    await cancel(session, order)

    assert await asked_of_gateway(session, order) == [
        ("authorise", 187),
        ("capture", 110),
        ("void", 77),
    ]
    payment.captured = 110
    await progress.follow_money(session, order=order)
    assert order.payment_status is MoneyStatus.PAID


async def test_money_is_not_let_go_before_a_parcel_that_left_is_charged(session):
    near, _ = await sites(session, {"CUP": 2}, {"BOWL": 2})
    order = await released_order(session, ("CUP", 1, 100), ("BOWL", 1, 70))
    await authorised(session, order)
    shipped = await ship(session, (await works(session, order))[near.id])
    await progress.lines_shipped(session, shipped)

    await cancel(session, order)
    assert await asked_of_gateway(session, order) == [("authorise", 170)]
    await charges.capture_shipped(session, shipped)

    assert await asked_of_gateway(session, order) == [
        ("authorise", 170),
        ("capture", 100),
        ("void", 70),
    ]


def declined(order, payment) -> PaymentDeclined:
    return PaymentDeclined(
        order_id=order.id, payment_id=payment.id, amount=200, currency="JPY", reason="card_declined"
    )


async def test_an_order_nobody_pays_for_is_cancelled(session):
    [place] = await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100))
    [payment] = await payments.of_order(session, order_id=order.id)

    await cancellations.payment_declined(session, declined(order, payment))
    await cancellations.payment_declined(session, declined(order, payment))

    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, "declined")
    assert await level(session, "CUP", place.id) == {"on_hand": 5}
    assert (await told(session, order)).count("order.cancelled") == 1


async def test_a_late_decline_does_not_undo_a_released_order(session):
    await sites(session, {"CUP": 5})
    order = await released_order(session, ("CUP", 2, 100))
    [payment] = await payments.of_order(session, order_id=order.id)

    await cancellations.payment_declined(session, declined(order, payment))

    assert order.status is OrderStatus.RELEASED


async def test_a_cancelled_order_is_not_released_by_money_that_comes_late(session):
    await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100))
    payment = await authorised(session, order)
    await cancel(session, order)

    fact = PaymentAuthorised(order_id=order.id, payment_id=payment.id, amount=200, currency="JPY")
    await releases.payment_authorised(session, fact)

    assert order.status is OrderStatus.CANCELLED
    assert await works(session, order) == {}
    assert payment.status is PaymentStatus.AUTHORISED
