"""Telling who waits when their goods come: dates follow the supply, and a later one is told once.

Supply with a date is laid on those who wait in their turn (oms.orders.queues), wherever it comes
to. A line whose units are all covered is expected when the last of them comes, but never before
the date it was sold with. A line that is not covered keeps the date it has: of supply without a
date, or overdue, nobody knows better. The turn of a line never changes with its date.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import queries as stock
from inventory.supply import arrivals
from inventory.supply import queries as supply
from inventory.supply.events import (
    NoticeAnnounced,
    NoticeCancelled,
    NoticeChanged,
    PurchaseCancelled,
    PurchaseChanged,
    PurchaseClosed,
    PurchaseOrdered,
    SupplyReceived,
)
from oms.kernel import clock, db, events, jobs
from oms.orders import dates, queries, queues
from oms.orders.dates import Need
from oms.orders.events import LinePromise, OrderBackordered, OrderPromiseChanged
from oms.orders.models import Order
from oms.orders.queues import Waiting

ORDERS_AT_ONCE = 20
"""How many orders are held at once while dates are written."""

SKUS_AT_ONCE = 50

SupplyMoved: TypeAlias = (
    PurchaseOrdered | PurchaseChanged | PurchaseClosed | PurchaseCancelled
    | NoticeAnnounced | NoticeChanged | NoticeCancelled | SupplyReceived
)  # fmt: skip


async def supply_moved(session: AsyncSession, event: SupplyMoved) -> None:
    """What comes, or when, is different now."""
    lines = await supply.lines(session, purchase_order_ids=[event.purchase_order_id])
    await _follow(session, {line.sku for line in lines})


async def backordered(session: AsyncSession, event: OrderBackordered) -> None:
    """Somebody more waits."""
    lines = await queries.lines(session, order_id=event.order_id)
    await _follow(session, {sku for line in lines for sku in (line.parts or {line.sku: 1})})


async def _follow(session: AsyncSession, skus: Iterable[str]) -> None:
    found = await queues.awaited(session, skus=sorted(skus))
    for first in range(0, len(found), SKUS_AT_ONCE):
        jobs.enqueue(session, follow, skus=json.dumps(found[first : first + SKUS_AT_ONCE]))


@jobs.job("redating.follow")
async def follow(*, skus: str) -> None:
    """Let dates follow the supply, some orders at a time until all are right."""
    async with db.transaction() as session:
        if await redate(session, skus=json.loads(skus)):
            jobs.enqueue(session, follow, skus=skus)


async def redate(session: AsyncSession, *, skus: Sequence[str]) -> int:
    """Write the dates of the next orders for which they are different; returns of how many lines.

    What is different is looked at again under the orders' locks, so that of two who write at once
    the last one has seen all that the other one saw.
    """
    seen = list(dict.fromkeys(one.order_id for one, _ in await _different(session, skus)))
    if not seen:
        return 0
    orders = await queries.lock_all(session, order_ids=seen[:ORDERS_AT_ONCE])
    found = await _different(session, skus)
    moved = 0
    for order in orders:
        mine = {one.line_id: date for one, date in found if one.order_id == order.id}
        moved += len(mine)
        await _write(session, order, mine)
    return moved


async def _different(session: AsyncSession, skus: Sequence[str]) -> list[tuple[Waiting, datetime]]:
    """Return the lines that are to be expected at another date than they are, and that date."""
    waiting = await _everybody(session, skus)
    held = sorted({sku for one in waiting for sku in one.holds})
    now = clock.now()
    needs = [Need(one.line_id, one.quantity, one.holds) for one in waiting]
    come = dates.dates(needs, await _supply(session, held, now))
    return [
        (one, date)
        for one in waiting
        if one.line_id in come
        for date in [max(come[one.line_id], one.promised_at or now)]
        if date > now and date != one.expected_at
    ]


async def _everybody(session: AsyncSession, skus: Sequence[str]) -> list[Waiting]:
    """Return all who wait for these SKUs, or for what they need besides, in their turn."""
    wanted: set[str] = set()
    found: list[Waiting] = []
    more = set(skus)
    while more - wanted:
        wanted |= more
        found = await queues.everybody(session, skus=sorted(wanted))
        more = {sku for one in found for sku in one.holds}
    return found


async def _supply(
    session: AsyncSession, skus: Sequence[str], now: datetime
) -> Mapping[str, list[tuple[datetime, int]]]:
    found: dict[str, list[tuple[datetime, int]]] = {}
    for (sku, _), units in (await stock.available(session, skus=skus)).items():
        if units > 0:
            found.setdefault(sku, []).append((now, units))
    for one in await arrivals.coming(session, skus=skus):
        if one.expected_at is not None and one.expected_at >= now:
            found.setdefault(one.sku, []).append((one.expected_at, one.quantity))
    return found


async def _write(session: AsyncSession, order: Order, moved: Mapping[UUID, datetime]) -> None:
    """Write the dates of a locked order's lines, and tell of those that are later."""
    later: list[LinePromise] = []
    for line in await queries.lines(session, order_id=order.id):
        if line.id not in moved:
            continue
        before, line.expected_at = line.expected_at, moved[line.id]
        order.changed_at = clock.now()
        if before is not None and line.expected_at > before:
            later.append(
                LinePromise(
                    line_id=line.id,
                    sku=line.sku,
                    quantity=line.backordered,
                    expected_at=line.expected_at,
                    expected_before=before,
                )
            )
    await session.flush()
    if later:
        told = OrderPromiseChanged(
            order_id=order.id, expected_at=max(one.expected_at for one in later), lines=later
        )
        events.record(session, told, about=order.id, channel_id=order.channel_id)
