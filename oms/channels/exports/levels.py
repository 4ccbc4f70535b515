"""The sheets of stock: what stands where, and what is kept back from sale."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.channels.exports.sheets import PAGE_ROWS, Said, Sheet
from oms.kernel.statements import Statement

_PAGE = Statement("""
SELECT level.sku, location.code AS location, level.location_id, on_hand, safety_stock
FROM (SELECT * FROM stock_level
      WHERE (sku, location_id) > (CAST(:sku AS text), CAST(:location_id AS uuid))
      ORDER BY sku, location_id LIMIT CAST(:rows AS int)) AS level
JOIN location ON location.id = level.location_id ORDER BY level.sku, level.location_id
""")


async def _named(_: AsyncSession, *, names: Sequence[str]) -> list[str]:
    return list(names)


async def _pages(session: AsyncSession, *, names: Sequence[str]) -> AsyncIterator[list[Said]]:
    sku, location_id = "", UUID(int=0)
    while rows := await _PAGE.rows(session, sku=sku, location_id=location_id, rows=PAGE_ROWS):
        yield [{name: row[name] for name in names} for row in rows]
        sku, location_id = rows[-1]["sku"], rows[-1]["location_id"]


def _sheet(*names: str) -> Sheet:
    return Sheet(partial(_named, names=names), partial(_pages, names=names), cells=dict)


LEVELS = _sheet("sku", "location", "on_hand")
SAFETY_STOCKS = _sheet("sku", "location", "safety_stock")
