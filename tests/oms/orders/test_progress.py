"""How far each unit has got, and where the money is."""

import pytest

from fulfillment.events import ShipmentDelivered, Units
from oms.kernel import db, ids
from oms.orders import progress, queries
from oms.orders.progress import UnitMove
from oms.orders.states import MoneyStatus
from oms.payments.events import PaymentAuthorised, RefundProcessed
from oms.payments.models import Payment
from oms.payments.states import PaymentStatus
from tests.factories import placed_order, released_order, sites
from tests.oms.orders.steps import counters, parcel


async def test_moves_of_one_call_are_summed_per_line_and_raise_the_version_once(session):
    await sites(session, {"CUP": 9})
    order = await placed_order(session, ("CUP", 5, 1), ("CUP", 2, 1))
    first, second = await queries.lines(session, order_id=order.id)

    moves = [
        UnitMove(first.id, "allocated", "in_work", 2),
        UnitMove(first.id, "allocated", "backordered", 1),
        UnitMove(first.id, "allocated", "in_work", 1),
        UnitMove(second.id, "allocated", "cancelled", 2),
    ]
    await progress.move_units(session, order_id=order.id, moves=moves)
    await session.flush()

    assert await counters(session, order) == [
        {"backordered": 1, "allocated": 1, "in_work": 3},
        {"cancelled": 2},
    ]
    assert order.version == 2


@pytest.mark.parametrize(
    ("counter_from", "counter_to", "rule"),
    [
        ("backordered", "in_work", "counters_not_negative"),
        (None, "in_work", "units_conserved"),
        ("allocated", None, "units_conserved"),
        (None, "delivered", "delivered_was_shipped"),
        (None, "returned", "returned_was_shipped"),
        (None, "return_requested", "returned_was_shipped"),
    ],
)
async def test_the_database_refuses_moves_that_lose_or_invent_units(
    session, counter_from, counter_to, rule
):
    await sites(session, {"CUP": 9})
    order = await placed_order(session, ("CUP", 2, 1))
    [line] = await queries.lines(session, order_id=order.id)
    move = UnitMove(line.id, counter_from, counter_to, 1)

    with pytest.raises(db.DATABASE_ERRORS) as refusal:
        await progress.move_units(session, order_id=order.id, moves=[move])

    assert db.constraint_of(refusal.value) == f"ck_order_line_{rule}"


async def test_lines_of_another_order_are_not_touched(session):
    await sites(session, {"CUP": 9})
    order = await placed_order(session, ("CUP", 2, 1))
    other = await placed_order(session, ("CUP", 2, 1))
    [line] = await queries.lines(session, order_id=other.id)

    move = UnitMove(line.id, "allocated", "cancelled", 1)
    await progress.move_units(session, order_id=order.id, moves=[move])

    assert await counters(session, other) == [{"allocated": 2}]


async def test_shipped_and_delivered_units_are_counted(session):
    await sites(session, {"CUP": 9})
    order = await released_order(session, ("CUP", 3, 1), ("CUP", 1, 1))
    first, second = await queries.lines(session, order_id=order.id)

    left = parcel(order, (first, 2), (second, 1))
    await progress.lines_shipped(session, left)
    assert await counters(session, order) == [{"in_work": 1, "shipped": 2}, {"shipped": 1}]

    arrived = ShipmentDelivered(
        order_id=order.id,
        shipment_id=left.shipment_id,
        place=None,
        lines=[Units(order_line_id=first.id, sku="CUP", quantity=2)],
    )
    await progress.lines_delivered(session, arrived)
    assert await counters(session, order) == [
        {"in_work": 1, "shipped": 2, "delivered": 2},
        {"shipped": 1},
    ]


def payment(status, *, authorised=0, captured=0, refunded=0) -> Payment:
    return Payment(
        status=PaymentStatus(status), authorised=authorised, captured=captured, refunded=refunded
    )


@pytest.mark.parametrize(
    ("found", "status"),
    [
        ([], MoneyStatus.PENDING),
        ([payment("pending")], MoneyStatus.PENDING),
        ([payment("declined")], MoneyStatus.DECLINED),
        ([payment("declined"), payment("pending")], MoneyStatus.PENDING),
        ([payment("declined"), payment("authorised", authorised=100)], MoneyStatus.AUTHORISED),
        ([payment("voided", authorised=100)], MoneyStatus.VOIDED),
        ([payment("captured", authorised=100, captured=99)], MoneyStatus.PARTIALLY_PAID),
        ([payment("captured", authorised=100, captured=100)], MoneyStatus.PAID),
        ([payment("captured", captured=60), payment("captured", captured=40)], MoneyStatus.PAID),
        ([payment("captured", captured=100, refunded=1)], MoneyStatus.PARTIALLY_REFUNDED),
        ([payment("captured", captured=100, refunded=100)], MoneyStatus.REFUNDED),
    ],
)
def test_the_payment_status_follows_the_counters_of_the_payments(found, status):
    assert progress.money_status(100, found) is status


async def test_an_order_that_got_smaller_is_paid_when_what_is_left_is_paid(session):
    await sites(session, {"CUP": 9})
    order = await placed_order(session, ("CUP", 3, 100), tax=31)
    [line] = await queries.lines(session, order_id=order.id)
    move = UnitMove(line.id, "allocated", "cancelled", 1)
    await progress.move_units(session, order_id=order.id, moves=[move])
    [made] = await progress.payments.of_order(session, order_id=order.id)
    made.authorised, made.captured = 331, 221
    await session.flush()

    fact = PaymentAuthorised(order_id=order.id, payment_id=made.id, amount=331, currency="JPY")
    await progress.money_moved(session, fact)

    assert order.payment_status is MoneyStatus.PAID


async def test_money_that_belongs_to_no_order_changes_none(session):
    fact = RefundProcessed(order_id=None, refund_id=ids.new(), amount=1, currency="JPY")

    await progress.money_moved(session, fact)
