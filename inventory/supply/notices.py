"""Shipping notices: what a supplier says is on a truck, and when it comes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.supply import queries
from inventory.supply.events import (
    NoticeAnnounced,
    NoticeCancelled,
    NoticeChanged,
    NoticeDeparted,
    SupplyUnits,
)
from inventory.supply.models import NoticeLine, PurchaseOrder, ShippingNotice
from inventory.supply.states import NOTICE, PURCHASE
from inventory.supply.views import NoticeChangesIn, NoticeIn
from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected


class ShippingNoticeExists(Conflict):
    """There is already a shipping notice of this external id of this supplier."""

    supplier: str
    external_id: str
    notice_id: UUID


class NotOnPurchaseOrder(Rejected):
    """The purchase order does not list these SKUs."""

    number: str
    skus: list[str]


async def announce(
    session: AsyncSession, *, purchase_order_id: UUID, new: NoticeIn
) -> ShippingNotice:
    """Note what is on a truck. Raises IllegalMove, NotOnPurchaseOrder, ShippingNoticeExists."""
    order = await queries.lock(session, purchase_order_id=purchase_order_id)
    PURCHASE.move(order, "announce")
    wanted = _wanted(new)
    await _demand_on_paper(session, order, wanted)
    await _demand_new(session, order, new.external_id)
    notice = ShippingNotice(
        purchase_order_id=order.id,
        supplier=order.supplier,
        **new.model_dump(exclude={"lines"}),
    )
    session.add(notice)
    await session.flush()
    session.add_all(
        NoticeLine(notice_id=notice.id, sku=sku, quantity=units) for sku, units in wanted.items()
    )
    await session.flush()
    told = NoticeAnnounced(
        **_facts(notice),
        expected_at=notice.expected_at,
        lines=[
            SupplyUnits(sku=sku, quantity=units, expected_at=notice.expected_at)
            for sku, units in wanted.items()
        ],
    )
    events.record(session, told, about=order.id)
    return notice


async def change(
    session: AsyncSession,
    *,
    notice_id: UUID,
    changes: NoticeChangesIn,
    version: int | None = None,
) -> ShippingNotice:
    """Change when or how a truck comes. Raises IllegalMove."""
    _, notice = await queries.lock_notice(session, notice_id=notice_id, version=version)
    NOTICE.move(notice, "change")
    queries.touch(notice)
    notice.sqlmodel_update(changes.model_dump(exclude_none=True))
    await session.flush()
    told = NoticeChanged(**_facts(notice), expected_at=notice.expected_at)
    events.record(session, told, about=notice.purchase_order_id)
    return notice


async def depart(
    session: AsyncSession, *, notice_id: UUID, version: int | None = None
) -> ShippingNotice:
    """Note that the truck is on its way. Raises IllegalMove."""
    _, notice = await queries.lock_notice(session, notice_id=notice_id, version=version)
    NOTICE.move(notice, "depart")
    await session.flush()
    told = NoticeDeparted(**_facts(notice), expected_at=notice.expected_at)
    events.record(session, told, about=notice.purchase_order_id)
    return notice


async def cancel(
    session: AsyncSession, *, notice_id: UUID, version: int | None = None
) -> ShippingNotice:
    """Note that the truck does not come; what it would have brought is still due."""
    _, notice = await queries.lock_notice(session, notice_id=notice_id, version=version)
    NOTICE.move(notice, "cancel")
    await session.flush()
    events.record(session, NoticeCancelled(**_facts(notice)), about=notice.purchase_order_id)
    return notice


def unload(notice: ShippingNotice, lines: Sequence[NoticeLine], came: Counter[str]) -> None:
    """Count what came off a locked truck: all of it, or the rest is still in there."""
    for line in lines:
        line.received += came[line.sku]
    empty = all(line.received >= line.quantity for line in lines)
    NOTICE.move(notice, "complete" if empty else "receive")
    queries.touch(notice)


def _wanted(new: NoticeIn) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for line in new.lines:
        wanted[line.sku] += line.quantity
    return wanted


async def _demand_on_paper(
    session: AsyncSession, order: PurchaseOrder, wanted: Counter[str]
) -> None:
    lines = await queries.lines(session, purchase_order_ids=[order.id])
    if strange := sorted(wanted.keys() - {line.sku for line in lines}):
        raise NotOnPurchaseOrder(order.number, strange)


async def _demand_new(session: AsyncSession, order: PurchaseOrder, external_id: str | None) -> None:
    if external_id is None:
        return
    earlier = await session.scalar(
        select(col(ShippingNotice.id)).where(
            col(ShippingNotice.supplier) == order.supplier,
            col(ShippingNotice.external_id) == external_id,
        )
    )
    if earlier is not None:
        raise ShippingNoticeExists(order.supplier, external_id, earlier)


def _facts(notice: ShippingNotice) -> dict[str, Any]:
    return {
        "purchase_order_id": notice.purchase_order_id,
        "notice_id": notice.id,
        "number": notice.number,
    }
