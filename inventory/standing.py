"""What stands at levels, held so that nobody changes it before we have.

Levels that are not there yet are opened, because only what is there can be held; those that came to
nothing are closed again before the transaction ends, so that every level has a ledger.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.commitments import Level
from inventory.movements import BUCKETS
from oms.kernel.statements import Statement


class Standing(msgspec.Struct, frozen=True):
    """The buckets of one level at one moment."""

    sku: str
    location_id: UUID
    on_hand: int = 0
    committed: int = 0
    reserved: int = 0
    safety_stock: int = 0
    damaged: int = 0
    quality_control: int = 0
    incoming: int = 0

    @property
    def promisable(self) -> int:
        """Return the good units that nobody was promised, safety stock included."""
        return self.on_hand - self.damaged - self.quality_control - self.committed - self.reserved

    @property
    def available(self) -> int:
        """Return what is left to sell, below zero when safety stock hides more than there is."""
        return self.promisable - self.safety_stock

    @property
    def possible(self) -> bool:
        """Tell whether a level may stand so: no bucket below nothing, no more promised than is."""
        return self.promisable >= 0 and min(getattr(self, name) for name in BUCKETS) >= 0

    def changed(self, deltas: Mapping[str, int]) -> "Standing":
        """Return how the level stands after its buckets changed by so much."""
        changed = {name: getattr(self, name) + delta for name, delta in deltas.items()}
        return structs.replace(self, **changed)


async def hold(session: AsyncSession, *, levels: Iterable[Level]) -> dict[Level, Standing]:
    """Hold levels until the transaction ends and return how they stand; opens what is missing.

    Their items and locations must be known.
    """
    asked = set(levels)
    found = _standing(await _HOLD.rows(session, **_named(asked)))
    if missing := asked - found.keys():
        found |= _standing(await _OPEN.rows(session, **_named(missing)))
    return found


async def close(session: AsyncSession, *, levels: Iterable[Level]) -> None:
    """Close those of these held levels that never took stock."""
    if asked := set(levels):
        await _CLOSE.rows(session, **_named(asked))


def _standing(rows: Iterable[Mapping[str, Any]]) -> dict[Level, Standing]:
    return {
        (row["sku"], row["location_id"]): Standing(
            row["sku"], row["location_id"], *(row[name] for name in BUCKETS)
        )
        for row in rows
    }


def _named(levels: set[Level]) -> dict[str, list[Any]]:
    return {
        "skus": [sku for sku, _ in levels],
        "location_ids": [location_id for _, location_id in levels],
    }


_ASKED = """(
    SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:location_ids AS uuid[]))
        AS row (sku, location_id)
    ORDER BY sku, location_id
) AS asked"""
"""The levels in the order in which everybody locks them."""

_HOLD = Statement(f"""
SELECT level.* FROM {_ASKED} CROSS JOIN LATERAL (
    SELECT * FROM stock_level
    WHERE sku = asked.sku AND location_id = asked.location_id FOR NO KEY UPDATE) AS level
""")  # noqa: S608 -- our own words

_OPEN = Statement(f"""
INSERT INTO stock_level AS level (sku, location_id, {", ".join(BUCKETS)})
SELECT sku, location_id, {", ".join("0" for _ in BUCKETS)} FROM {_ASKED}
ON CONFLICT (sku, location_id) DO UPDATE SET incoming = level.incoming
RETURNING *
""")  # noqa: S608 -- our own words

_CLOSE = Statement(f"""
DELETE FROM stock_level AS level USING {_ASKED}
WHERE level.sku = asked.sku AND level.location_id = asked.location_id
    AND NOT EXISTS (
        SELECT FROM stock_movement
        WHERE sku = asked.sku AND location_id = asked.location_id)
""")  # noqa: S608 -- our own words
