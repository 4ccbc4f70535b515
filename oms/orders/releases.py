"""Handing an order to the locations that ship it, once its money is safe."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import work
from fulfillment.work import OrderFacts, WorkLine
from inventory import commitments
from inventory.commitments import Promise
from inventory.places import queries as places
from oms.kernel import events
from oms.orders import progress, queries
from oms.orders.events import OrderPlaced, OrderReleased, OrderStranded
from oms.orders.models import Order
from oms.orders.progress import UnitMove
from oms.orders.states import ORDER
from oms.payments import queries as payments
from oms.payments.events import PaymentAuthorised


async def payment_authorised(session: AsyncSession, event: PaymentAuthorised) -> None:
    """Release the order when everything it costs is authorised."""
    order = await queries.lock(session, order_id=event.order_id)
    found = await payments.of_order(session, order_id=order.id)
    if sum(payment.authorised for payment in found) >= order.total_amount:
        await release(session, order=order)


async def nothing_to_pay(session: AsyncSession, event: OrderPlaced) -> None:
    """Release an order that costs nothing at once."""
    if event.total_amount == 0:
        await release(session, order=await queries.lock(session, order_id=event.order_id))


async def release(session: AsyncSession, *, order: Order) -> None:
    """Open work wherever goods of a locked order are promised; later calls change nothing."""
    if not ORDER.allows(order.status, "release"):
        return
    ORDER.move(order, "release")
    lines = await queries.lines(session, order_id=order.id)
    promises = await commitments.promised(session, claimants=[line.id for line in lines])
    opened = await open_work(session, order=order, promises=promises)
    told = OrderReleased(order_id=order.id, fulfillment_order_ids=opened)
    events.record(session, told, about=order.id, channel_id=order.channel_id)


async def open_work(
    session: AsyncSession, *, order: Order, promises: Sequence[Promise]
) -> list[UUID]:
    """Turn promises of a locked order into work, a piece per location; returns its ids.

    A location may have closed since they were made: only now, as the work holds its row, that is
    certain, and told.
    """
    lines = {line.id: line for line in await queries.lines(session, order_id=order.id)}
    facts = OrderFacts(order.id, order.number, order.channel_id, order.ship_to)
    opened = []
    positions = {line_id: line.position for line_id, line in lines.items()}
    by_location = sorted(promises, key=lambda one: (one.location_id, positions[one.claimant_id]))
    for location_id, group in groupby(by_location, key=lambda one: one.location_id):
        work_lines = [
            WorkLine(one.claimant_id, one.sku, line.name, one.quantity, line.parts)
            for one in group
            for line in [lines[one.claimant_id]]
        ]
        made = await work.open_work(session, order=facts, location_id=location_id, lines=work_lines)
        opened.append(made.id)
    for closed in sorted(await places.closed(session, among=[p.location_id for p in promises])):
        told = OrderStranded(order_id=order.id, location_id=closed)
        events.record(session, told, about=order.id, channel_id=order.channel_id)
    moves = [UnitMove(one.claimant_id, "allocated", "in_work", one.quantity) for one in promises]
    await progress.move_units(session, order_id=order.id, moves=moves)
    return opened
