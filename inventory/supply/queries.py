"""Reading supply; the only place that locks it.

Supply lies within the reach of whoever acts: staff of some locations see what comes to those.
The purchase order's row guards its lines, notices and receipts: whoever changes those holds it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.catalog.models import Item
from inventory.supply.models import (
    Discrepancy,
    NoticeLine,
    PurchaseLine,
    PurchaseOrder,
    ShippingNotice,
    SupplyReceipt,
    SupplyReceiptLine,
)
from inventory.supply.states import PurchaseStatus
from oms.kernel import actors, pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page


class UnknownPurchaseOrder(NotFound):
    """There is no such purchase order."""

    purchase_order_id: UUID


class PurchaseOrderChanged(Stale):
    """The purchase order was changed since it was read."""

    number: str
    current_version: int
    state: str


class UnknownShippingNotice(NotFound):
    """There is no such shipping notice."""

    notice_id: UUID


class ShippingNoticeChanged(Stale):
    """The shipping notice was changed since it was read."""

    number: str
    current_version: int
    state: str


@dataclass(frozen=True)
class Filter:
    """Which purchase orders a list shows; None does not restrict."""

    supplier: str | None = None
    external_id: str | None = None
    location_id: UUID | None = None
    status: PurchaseStatus | None = None


async def get(session: AsyncSession, *, purchase_order_id: UUID) -> PurchaseOrder:
    """Read a purchase order. Raises UnknownPurchaseOrder."""
    found = await session.scalar(_orders().where(col(PurchaseOrder.id) == purchase_order_id))
    if found is None:
        raise UnknownPurchaseOrder(purchase_order_id)
    return found


async def lock(
    session: AsyncSession, *, purchase_order_id: UUID, version: int | None = None
) -> PurchaseOrder:
    """Lock a purchase order to change it. Raises UnknownPurchaseOrder, PurchaseOrderChanged."""
    await session.flush()
    found = await session.scalar(
        _orders()
        .where(col(PurchaseOrder.id) == purchase_order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownPurchaseOrder(purchase_order_id)
    if version not in (None, found.version):
        raise PurchaseOrderChanged(found.number, found.version, found.status.value)
    return found


def touch(found: PurchaseOrder | ShippingNotice) -> None:
    """Raise the version of a locked row whose lines changed."""
    flag_modified(found, "status")


async def listed(
    session: AsyncSession, *, wanted: Filter, cursor: str | None, limit: int
) -> Page[PurchaseOrder]:
    """Return a page of purchase orders, newest first."""
    asked = {name: value for name, value in vars(wanted).items() if value is not None}
    query = _orders().filter_by(**asked)
    return await pages.page(session, query, col(PurchaseOrder.id), cursor=cursor, limit=limit)


async def lines(
    session: AsyncSession, *, purchase_order_ids: Sequence[UUID]
) -> Sequence[PurchaseLine]:
    """Return the lines of some purchase orders as they are now, in their order."""
    await session.flush()
    rows = await session.scalars(
        select(PurchaseLine)
        .where(col(PurchaseLine.purchase_order_id).in_(purchase_order_ids))
        .order_by(col(PurchaseLine.purchase_order_id), col(PurchaseLine.position))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def notice(session: AsyncSession, *, notice_id: UUID) -> ShippingNotice:
    """Read a shipping notice. Raises UnknownShippingNotice."""
    found = await session.scalar(_notices().where(col(ShippingNotice.id) == notice_id))
    if found is None:
        raise UnknownShippingNotice(notice_id)
    return found


async def lock_notice(
    session: AsyncSession, *, notice_id: UUID, version: int | None = None
) -> tuple[PurchaseOrder, ShippingNotice]:
    """Lock a shipping notice behind its purchase order.

    Raises UnknownShippingNotice, ShippingNoticeChanged.
    """
    seen = await notice(session, notice_id=notice_id)
    order = await lock(session, purchase_order_id=seen.purchase_order_id)
    await session.refresh(seen)
    if version not in (None, seen.version):
        raise ShippingNoticeChanged(seen.number, seen.version, seen.status.value)
    return order, seen


async def notices(
    session: AsyncSession, *, purchase_order_id: UUID | None, cursor: str | None, limit: int
) -> Page[ShippingNotice]:
    """Return a page of shipping notices, newest first."""
    query = _notices()
    if purchase_order_id is not None:
        query = query.where(col(ShippingNotice.purchase_order_id) == purchase_order_id)
    return await pages.page(session, query, col(ShippingNotice.id), cursor=cursor, limit=limit)


async def notices_of(session: AsyncSession, *, purchase_order_id: UUID) -> Sequence[ShippingNotice]:
    """Return every notice of a purchase order, the earliest first."""
    rows = await session.scalars(
        select(ShippingNotice)
        .where(col(ShippingNotice.purchase_order_id) == purchase_order_id)
        .order_by(col(ShippingNotice.id))
    )
    return rows.all()


async def notice_lines(
    session: AsyncSession, *, notice_ids: Sequence[UUID]
) -> Sequence[NoticeLine]:
    """Return what is said to be on some trucks, by SKU."""
    await session.flush()
    rows = await session.scalars(
        select(NoticeLine)
        .where(col(NoticeLine.notice_id).in_(notice_ids))
        .order_by(col(NoticeLine.notice_id), col(NoticeLine.sku))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def receipts(
    session: AsyncSession, *, purchase_order_id: UUID, cursor: str | None, limit: int
) -> Page[SupplyReceipt]:
    """Return a page of the receipts of a purchase order, newest first."""
    query = select(SupplyReceipt).where(col(SupplyReceipt.purchase_order_id) == purchase_order_id)
    return await pages.page(session, query, col(SupplyReceipt.id), cursor=cursor, limit=limit)


async def receipt_lines(
    session: AsyncSession, *, receipt_ids: Sequence[UUID]
) -> Sequence[SupplyReceiptLine]:
    """Return what went into stock with some receipts."""
    rows = await session.scalars(
        select(SupplyReceiptLine)
        .where(col(SupplyReceiptLine.receipt_id).in_(receipt_ids))
        .order_by(col(SupplyReceiptLine.receipt_id), col(SupplyReceiptLine.id))
    )
    return rows.all()


async def discrepancies(session: AsyncSession, *, purchase_order_id: UUID) -> Sequence[Discrepancy]:
    """Return how goods of a purchase order differed from the paper, the earliest first."""
    rows = await session.scalars(
        select(Discrepancy)
        .where(col(Discrepancy.purchase_order_id) == purchase_order_id)
        .order_by(col(Discrepancy.id))
    )
    return rows.all()


async def known(session: AsyncSession, *, skus: Iterable[str]) -> frozenset[str]:
    """Return those of the SKUs that an item has."""
    rows = await session.scalars(select(col(Item.sku)).where(col(Item.sku).in_(list(skus))))
    return frozenset(rows)


def _orders() -> Select[PurchaseOrder]:
    return select(PurchaseOrder).where(*_reach())


def _notices() -> Select[ShippingNotice]:
    query = select(ShippingNotice)
    reach = _reach()
    if reach:
        order = col(PurchaseOrder.id) == col(ShippingNotice.purchase_order_id)
        query = query.join(PurchaseOrder, order).where(*reach)
    return query


def _reach() -> list[ColumnElement[bool]]:
    bounds = actors.current().location_ids
    return [] if bounds is None else [col(PurchaseOrder.location_id).in_(bounds)]
