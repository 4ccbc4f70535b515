"""A location has closed: what orders have promised there, and nobody has begun, goes elsewhere.

Work that was opened before is found when the location has closed; whoever opens work there later
sees that it is closed and tells that the order is stranded (see inventory.places.closings).
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries as work_queries
from fulfillment.states import RejectReason, WorkStatus
from inventory import commitments
from inventory import queries as stock
from inventory.commitments import Promise
from inventory.places import queries as places
from inventory.places.events import LocationDeactivated
from oms.kernel import events
from oms.orders import queries, rejections, reroutes
from oms.orders.allocations import Wanted
from oms.orders.events import OrderStranded
from oms.orders.models import Order
from oms.orders.states import OrderStatus


async def location_closed(session: AsyncSession, event: LocationDeactivated) -> None:
    """Tell of every order that has goods promised there, so that each is seen to on its own."""
    found = await queries.orders_promised_at(session, location_id=event.location_id)
    for order_id, channel_id in found:
        told = OrderStranded(order_id=order_id, location_id=event.location_id)
        events.record(session, told, about=order_id, channel_id=channel_id)


async def stranded(session: AsyncSession, event: OrderStranded) -> None:
    """Give the work of a closed location back, and route promises that are no work yet anew.

    No stock is lost by it. What has begun stays; so does all of it when the location has opened
    again meanwhile.
    """
    order = await queries.lock(session, order_id=event.order_id)
    if (await places.location(session, location_id=event.location_id)).active:
        return
    works = await work_queries.lock_of_order(session, order_id=order.id)
    for work in works:
        if work.location_id == event.location_id and work.status is WorkStatus.OPEN:
            await rejections.reject(session, work_id=work.id, lines=[], reason=RejectReason.OTHER)
    if order.status is not OrderStatus.RELEASED:
        await _move_promises(session, order, event.location_id)


async def _move_promises(session: AsyncSession, order: Order, location_id: UUID) -> None:
    lines = {line.id: line for line in await queries.lines(session, order_id=order.id)}
    promises = [
        one
        for one in await commitments.promised(session, claimants=list(lines))
        if one.location_id == location_id
    ]
    if not promises:
        return
    wanted = [
        Wanted(one.claimant_id, one.sku, one.quantity, lines[one.claimant_id].parts)
        for one in promises
    ]
    await stock.hold_levels(session, skus=_skus(wanted, promises))
    await commitments.release(session, promises=promises, reference=f"order:{order.id}")
    await reroutes.reroute(session, order=order, wanted=wanted, counter="allocated", cause="closed")


def _skus(wanted: list[Wanted], promises: list[Promise]) -> list[str]:
    parts = {sku for one in wanted for sku in one.parts or {}}
    return sorted({one.sku for one in promises} | parts)
