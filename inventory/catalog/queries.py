"""Reading items; the only place that locks them."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog.models import Item
from oms.kernel import pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page
from oms.kernel.statements import Statement


class UnknownItem(NotFound):
    """There is no such item."""

    sku: str


class ItemChanged(Stale):
    """The item was changed since it was read."""

    sku: str
    current_version: int


_USE_PACKS = Statement("""
WITH asked AS (
    SELECT DISTINCT sku, code
    FROM jsonb_to_recordset(CAST(:packs AS jsonb)) AS row (sku text, code text)
), found AS (
    SELECT pack.* FROM asked CROSS JOIN LATERAL (
        SELECT * FROM item_pack WHERE sku = asked.sku AND code = asked.code AND active) AS pack
    ORDER BY sku, code
), held AS (
    SELECT pack.sku, pack.code FROM found CROSS JOIN LATERAL (
        SELECT * FROM item_pack WHERE sku = found.sku AND code = found.code AND active
        FOR NO KEY UPDATE) AS pack
    WHERE NOT found.used
), marked AS (
    UPDATE item_pack SET used = true FROM held
    WHERE (item_pack.sku, item_pack.code) = (held.sku, held.code)
    RETURNING item_pack.sku, item_pack.code, item_pack.units
)
SELECT sku, code, units FROM found WHERE used UNION ALL SELECT sku, code, units FROM marked
""")


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


async def use_packs(
    session: AsyncSession, *, packs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the units of packs (SKU, code) that are known, and mark them as used for good.

    A pack that was not used yet is held in key order first: whoever was changing it is waited for.
    """
    asked = [{"sku": sku, "code": code} for sku, code in packs]
    rows = await _USE_PACKS.rows(session, packs=msgspec.json.encode(asked).decode())
    return {(row["sku"], row["code"]): row["units"] for row in rows}
