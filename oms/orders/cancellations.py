"""Taking back what is not in work yet."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import work
from inventory import commitments
from inventory import queries as stock
from oms.kernel import events
from oms.kernel.errors import Conflict
from oms.orders import progress, queries
from oms.orders.events import LineUnits, OrderCancelled
from oms.orders.models import Order, OrderLine
from oms.orders.progress import UnitMove
from oms.orders.states import ORDER, CancelReason, OrderStatus
from oms.payments import voids
from oms.payments.events import PaymentDeclined

LEFT = ("backordered", "allocated", "in_work")


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

    Stock is free again and the money of a whole order goes back. Raises UnknownOrder,
    OrderChanged, NothingToCancel, and WorkStarted when a location is already at work.
    """
    order = await queries.lock(
        session, order_id=order_id, channel_id=channel_id, version=version
    )
    await _cancel(session, order, reason)
    return order


async def payment_declined(session: AsyncSession, event: PaymentDeclined) -> None:
    """Cancel an order nobody pays for, unless somebody was faster."""
    order = await queries.lock(session, order_id=event.order_id)
    if order.status is OrderStatus.PLACED:
        await _cancel(session, order, CancelReason.DECLINED)


async def _cancel(session: AsyncSession, order: Order, reason: CancelReason) -> None:
    lines = await queries.lines(session, order_id=order.id)
    left = {line.id: sum(getattr(line, counter) for counter in LEFT) for line in lines}
    if not any(left.values()):
        raise NothingToCancel(order.id, order.status.value)
    whole = not any(line.shipped for line in lines)
    if any(line.in_work for line in lines):
        await work.cancel_of_order(session, order_id=order.id)
    promises = await stock.promised(session, claimants=[line.id for line in lines])
    if promises:
        await commitments.release(session, promises=promises, reference=f"order:{order.id}")
    moves = [
        UnitMove(line.id, counter, "cancelled", units)
        for line in lines
        for counter in LEFT
        if (units := getattr(line, counter))
    ]
    await progress.move_units(session, order_id=order.id, moves=moves)
    if whole:
        ORDER.move(order, "cancel")
        order.cancel_reason = reason.value
        await voids.close(session, order_id=order.id, reason=f"order cancelled: {reason}")
    _tell(session, order, reason, whole=whole, lines=[line for line in lines if left[line.id]], left=left)


def _tell(
    session: AsyncSession,
    order: Order,
    reason: CancelReason,
    *,
    whole: bool,
    lines: list[OrderLine],
    left: dict[UUID, int],
) -> None:
    told = OrderCancelled(
        order_id=order.id,
        reason=reason.value,
        whole=whole,
        lines=[LineUnits(line_id=line.id, sku=line.sku, quantity=left[line.id]) for line in lines],
    )
    events.record(session, told, about=order.id, channel_id=order.channel_id)
