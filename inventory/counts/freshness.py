"""When the units of a level were counted last."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.commitments import Level
from oms.kernel.statements import Statement


async def note(session: AsyncSession, *, count_id: UUID) -> None:
    """Note of every line of an approved count when it was counted; an older count changes none."""
    await _NOTE.rows(session, count_id=count_id)


async def at(session: AsyncSession, *, levels: Iterable[Level]) -> dict[Level, datetime]:
    """Return when levels were counted last; one that never was is left out."""
    asked = sorted(set(levels))
    rows = await _AT.rows(
        session,
        skus=[sku for sku, _ in asked],
        location_ids=[location_id for _, location_id in asked],
    )
    return {(row["sku"], row["location_id"]): row["counted_at"] for row in rows}


_NOTE = Statement("""
INSERT INTO stock_counted AS known (sku, location_id, counted_at)
SELECT line.sku, location_id, line.counted_at
FROM stock_count_line line JOIN stock_count ON stock_count.id = count_id
WHERE count_id = :count_id ORDER BY line.sku
ON CONFLICT (sku, location_id) DO UPDATE
SET counted_at = greatest(known.counted_at, EXCLUDED.counted_at)
""")

_AT = Statement("""
SELECT counted.* FROM unnest(CAST(:skus AS text[]), CAST(:location_ids AS uuid[]))
    AS asked (sku, location_id)
JOIN stock_counted counted USING (sku, location_id)
""")
