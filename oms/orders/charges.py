"""Charging what has shipped, to the unit, and letting go of what never will."""

from collections import Counter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment.events import ShipmentShipped
from oms.orders import queries, totals
from oms.payments import captures, voids


async def capture_shipped(session: AsyncSession, event: ShipmentShipped) -> None:
    """Capture what the units of a parcel cost, with their shares of discount, shipping and tax."""
    await queries.lock(session, order_id=event.order_id)
    parcel: Counter[UUID] = Counter()
    for one in event.lines:
        parcel[one.order_line_id] += one.quantity
    amount = 0
    for line in await queries.lines(session, order_id=event.order_id):
        amount += totals.of_units(line, first=line.charged, count=parcel[line.id])
        line.charged += parcel[line.id]
    if amount:
        cause = f"shipment:{event.shipment_id}"
        await captures.capture(session, order_id=event.order_id, amount=amount, cause=cause)
    await let_go(session, order_id=event.order_id)


async def let_go(session: AsyncSession, *, order_id: UUID) -> None:
    """Void what cancelled units of a locked order would have cost, once all others are charged."""
    lines = await queries.lines(session, order_id=order_id)
    all_charged = all(line.charged == line.ordered - line.cancelled for line in lines)
    if all_charged and any(line.cancelled for line in lines):
        await voids.let_go(session, order_id=order_id)
