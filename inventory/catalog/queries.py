"""Reading items; the only place that locks them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog.models import Item
from oms.kernel import pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page


class UnknownItem(NotFound):
    """There is no such item."""

    sku: str


class ItemChanged(Stale):
    """The item was changed since it was read."""

    sku: str
    current_version: int


async def item(session: AsyncSession, *, sku: str) -> Item:
    """Return an item. Raises UnknownItem."""
    found = await session.scalar(select(Item).where(col(Item.sku) == sku))
    if found is None:
        raise UnknownItem(sku)
    return found


async def lock_item(session: AsyncSession, *, sku: str, version: int | None = None) -> Item:
    """Return an item to change. Raises UnknownItem, ItemChanged."""
    found = await session.scalar(
        select(Item)
        .where(col(Item.sku) == sku)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownItem(sku)
    if version not in (None, found.version):
        raise ItemChanged(sku, found.version)
    return found


async def items(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[Item]:
    """Return a page of items by SKU."""
    return await pages.page_by(session, select(Item), [col(Item.sku)], cursor=cursor, limit=limit)
