"""What is sold and stocked, known by its SKU."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import queries
from inventory.catalog.models import Item
from inventory.catalog.views import ItemChangesIn, ItemIn
from oms.kernel.errors import Conflict, Rejected


class ItemExists(Conflict):
    """There is already an item of this SKU."""

    sku: str


class UnknownSkus(Rejected):
    """Some items are not known."""

    skus: list[str]


class NotStocked(Rejected):
    """Some items never take stock: a kit is made of its parts, and an untracked item has none."""

    kits: list[str]
    untracked: list[str]


async def add(session: AsyncSession, *, new: ItemIn) -> Item:
    """Make an item known. Raises ItemExists."""
    if await session.scalar(select(col(Item.id)).where(col(Item.sku) == new.sku)):
        raise ItemExists(new.sku)
    item = Item(**new.model_dump())
    session.add(item)
    await session.flush()
    return item


async def change(
    session: AsyncSession, *, sku: str, changes: ItemChangesIn, version: int | None = None
) -> Item:
    """Change what is said of an item. Raises UnknownItem, ItemChanged."""
    item = await queries.lock_item(session, sku=sku, version=version)
    item.sqlmodel_update(changes.model_dump(exclude_none=True))
    await session.flush()
    return item


async def demand(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Make sure that every SKU is known. Raises UnknownSkus naming all that are not."""
    known = await session.scalars(select(col(Item.sku)).where(col(Item.sku).in_(skus)))
    if unknown := sorted(set(skus) - set(known)):
        raise UnknownSkus(unknown)


async def demand_stocked(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Make sure that units of every SKU may stand on a shelf. Raises UnknownSkus, NotStocked.

    It holds for good: what takes stock once always does.
    """
    rows = await session.execute(
        select(col(Item.sku), col(Item.kit), col(Item.tracked)).where(col(Item.sku).in_(skus))
    )
    found = {sku: (kit, tracked) for sku, kit, tracked in rows}
    if unknown := sorted(set(skus) - found.keys()):
        raise UnknownSkus(unknown)
    kits = sorted(sku for sku, (kit, _) in found.items() if kit)
    untracked = sorted(sku for sku, (_, tracked) in found.items() if not tracked)
    if kits or untracked:
        raise NotStocked(kits, untracked)
