"""How far each unit of an order has got: counters moved under the order's lock."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment.events import ShipmentDelivered, ShipmentShipped
from oms.kernel import clock
from oms.kernel.statements import Statement
from oms.orders import axes, queries, totals
from oms.orders.models import Order
from oms.orders.states import MoneyStatus
from oms.payments import queries as payments
from oms.payments.events import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundProcessed,
)
from oms.payments.models import Payment
from oms.payments.states import PaymentStatus

COUNTERS = (
    "cancelled", "backordered", "allocated", "in_work", "shipped", "delivered",
    "return_requested", "returned",
)  # fmt: skip


@dataclass(frozen=True)
class UnitMove:
    """Units of a line that leave one counter and enter another; None is outside."""

    line_id: UUID
    counter_from: str | None
    counter_to: str | None
    quantity: int


_MOVE = Statement(f"""
WITH move AS (
    SELECT line_id, {", ".join(f"sum({name}) AS {name}" for name in COUNTERS)}
    FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS row (
        line_id uuid, {", ".join(f"{name} int" for name in COUNTERS)})
    GROUP BY line_id
), moved AS (
    UPDATE order_line AS line
    SET {", ".join(f"{name} = line.{name} + coalesce(move.{name}, 0)" for name in COUNTERS)}
    FROM move WHERE line.id = move.line_id AND line.order_id = :order_id
    RETURNING line.*
)
SELECT {", ".join(f"sum({name}) AS {name}" for name in ("ordered", *COUNTERS))} FROM (
    SELECT * FROM moved UNION ALL
    SELECT * FROM order_line WHERE order_id = :order_id AND id NOT IN (SELECT id FROM moved)
) AS line
""")  # noqa: S608 -- names of our own columns


async def move_units(session: AsyncSession, *, order_id: UUID, moves: Sequence[UnitMove]) -> None:
    """Move units between counters of an order's lines, in one statement, and raise its version.

    The statuses that are derived from the counters follow.

    The database refuses what does not conserve units: RuleViolated at the edge.
    """
    order = await session.get_one(Order, order_id)
    order.changed_at = clock.now()
    rows = [
        {"line_id": move.line_id, counter: sign * move.quantity}
        for move in moves
        for counter, sign in ((move.counter_from, -1), (move.counter_to, 1))
        if counter is not None
    ]
    moved = msgspec.json.encode(rows).decode()
    [units] = await _MOVE.rows(session, order_id=order_id, moves=moved)
    order.goods_status, order.returns_status = axes.goods_status(units), axes.returns_status(units)


async def lines_shipped(session: AsyncSession, event: ShipmentShipped) -> None:
    """Units left the building."""
    await queries.lock(session, order_id=event.order_id)
    moves = [
        UnitMove(line.order_line_id, "in_work", "shipped", line.quantity) for line in event.lines
    ]
    await move_units(session, order_id=event.order_id, moves=moves)


async def lines_delivered(session: AsyncSession, event: ShipmentDelivered) -> None:
    """Units reached the shopper."""
    await queries.lock(session, order_id=event.order_id)
    moves = [UnitMove(line.order_line_id, None, "delivered", line.quantity) for line in event.lines]
    await move_units(session, order_id=event.order_id, moves=moves)


MoneyMoved = PaymentAuthorised | PaymentCaptured | PaymentDeclined | PaymentVoided | RefundProcessed


async def money_moved(session: AsyncSession, event: MoneyMoved) -> None:
    """Let the order's payment status follow its payments."""
    if event.order_id is None:
        return
    order = await queries.lock(session, order_id=event.order_id)
    await follow_money(session, order=order)


async def follow_money(session: AsyncSession, *, order: Order) -> None:
    """Derive the payment status of a locked order anew."""
    payable = totals.payable(await queries.lines(session, order_id=order.id))
    found = await payments.of_order(session, order_id=order.id)
    order.payment_status, order.changed_at = money_status(payable, found), clock.now()


def money_status(payable: int, found: Sequence[Payment]) -> MoneyStatus:
    """Derive where the money of an order is from what it costs and its payments' counters."""
    captured = sum(payment.captured for payment in found)
    refunded = sum(payment.refunded for payment in found)
    if captured:
        if refunded:
            whole = refunded == captured
            return MoneyStatus.REFUNDED if whole else MoneyStatus.PARTIALLY_REFUNDED
        whole = captured >= payable
        return MoneyStatus.PAID if whole else MoneyStatus.PARTIALLY_PAID
    states = {payment.status for payment in found}
    for state, shown in (
        (PaymentStatus.AUTHORISED, MoneyStatus.AUTHORISED),
        (PaymentStatus.PENDING, MoneyStatus.PENDING),
        (PaymentStatus.DECLINED, MoneyStatus.DECLINED),
        (PaymentStatus.VOIDED, MoneyStatus.VOIDED),
    ):
        if state in states:
            return shown
    return MoneyStatus.PENDING
