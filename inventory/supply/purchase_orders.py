"""Buying of suppliers: what is ordered is incoming until it came or will not come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import items
from inventory.models import Reason
from inventory.places import queries as places
from inventory.supply import incoming, queries
from inventory.supply.events import (
    PurchaseCancelled,
    PurchaseChanged,
    PurchaseClosed,
    PurchaseOrdered,
    PurchaseReceived,
)
from inventory.supply.models import Discrepancy, PurchaseLine, PurchaseOrder
from inventory.supply.states import NOTICE, PURCHASE, DiscrepancyKind, PurchaseStatus
from inventory.supply.views import (
    CostIn,
    PurchaseChangesIn,
    PurchaseLineChangesIn,
    PurchaseLineIn,
    PurchaseOrderIn,
)
from oms.kernel import actors, events
from oms.kernel.errors import Conflict, Rejected


class PurchaseOrderExists(Conflict):
    """There is already a purchase order of this external id for this supplier."""

    supplier: str
    external_id: str
    purchase_order_id: UUID


class UnknownPurchaseLines(Rejected):
    """The purchase order has no such lines."""

    line_ids: list[UUID]


class FewerThanReceived(Conflict):
    """More units of a line came already than would be ordered."""

    line_id: UUID
    received: int


async def draft(session: AsyncSession, *, new: PurchaseOrderIn) -> PurchaseOrder:
    """Write down what is to be bought; nothing is incoming before it is ordered.

    Raises UnknownLocation (also outside the caller's reach), UnknownSkus, PurchaseOrderExists.
    """
    await places.reach(session, location_id=new.location_id)
    await items.demand(session, skus=[line.sku for line in new.lines])
    await _demand_new(session, new)
    order = PurchaseOrder(**new.model_dump(exclude={"lines"}))
    session.add(order)
    await session.flush()
    session.add_all(
        _line(order, position, line.sku, line.quantity, line)
        for position, line in enumerate(new.lines, start=1)
    )
    await session.flush()
    return order


async def order(
    session: AsyncSession, *, purchase_order_id: UUID, now: datetime, version: int | None = None
) -> PurchaseOrder:
    """Order a draft of its supplier: from now on its units are incoming. Raises IllegalMove."""
    found = await queries.lock(session, purchase_order_id=purchase_order_id, version=version)
    PURCHASE.move(found, "order")
    found.ordered_at = now
    lines = await _lines(session, found)
    await _expect(session, found, lines, Reason.MOVEMENT_CREATED)
    told = PurchaseOrdered(
        purchase_order_id=found.id,
        number=found.number,
        supplier=found.supplier,
        location_id=found.location_id,
        lines=incoming.units(lines),
    )
    events.record(session, told, about=found.id)
    return found


async def change(
    session: AsyncSession,
    *,
    purchase_order_id: UUID,
    changes: PurchaseChangesIn,
    version: int | None = None,
) -> PurchaseOrder:
    """Change what is wanted or when; of what was ordered the incoming units follow.

    Raises IllegalMove, UnknownPurchaseLines, UnknownSkus, FewerThanReceived.
    """
    found = await queries.lock(session, purchase_order_id=purchase_order_id, version=version)
    PURCHASE.move(found, "change")
    queries.touch(found)
    found.sqlmodel_update(changes.model_dump(exclude={"lines"}, exclude_none=True))
    lines = await _changed(session, found, changes.lines)
    if found.status is not PurchaseStatus.DRAFT:
        await _expect(session, found, lines, Reason.MOVEMENT_UPDATED)
        told = PurchaseChanged(
            purchase_order_id=found.id,
            number=found.number,
            location_id=found.location_id,
            lines=incoming.units(lines),
        )
        events.record(session, told, about=found.id)
        complete(session, found=found, lines=lines)
    await session.flush()
    return found


async def close(
    session: AsyncSession,
    *,
    purchase_order_id: UUID,
    reason: str | None = None,
    version: int | None = None,
) -> PurchaseOrder:
    """Expect no more of a purchase order of which something came. Raises IllegalMove."""
    found = await queries.lock(session, purchase_order_id=purchase_order_id, version=version)
    await close_short(session, found=found, reason=reason)
    return found


async def close_short(
    session: AsyncSession, *, found: PurchaseOrder, reason: str | None = None
) -> None:
    """Close a locked purchase order: what is still due is short, a discrepancy each."""
    PURCHASE.move(found, "close")
    found.reason = reason
    lines = await _lines(session, found)
    short = incoming.units(lines)
    session.add_all(
        Discrepancy(
            purchase_order_id=found.id,
            kind=DiscrepancyKind.SHORT,
            sku=one.sku,
            quantity=one.quantity,
            note=reason,
            actor=actors.current().label,
        )
        for one in short
    )
    await _give_up(session, found, lines)
    told = PurchaseClosed(**_ending(found), lines=short)
    events.record(session, told, about=found.id)


async def cancel(
    session: AsyncSession,
    *,
    purchase_order_id: UUID,
    reason: str | None = None,
    version: int | None = None,
) -> PurchaseOrder:
    """Cancel a purchase order of which nothing came yet. Raises IllegalMove."""
    found = await queries.lock(session, purchase_order_id=purchase_order_id, version=version)
    PURCHASE.move(found, "cancel")
    found.reason = reason
    lines = await _lines(session, found)
    lost = incoming.units(lines)
    await _give_up(session, found, lines)
    told = PurchaseCancelled(**_ending(found), lines=lost)
    events.record(session, told, about=found.id)
    return found


def complete(session: AsyncSession, *, found: PurchaseOrder, lines: Sequence[PurchaseLine]) -> None:
    """Let a locked purchase order be received when something came and nothing is due any more."""
    if any(line.due for line in lines) or not any(line.received for line in lines):
        return
    PURCHASE.move(found, "complete")
    told = PurchaseReceived(
        purchase_order_id=found.id, number=found.number, location_id=found.location_id
    )
    events.record(session, told, about=found.id)


async def _demand_new(session: AsyncSession, new: PurchaseOrderIn) -> None:
    if new.external_id is None:
        return
    earlier = await session.scalar(
        select(col(PurchaseOrder.id)).where(
            col(PurchaseOrder.supplier) == new.supplier,
            col(PurchaseOrder.external_id) == new.external_id,
        )
    )
    if earlier is not None:
        raise PurchaseOrderExists(new.supplier, new.external_id, earlier)


def _line(
    order: PurchaseOrder,
    position: int,
    sku: str,
    ordered: int,
    told: PurchaseLineIn | PurchaseLineChangesIn,
) -> PurchaseLine:
    return PurchaseLine(
        purchase_order_id=order.id,
        position=position,
        sku=sku,
        ordered=ordered,
        expected_at=told.expected_at,
        **_cost(told.unit_cost),
    )


def _cost(cost: CostIn | None) -> dict[str, Any]:
    if cost is None:
        return {}
    return {"unit_cost_amount": cost.amount, "unit_cost_currency": cost.currency}


async def _lines(session: AsyncSession, order: PurchaseOrder) -> Sequence[PurchaseLine]:
    return await queries.lines(session, purchase_order_ids=[order.id])


async def _changed(
    session: AsyncSession, order: PurchaseOrder, changes: Sequence[PurchaseLineChangesIn]
) -> Sequence[PurchaseLine]:
    lines = list(await _lines(session, order))
    of_id = {line.id: line for line in lines}
    asked = [one.line_id for one in changes if one.line_id is not None]
    if strange := [line_id for line_id in asked if line_id not in of_id]:
        raise UnknownPurchaseLines(strange)
    await items.demand(session, skus=[one.sku for one in changes if one.sku is not None])
    for one in changes:
        if one.sku is not None:
            added = _line(order, len(lines) + 1, one.sku, one.ordered or 0, one)
            session.add(added)
            lines.append(added)
        elif one.line_id is not None:
            _change_line(of_id[one.line_id], one)
    return lines


def _change_line(line: PurchaseLine, changes: PurchaseLineChangesIn) -> None:
    if changes.ordered is not None:
        if changes.ordered < line.received:
            raise FewerThanReceived(line.id, line.received)
        line.ordered = changes.ordered
    if changes.expected_at is not None:
        line.expected_at = changes.expected_at
    line.sqlmodel_update(_cost(changes.unit_cost))


async def _expect(
    session: AsyncSession, found: PurchaseOrder, lines: Sequence[PurchaseLine], reason: Reason
) -> None:
    before = incoming.due(lines)
    for line in lines:
        line.due = incoming.outstanding(line)
    await session.flush()
    await incoming.follow(session, order=found, before=before, lines=lines, reason=reason)


async def _give_up(
    session: AsyncSession, found: PurchaseOrder, lines: Sequence[PurchaseLine]
) -> None:
    """Let what is due not be due any more, and no truck bring it."""
    before = incoming.due(lines)
    for line in lines:
        line.closed += line.due
        line.due = 0
    for notice in await queries.notices_of(session, purchase_order_id=found.id):
        verb = "cancel" if NOTICE.allows(notice.status, "cancel") else "complete"
        if NOTICE.allows(notice.status, verb):
            NOTICE.move(notice, verb)
    await session.flush()
    reason = Reason.MOVEMENT_CANCELED
    await incoming.follow(session, order=found, before=before, lines=lines, reason=reason)


def _ending(found: PurchaseOrder) -> dict[str, Any]:
    return {
        "purchase_order_id": found.id,
        "number": found.number,
        "location_id": found.location_id,
        "reason": found.reason,
    }
