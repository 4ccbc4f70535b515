"""Taking back what is not in work yet."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import work
from inventory import commitments
from inventory.selling import backlog
from oms.kernel import events
from oms.kernel.errors import Conflict
from oms.orders import charges, progress, queries
from oms.orders.events import LineUnits, OrderCancelled
from oms.orders.models import Order
from oms.orders.progress import UnitMove
from oms.orders.states import ORDER, CancelReason, OrderStatus
from oms.payments import voids
from oms.payments.events import PaymentDeclined

WAITING = ("backordered", "allocated")


class NothingToCancel(Conflict):
    """Every unit of the order has shipped or is cancelled already."""

    order_id: UUID
    status: str


async def cancel(
    session: AsyncSession,
    *,
    order_id: UUID,
    reason: CancelReason,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Order:
    """Cancel every unit that has not shipped; the whole order when nothing has.

    Stock is free again and the money of what is cancelled is let go. Raises UnknownOrder,
    OrderChanged, NothingToCancel, and WorkStarted when a location is already at work.
    """
    order = await queries.lock(session, order_id=order_id, channel_id=channel_id, version=version)
    await _cancel(session, order, reason)
    return order


async def payment_declined(session: AsyncSession, event: PaymentDeclined) -> None:
    """Cancel an order nobody pays for, unless somebody was faster."""
    order = await queries.lock(session, order_id=event.order_id)
    if order.status is OrderStatus.PLACED:
        await _cancel(session, order, CancelReason.DECLINED)


async def _cancel(session: AsyncSession, order: Order, reason: CancelReason) -> None:
    lines = await queries.lines(session, order_id=order.id)
    moves = [
        UnitMove(line.id, counter, "cancelled", units)
        for line in lines
        for counter in WAITING
        if (units := getattr(line, counter))
    ]
    moves += [
        UnitMove(one.order_line_id, "in_work", "cancelled", one.quantity)
        for one in await work.cancel_of_order(session, order_id=order.id)
    ]
    if not moves:
        raise NothingToCancel(order.id, order.status.value)
    claimants = [line.id for line in lines]
    await backlog.let_go(session, claimants=claimants)
    promises = await commitments.promised(session, claimants=claimants)
    if promises:
        await commitments.release(session, promises=promises, reference=f"order:{order.id}")
    await progress.move_units(session, order_id=order.id, moves=moves)
    skus = {line.id: line.sku for line in lines}
    cancelled = [
        LineUnits(line_id=move.line_id, sku=skus[move.line_id], quantity=move.quantity)
        for move in moves
    ]
    left = sum(line.ordered - line.cancelled for line in lines)
    whole = sum(one.quantity for one in cancelled) == left
    if whole:
        ORDER.move(order, "cancel")
        order.cancel_reason = reason.value
        await voids.close(session, order_id=order.id, reason=f"order cancelled: {reason}")
    else:
        await charges.let_go(session, order_id=order.id)
        await progress.follow_money(session, order=order)
    _tell(session, order, whole=whole, reason=reason, cancelled=cancelled)


def _tell(
    session: AsyncSession,
    order: Order,
    *,
    whole: bool,
    reason: CancelReason,
    cancelled: list[LineUnits],
) -> None:
    told = OrderCancelled(order_id=order.id, reason=reason.value, whole=whole, lines=cancelled)
    events.record(session, told, about=order.id, channel_id=order.channel_id)
