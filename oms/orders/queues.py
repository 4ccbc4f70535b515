"""Who waits for goods, in whose turn: units of order lines that no location has yet.

The earliest promise is first: by the date the units were sold with (a line without one comes after
all that have one), then by when its order was placed, then by the order's id and place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.commitments import Parts
from inventory.selling import candidates
from inventory.selling.candidates import Candidates
from oms.kernel.statements import Statement
from oms.routing import decisions

PAGE = 500
"""How many lines are looked at together."""


@dataclass(frozen=True)
class Waiting:
    """Units of one line that wait."""

    line_id: UUID
    order_id: UUID
    channel_id: UUID
    sku: str
    quantity: int
    parts: Parts | None = None
    promised_at: datetime | None = None
    expected_at: datetime | None = None

    @property
    def holds(self) -> Parts:
        """Return what one unit holds of the shelves."""
        return {self.sku: 1} if self.parts is None else self.parts


@dataclass(frozen=True)
class Turn:
    """Lines of one order that nobody stands between, each of which could be given a unit now."""

    order_id: UUID
    lines: Sequence[Waiting]


# Words in place of parameters, so that the plan may use the indexes of what waits.
_QUEUE = Statement("""
SELECT line.id AS line_id, line.order_id, "order".channel_id, line.sku,
    line.backordered AS quantity, line.promised_at, line.expected_at,
    CAST(line.parts AS text) AS parts
FROM order_line AS line JOIN "order" ON "order".id = line.order_id
WHERE line.backordered > 0
    AND (line.sku = ANY(CAST(:skus AS text[])) OR line.parts ?| CAST(:skus AS text[]))
ORDER BY line.promised_at NULLS LAST, "order".placed_at, line.order_id, line.position
LIMIT :page OFFSET :seen
""")

_AWAITED = Statement("""
SELECT sku FROM unnest(CAST(:skus AS text[])) AS asked (sku)
WHERE EXISTS (SELECT FROM order_line WHERE backordered > 0 AND order_line.sku = asked.sku)
    OR EXISTS (SELECT FROM order_line WHERE backordered > 0 AND parts ?| ARRAY[asked.sku])
ORDER BY sku
""")

_ALL_AWAITED = Statement("""
SELECT DISTINCT held.sku FROM order_line AS line CROSS JOIN LATERAL (
    SELECT line.sku WHERE line.parts IS NULL
    UNION ALL SELECT part FROM jsonb_object_keys(line.parts) AS part) AS held (sku)
WHERE line.backordered > 0 AND EXISTS (
    SELECT FROM stock_level WHERE stock_level.sku = held.sku AND stock_level.available > 0)
ORDER BY held.sku
""")


async def awaited(session: AsyncSession, *, skus: Sequence[str]) -> list[str]:
    """Return those of the SKUs that some line waits for, as such or as part of a kit."""
    return [row["sku"] for row in await _AWAITED.rows(session, skus=list(skus))]


async def all_awaited(session: AsyncSession) -> list[str]:
    """Return every SKU that some line waits for while units of it are available somewhere."""
    return [row["sku"] for row in await _ALL_AWAITED.rows(session)]


async def turns(session: AsyncSession, *, skus: Sequence[str], limit: int) -> list[Turn]:
    """Return whose turn it is: the first in the queue for some SKUs that could be given a unit.

    Each could by itself be given one; what is handed to the first may leave nothing to the next.
    """
    found: list[Waiting] = []
    seen = 0
    while True:
        page = await _page(session, skus, seen)
        found += await _gaining(session, page)
        turned = _turns(found)
        if len(turned) > limit or len(page) < PAGE:
            return turned[:limit]
        seen += len(page)


async def everybody(session: AsyncSession, *, skus: Sequence[str]) -> list[Waiting]:
    """Return all who wait for some SKUs, in their turn."""
    found: list[Waiting] = []
    while True:
        page = await _page(session, skus, len(found))
        found += page
        if len(page) < PAGE:
            return found


async def _page(session: AsyncSession, skus: Sequence[str], seen: int) -> list[Waiting]:
    rows = await _QUEUE.rows(session, skus=list(skus), page=PAGE, seen=seen)
    return [
        Waiting(**{**row, "parts": msgspec.json.decode(row["parts"] or b"null")}) for row in rows
    ]


async def _gaining(session: AsyncSession, page: Sequence[Waiting]) -> list[Waiting]:
    """Leave out whom nothing could be given to now: by its channel, or where it was rejected."""
    if not page:
        return []
    found = await candidates.of_channels(
        session,
        skus=sorted({sku for one in page for sku in (one.sku, *one.holds)}),
        channel_ids=sorted({one.channel_id for one in page}),
    )
    hopeful = [one for one in page if _places(one, found[one.channel_id])]
    refused = await decisions.exclusions_of(
        session, order_ids=sorted({one.order_id for one in hopeful})
    )
    return [
        one
        for one in hopeful
        if any(
            one.sku not in refused.get((one.order_id, place), ())
            for place in _places(one, found[one.channel_id])
        )
    ]


def _places(one: Waiting, found: Candidates) -> list[UUID]:
    """Return the locations that have a whole unit for a line."""
    available: Mapping[tuple[str, UUID], int] = found.available
    needed = [(sku, each) for sku, each in one.holds.items() if each]
    return [
        place
        for place in found.locations
        if all(available.get((sku, place), 0) >= each for sku, each in needed)
    ]


def _turns(lines: Sequence[Waiting]) -> list[Turn]:
    together = groupby(lines, key=lambda one: one.order_id)
    return [Turn(order_id, list(group)) for order_id, group in together]
