"""The sheet of what a channel may sell: item by item, at each location where it has ever been.

What cannot run out has one row without a location and without a number.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog.models import Item
from inventory.selling import candidates
from inventory.selling.candidates import Candidates
from inventory.selling.rules import Method
from oms.channels.exports.sheets import Said, Sheet
from oms.kernel.statements import Statement

COLUMNS = ["sku", "location", "sellable", "as_of"]

SKUS_AT_ONCE = 20
"""Few, as each may be in hundreds of stores."""

_STOOD = Statement("""
SELECT sku, array_agg(location_id) AS places FROM stock_level
WHERE sku = ANY(CAST(:skus AS text[])) GROUP BY sku
""")


def sheet(*, channel_id: UUID, method: Method) -> Sheet:
    """Return the sheet of a channel, for goods that are shipped or picked up."""
    return Sheet(_columns, partial(_pages, channel_id=channel_id, method=method), _cells)


async def _columns(_: AsyncSession) -> list[str]:
    return COLUMNS


async def _pages(
    session: AsyncSession, *, channel_id: UUID, method: Method
) -> AsyncIterator[list[Said]]:
    last = ""
    while skus := await _skus(session, after=last):
        found = await candidates.of_channel(
            session, skus=skus, channel_id=channel_id, method=method
        )
        stood = await _STOOD.rows(session, skus=list(found.items))
        places = {row["sku"]: frozenset(row["places"]) for row in stood}
        yield [row for sku in skus for row in _rows(found, sku, places)]
        last = skus[-1]


async def _skus(session: AsyncSession, *, after: str) -> list[str]:
    query = select(col(Item.sku)).where(col(Item.active), col(Item.sku) > after)
    return list(await session.scalars(query.order_by(col(Item.sku)).limit(SKUS_AT_ONCE)))


def _rows(found: Candidates, sku: str, places: Mapping[str, frozenset[UUID]]) -> Iterator[Said]:
    if not found.counted(sku):
        yield {"sku": sku, "location": None, "sellable": None, "as_of": found.as_of}
        return
    parts = found.kits.get(sku, (sku,))
    stood = frozenset[UUID]().union(*(places.get(part, ()) for part in parts))
    sites = (site for site in found.locations.values() if site.id in stood)
    for site in sorted(sites, key=lambda one: one.code):
        units = found.sellable(sku, site.id)
        yield {"sku": sku, "location": site.code, "sellable": units, "as_of": found.as_of}


def _cells(said: Said) -> Said:
    return {**said, "as_of": said["as_of"].isoformat()}
