"""What is sold and stocked, known by its SKU."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import queries, upserts
from inventory.catalog.cards import Card, Wish
from inventory.catalog.models import Item
from inventory.catalog.upserts import Written
from inventory.catalog.views import ItemChangesIn, ItemIn, ItemRowsIn
from oms.kernel import bulk
from oms.kernel.errors import Conflict, Rejected
from oms.kernel.inputs import fields


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


async def add(session: AsyncSession, *, new: ItemIn) -> Card:
    """Make an item known. Raises ItemExists, InvalidInput naming every rule it breaks."""
    before, wished = await upserts.judge(session, wish=wish(new.sku, new))
    if before is not None:
        raise ItemExists(new.sku)
    await upserts.write(session, known={}, wished=[wished])
    return await queries.card(session, sku=new.sku)


async def change(
    session: AsyncSession, *, sku: str, changes: ItemChangesIn, version: int | None = None
) -> Card:
    """Change what is said of an item.

    Raises UnknownItem, ItemChanged, InvalidInput naming every rule it would break.
    """
    await queries.lock_item(session, sku=sku, version=version)
    before, wished = await upserts.judge(session, wish=wish(sku, changes))
    await upserts.write(session, known={sku: before} if before else {}, wished=[wished])
    return wished


async def upsert(session: AsyncSession, *, rows: ItemRowsIn) -> list[Written]:
    """Add and change many items. Raises InvalidInput, Busy as upserts.upsert does."""
    wishes = {place: wish(row.sku, row) for place, row in bulk.readable(rows.rows).items()}
    return await upserts.upsert(
        session, wishes=wishes, unreadable=rows.unreadable(), mode=rows.mode
    )


def wish(sku: str, said: ItemIn | ItemChangesIn) -> Wish:
    """Return what is wished for by what was said."""
    given = {name: value for name, value in fields(said).items() if value is not None}
    return Wish(sku, {name: value for name, value in given.items() if name != "sku"})


async def demand(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Make sure that every SKU is known. Raises UnknownSkus naming all that are not."""
    known = await session.scalars(select(col(Item.sku)).where(col(Item.sku).in_(skus)))
    if unknown := sorted(set(skus) - set(known)):
        raise UnknownSkus(unknown)


async def demand_stocked(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Make sure that units of every SKU may stand on a shelf. Raises UnknownSkus, NotStocked.

    It holds for good: what takes stock once always does.
    """
    found = await _kinds(session, skus)
    if unknown := sorted(set(skus) - found.keys()):
        raise UnknownSkus(unknown)
    kits = sorted(sku for sku, (kit, _) in found.items() if kit)
    untracked = sorted(sku for sku, (_, tracked) in found.items() if not tracked)
    if kits or untracked:
        raise NotStocked(kits, untracked)


async def stocked(session: AsyncSession, *, skus: Sequence[str]) -> dict[str, bool]:
    """Return which of these SKUs are known, and whether units of them may stand on a shelf."""
    found = await _kinds(session, skus)
    return {sku: tracked and not kit for sku, (kit, tracked) in found.items()}


async def _kinds(session: AsyncSession, skus: Sequence[str]) -> dict[str, tuple[bool, bool]]:
    """Return of the known SKUs whether they are kits and whether they are tracked."""
    rows = await session.execute(
        select(col(Item.sku), col(Item.kit), col(Item.tracked)).where(col(Item.sku).in_(set(skus)))
    )
    return {sku: (kit, tracked) for sku, kit, tracked in rows}
