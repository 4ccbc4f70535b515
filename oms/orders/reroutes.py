"""Finding new locations for units that lost theirs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.selling import backlog
from oms.kernel import events
from oms.kernel.errors import Conflict
from oms.orders import allocations, progress, queries, releases
from oms.orders.allocations import Task, Wanted
from oms.orders.events import LineUnits, OrderBackordered
from oms.orders.models import Order
from oms.orders.progress import UnitMove
from oms.orders.states import OrderStatus
from oms.routing import decisions
from oms.routing.sourcing import Place


class NothingWaiting(Conflict):
    """No unit of the order waits for a location."""

    order_id: UUID


async def route_waiting(
    session: AsyncSession,
    *,
    order_id: UUID,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Order:
    """Try again to find stock for backordered units. Raises NothingWaiting."""
    order = await queries.lock(session, order_id=order_id, channel_id=channel_id, version=version)
    lines = await queries.lines(session, order_id=order.id)
    waiting = [
        Wanted(line.id, line.sku, line.backordered, line.parts)
        for line in lines
        if line.backordered
    ]
    if not waiting:
        raise NothingWaiting(order_id)
    await reroute(session, order=order, wanted=waiting, counter="backordered", cause="retried")
    return order


async def reroute(
    session: AsyncSession, *, order: Order, wanted: Sequence[Wanted], counter: str, cause: str
) -> int:
    """Route units of a locked order that stand in `counter`; returns how many have a location.

    What nobody has waits. Units that were sold ahead are not owed any more once they have a
    location. Work is opened as soon as the order is released.
    """
    task = Task(
        order_id=order.id,
        channel_id=order.channel_id,
        reference=f"order:{order.id}",
        cause=cause,
        wanted=wanted,
        destination=Place(order.ship_to.get("latitude"), order.ship_to.get("longitude")),
        excluded=await decisions.exclusions(session, order_id=order.id),
    )
    if counter == "backordered":
        await backlog.hold(session, skus=task.demand)
    made = await allocations.allocate(session, task=task, partly=True)
    promised = made.units
    if counter == "backordered":
        await backlog.fill(session, units=promised)
    waiting = [
        LineUnits(line_id=one.line_id, sku=one.sku, quantity=rest)
        for one in wanted
        if (rest := one.quantity - promised[one.line_id])
    ]
    moves = [UnitMove(one.claimant_id, counter, "allocated", one.quantity) for one in made.promises]
    if counter != "backordered":
        moves += [UnitMove(one.line_id, counter, "backordered", one.quantity) for one in waiting]
    await progress.move_units(session, order_id=order.id, moves=moves)
    allocations.decide(session, task=task, made=made)
    if made.promises and order.status is OrderStatus.RELEASED:
        await releases.open_work(session, order=order, promises=made.promises)
    if waiting and counter != "backordered":
        told = OrderBackordered(order_id=order.id, lines=waiting)
        events.record(session, told, about=order.id, channel_id=order.channel_id)
    return sum(promised.values())
