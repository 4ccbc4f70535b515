"""Handing goods that came to those who wait for them, the earliest promise first.

Among those who wait this is fair, whatever happens at once: goods are handed out while every
level of them and all that is owed of them is held, always to the first in the queue
(oms.orders.queues) that could be given a unit. So a line is passed over only when at that moment
its channel may sell no unit of it at any location that has not rejected it, and a unit that
comes later is offered to it first again. A line is filled in part where there is less than it
wants. Lines of an order that follow each other in the queue are routed together.

A new order does not queue: until the goods are handed out, which is right after the commit that
told of them, it may buy them like any others.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment.events import WorkRejected
from inventory import queries as stock
from inventory.catalog import kits
from inventory.counts.events import StockWasCounted
from inventory.events import StockAdjusted, StockReceived
from inventory.holds.events import HoldChanged, HoldConverted, HoldExpired, HoldReleased
from inventory.selling import backlog
from inventory.transfers.events import TransferCancelled, TransferReduced
from oms.kernel import db, jobs
from oms.orders import queries, queues, reroutes
from oms.orders.allocations import Wanted
from oms.orders.events import OrderCancelled
from oms.orders.queues import Turn

ORDERS_AT_ONCE = 20
"""How many orders are held at once while goods are handed out."""

SKUS_AT_ONCE = 50
"""How many items are held at once."""


async def received(session: AsyncSession, event: StockReceived) -> None:
    """Goods came in, by receipt, transfer or return."""
    await _hand_out(session, (line.sku for line in event.lines))


async def adjusted(session: AsyncSession, event: StockAdjusted) -> None:
    """More is there than was thought, or less of it is set aside."""
    more = (
        line.sku
        for line in event.lines
        if line.on_hand - line.damaged - line.quality_control - line.safety_stock > 0
    )
    await _hand_out(session, more)


async def counted(session: AsyncSession, event: StockWasCounted) -> None:
    """More was found on the shelves than was thought."""
    await _hand_out(session, (line.sku for line in event.lines if line.delta > 0))


async def transfer_gave_up(
    session: AsyncSession, event: TransferCancelled | TransferReduced
) -> None:
    """A transfer does not hold these units any more."""
    await _hand_out(session, (line.sku for line in event.lines))


async def hold_let_go(
    session: AsyncSession, event: HoldChanged | HoldReleased | HoldExpired | HoldConverted
) -> None:
    """A cart does not hold these units any more."""
    await _hand_out(session, event.freed)


async def cancelled(session: AsyncSession, event: OrderCancelled) -> None:
    """Another order does not want them any more."""
    await _freed(session, event.order_id, [line.line_id for line in event.lines])


async def rejected(session: AsyncSession, event: WorkRejected) -> None:
    """A location gave work back: what it holds may go with other orders."""
    await _freed(session, event.order_id, [line.order_line_id for line in event.lines])


async def _freed(session: AsyncSession, order_id: UUID, line_ids: Sequence[UUID]) -> None:
    lines = await queries.lines(session, order_id=order_id)
    freed = [line for line in lines if line.id in line_ids]
    await _hand_out(session, (sku for line in freed for sku in (line.parts or {line.sku: 1})))


async def _hand_out(session: AsyncSession, skus: Iterable[str]) -> None:
    """Have goods handed out if anybody waits for them."""
    if asked := sorted(set(skus)):
        await _enqueue(session, await queues.awaited(session, skus=asked))


async def _enqueue(session: AsyncSession, skus: Sequence[str]) -> None:
    for first in range(0, len(skus), SKUS_AT_ONCE):
        some = list(skus[first : first + SKUS_AT_ONCE])
        jobs.enqueue(session, hand_out, skus=json.dumps(some))


@jobs.job("assignments.hand_out")
async def hand_out(*, skus: str) -> None:
    """Hand out goods to the next orders in the queue; while it gets shorter, come again."""
    async with db.transaction() as session:
        if await assign(session, skus=json.loads(skus)):
            jobs.enqueue(session, hand_out, skus=skus)


@jobs.job("assignments.sweep", every=timedelta(minutes=10))
async def sweep() -> None:
    """Hand out what can be sold for other reasons: a rule, a buffer or a location changed."""
    async with db.transaction() as session:
        await _enqueue(session, await queues.all_awaited(session))


async def assign(session: AsyncSession, *, skus: Sequence[str]) -> int:
    """Give what is there of these SKUs to the next orders that wait; returns how many units.

    Orders are held before items and items before levels, each in key order. Whose turn it is
    is asked again under the locks; whoever is not held by then has the next turn.
    """
    seen = await queues.turns(session, skus=skus, limit=ORDERS_AT_ONCE)
    if not seen:
        return 0
    held = await _hold(session, seen, skus)
    units = 0
    while turn := await _next(session, skus):
        if turn.order_id not in held or not (given := await _route(session, turn)):
            break
        units += given
    return units


async def _hold(session: AsyncSession, seen: Sequence[Turn], skus: Sequence[str]) -> set[UUID]:
    lines = [line for turn in seen for line in turn.lines]
    await queries.lock_all(session, order_ids=[turn.order_id for turn in seen])
    sold = sorted({*skus, *(line.sku for line in lines)})
    await backlog.hold(session, skus=sold)
    made_of = await kits.compositions(session, skus=sold)
    parts = [*(line.holds for line in lines), *made_of.values()]
    await stock.hold_levels(session, skus=sorted({*sold, *(sku for one in parts for sku in one)}))
    return {turn.order_id for turn in seen}


async def _next(session: AsyncSession, skus: Sequence[str]) -> Turn | None:
    return next(iter(await queues.turns(session, skus=skus, limit=1)), None)


async def _route(session: AsyncSession, turn: Turn) -> int:
    """Route the units of a turn; returns how many were given a location."""
    order = await queries.find(session, order_id=turn.order_id)
    wanted = [Wanted(one.line_id, one.sku, one.quantity, one.parts) for one in turn.lines]
    return await reroutes.reroute(
        session, order=order, wanted=wanted, counter="backordered", cause="assigned"
    )
