"""The one way units of lots move: counters and ledger lines in one statement.

Whoever calls holds the levels already. What was not told of a lot when the transaction ends, the
database assumes (the migration of lots says how), so that lots always add up to the stock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import actors, ids
from oms.kernel.errors import Conflict
from oms.kernel.statements import Statement


class Lacking(TypedDict):
    """A lot of which more was wanted at a location than it can give."""

    lot_id: UUID
    code: str | None
    location_id: UUID
    wanted: int
    free: int


class LotShort(Conflict):
    """Fewer units of the lot are there than were wanted."""

    lots: list[Lacking]

    @property
    def detail(self) -> str:
        """Say in words which lots are short."""
        told = [
            f"{one['code'] or 'unknown lot'}: {one['wanted']} wanted, {one['free']} free"
            for one in self.lots[:5]
        ]
        return f"{self.title} ({'; '.join(told)})"


@dataclass(frozen=True)
class LotChange:
    """By how much the counters of one lot at one location change, why, and on whose paper."""

    lot_id: UUID
    sku: str
    location_id: UUID
    reason: str
    reference: str | None = None
    claimant_id: UUID | None = None
    assumed: bool = False
    on_hand: int = 0
    picked: int = 0
    damaged: int = 0
    quality_control: int = 0


_APPLY = Statement("""
WITH change AS (
    SELECT * FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS row (
        id uuid, lot_id uuid, sku text, location_id uuid, reason text, reference text,
        claimant_id uuid, assumed bool, on_hand int, picked int, damaged int, quality_control int)
), delta AS (
    SELECT lot_id, location_id, sku, sum(on_hand)::int AS on_hand, sum(picked)::int AS picked,
        sum(damaged)::int AS damaged, sum(quality_control)::int AS quality_control
    FROM change GROUP BY lot_id, location_id, sku
), judged AS (
    SELECT delta.*, coalesce(held.on_hand, 0) AS held_on_hand,
        coalesce(held.picked, 0) AS held_picked, coalesce(held.damaged, 0) AS held_damaged,
        coalesce(held.quality_control, 0) AS held_quality_control
    FROM delta LEFT JOIN LATERAL (
        SELECT * FROM lot_stock
        WHERE lot_id = delta.lot_id AND location_id = delta.location_id) AS held ON true
), refused AS (
    SELECT * FROM judged
    WHERE held_picked + picked + held_damaged + damaged + held_quality_control + quality_control
            > held_on_hand + on_hand
        OR least(held_picked + picked, held_damaged + damaged,
            held_quality_control + quality_control) < 0
), written AS (
    INSERT INTO lot_stock AS stock (
        lot_id, location_id, sku, on_hand, picked, damaged, quality_control)
    SELECT lot_id, location_id, sku, held_on_hand + on_hand, held_picked + picked,
        held_damaged + damaged, held_quality_control + quality_control
    FROM judged WHERE NOT EXISTS (SELECT FROM refused) ORDER BY lot_id, location_id
    ON CONFLICT (lot_id, location_id) DO UPDATE
    SET on_hand = EXCLUDED.on_hand, picked = EXCLUDED.picked, damaged = EXCLUDED.damaged,
        quality_control = EXCLUDED.quality_control
), ledger AS (
    INSERT INTO lot_movement (
        id, lot_id, sku, location_id, on_hand, damaged, quality_control, reason, reference,
        claimant_id, assumed, actor)
    SELECT id, lot_id, sku, location_id, on_hand, damaged, quality_control, reason, reference,
        claimant_id, assumed, :actor
    FROM change
    WHERE NOT (on_hand = 0 AND damaged = 0 AND quality_control = 0)
        AND NOT EXISTS (SELECT FROM refused)
)
SELECT refused.lot_id, code, refused.location_id,
    refused.picked + refused.damaged + refused.quality_control - refused.on_hand AS wanted,
    held_on_hand - held_picked - held_damaged - held_quality_control AS free
FROM refused JOIN lot ON lot.id = lot_id ORDER BY code, refused.location_id
""")


async def apply(session: AsyncSession, *, changes: Sequence[LotChange]) -> None:
    """Change lots of levels that are held, all of it or none.

    Raises LotShort naming every lot that cannot give what is asked.
    """
    if not changes:
        return
    lines = sorted(ids.new() for _ in changes)
    rows = [{"id": line, **vars(change)} for line, change in zip(lines, changes, strict=True)]
    refused = await _APPLY.rows(
        session,
        changes=msgspec.json.encode(rows).decode(),
        actor=actors.current().label,
    )
    if refused:
        raise LotShort([_lacking(row) for row in refused])


def _lacking(row: Mapping[str, Any]) -> Lacking:
    return Lacking(
        lot_id=row["lot_id"],
        code=row["code"],
        location_id=row["location_id"],
        wanted=row["wanted"],
        free=row["free"],
    )
