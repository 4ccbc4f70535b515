"""The one way stock changes: counters, ledger lines and promises in one statement.

The statement locks the levels in key order, looks whether everything fits, and only then writes:
all of it or nothing. It judges the values under the lock, so of two buyers of the last unit the
second one sees what the first one left. Promises are only touched under the lock of their level.
What turns a level low, out or back is told of it (inventory/turns.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory import turns
from inventory.models import Reason
from oms.kernel import actors
from oms.kernel.errors import Conflict
from oms.kernel.statements import Statement

BUCKETS = (
    "on_hand", "committed", "reserved", "safety_stock", "damaged", "quality_control", "incoming",
)  # fmt: skip
"""The counters of a level; `available` is what the database makes of them."""


class Shortage(TypedDict):
    """What was wanted of one level, and how much it could give."""

    sku: str
    location_id: UUID
    wanted: int
    available: int


class OutOfStock(Conflict):
    """Not enough stock is available."""

    shortages: list[Shortage]

    @property
    def detail(self) -> str:
        """Say in words what is short."""
        return f"{self.title} ({_told(self.shortages)})"


class NotPromised(Conflict):
    """More units would be released or shipped than are promised."""

    shortages: list[Shortage]

    @property
    def detail(self) -> str:
        """Say in words which promises are too small."""
        return f"{self.title} ({_told(self.shortages)})"


@dataclass(frozen=True)
class Change:
    """By how much the buckets of one level change, why, and on whose paper.

    Units that are taken must leave `leaving` units to sell on the shelf; of several changes to
    one level the most counts.
    """

    sku: str
    location_id: UUID
    reason: Reason
    reference: str | None = None
    on_hand: int = 0
    committed: int = 0
    reserved: int = 0
    safety_stock: int = 0
    damaged: int = 0
    quality_control: int = 0
    incoming: int = 0
    leaving: int = 0


Claims = Sequence[Mapping[str, object]]
"""Rows of claimant_id, sku, location_id, quantity, claimed_sku and claimed, one per row of
stock_commitment. A quantity of 0 claims what is not counted and needs no level."""


async def apply(session: AsyncSession, *, changes: Sequence[Change]) -> None:
    """Change levels and write the ledger; a level that only gains is opened when it is missing.

    Raises OutOfStock naming every level that cannot give what is asked; then nothing is written.
    """
    if refused := await _run(session, _APPLY, changes):
        raise OutOfStock([_shortage(row) for row in refused])


async def promise(session: AsyncSession, *, changes: Sequence[Change], claims: Claims) -> None:
    """Apply the changes and add to the claimants' promises. Raises OutOfStock as apply does."""
    if refused := await _run(session, _PROMISE, changes, claims):
        raise OutOfStock([_shortage(row) for row in refused])


async def settle(session: AsyncSession, *, changes: Sequence[Change], claims: Claims) -> None:
    """Apply the changes and take from the claimants' promises.

    Raises NotPromised naming every promise that is too small; then nothing is written.
    """
    if refused := await _run(session, _SETTLE, changes, claims):
        raise NotPromised([_promised(row) for row in refused])


async def _run(
    session: AsyncSession, statement: Statement, changes: Sequence[Change], claims: Claims = ()
) -> Sequence[Mapping[str, Any]]:
    rows = [{"place": place, **vars(change)} for place, change in enumerate(changes)]
    values = {
        "changes": msgspec.json.encode(rows).decode(),
        "claims": msgspec.json.encode(claims).decode(),
        "actor": actors.current().label,
    }
    rows = await statement.rows(session, **values)
    turns.tell(session, [row for row in rows if row["turn"]])
    return [row for row in rows if not row["turn"]]


def _shortage(row: Mapping[str, Any]) -> Shortage:
    wanted, available = row["taken"], max(row["free"], 0)
    if wanted <= available:  # as a whole it fits, but one bucket holds less than is taken from it
        bucket = next(name for name in BUCKETS if row[f"held_{name}"] + row[name] < 0)
        wanted, available = -row[bucket], row[f"held_{bucket}"]
    return _named(row, wanted, available)


def _named(row: Mapping[str, Any], wanted: int, available: int) -> Shortage:
    return Shortage(
        sku=row["sku"], location_id=row["location_id"], wanted=wanted, available=available
    )


def _promised(row: Mapping[str, Any]) -> Shortage:
    return Shortage(
        sku=row["claimed_sku"],
        location_id=row["location_id"],
        wanted=row["wanted"],
        available=row["available"],
    )


def _told(shortages: Sequence[Shortage]) -> str:
    return "; ".join(
        f"{one['sku']}: {one['wanted']} wanted, {one['available']} available"
        for one in shortages[:5]
    )


def _each(template: str) -> str:
    return ", ".join(template.format(bucket=bucket) for bucket in BUCKETS)


# Levels are always found through their key, by LATERAL and ON CONFLICT: PostgreSQL expects 100
# rows of a JSON list, so on a young database it would plan a join as a scan of the whole table and
# keep that plan. ON CONFLICT also changes the newest version of a level, where an UPDATE would try
# the CHECKs on the version of its snapshot first and refuse what fits.
#
# A level that was found is locked, so what was judged is its newest version and is written as it
# is. One that was not found is opened, unless somebody opens it at the same moment: then the
# change, which can only be a gain, is added. Each row is looked at once, however many there are.
#
# The lines of a statement bear the moment at which it held all its locks, whenever its transaction
# began: `recorded_at` is the order in which a level's ledger was written. The ids (UUIDv7) bear the
# same moment by its millisecond. Within it those of one statement count on (RFC 9562 section 6.2,
# method 1), while those of several statements stand in no order.
#
# A level that was not found and yet was there by the time it was opened has the xmax of that
# conflict; a new one has none, and nobody is told of it.

_JUDGE = f"""
WITH change AS (
    SELECT * FROM jsonb_to_recordset(CAST(:changes AS jsonb)) AS row (
        place int, sku text, location_id uuid, reason text, reference text, leaving int,
        {_each("{bucket} int")})
), delta AS (
    SELECT sku, location_id, max(leaving) AS leaving, {_each("sum({bucket}) AS {bucket}")}
    FROM change GROUP BY sku, location_id ORDER BY sku, location_id
), locked AS (
    SELECT level.* FROM delta CROSS JOIN LATERAL (
        SELECT * FROM stock_level
        WHERE sku = delta.sku AND location_id = delta.location_id FOR NO KEY UPDATE) AS level
), judged AS (
    SELECT delta.*, {_each("coalesce(level.{bucket}, 0) AS held_{bucket}")},
        level.sku IS NOT NULL AS found,
        delta.committed + delta.reserved + delta.damaged + delta.quality_control - delta.on_hand
            AS taken,
        delta.on_hand - delta.committed - delta.reserved - delta.safety_stock - delta.damaged
            - delta.quality_control AS gain, coalesce(level.available, 0) AS held_available,
        coalesce(level.available + CASE WHEN delta.committed + delta.reserved > 0 THEN 0
            ELSE level.safety_stock END, 0) - delta.leaving AS free
    FROM delta LEFT JOIN locked AS level USING (sku, location_id)
)"""  # noqa: S608 -- the names of our own columns

_FIT = f""", refused AS (
    SELECT * FROM judged
    WHERE taken > greatest(free, 0) OR least({_each("held_{bucket} + {bucket}")}) < 0
)"""  # noqa: S608 -- the names of our own columns

_CLAIM = """, claim AS (
    SELECT * FROM jsonb_to_recordset(CAST(:claims AS jsonb)) AS row (
        claimant_id uuid, sku text, location_id uuid, quantity int,
        claimed_sku text, claimed int)
)"""

_COVER = """, promised AS (
    SELECT held.* FROM claim LEFT JOIN locked USING (sku, location_id) CROSS JOIN LATERAL (
        SELECT * FROM stock_commitment WHERE claimant_id = claim.claimant_id
            AND sku = coalesce(locked.sku, claim.sku) AND location_id = claim.location_id
        FOR UPDATE) AS held
), covered AS (
    SELECT claimant_id, claim.sku, location_id, claim.claimed_sku, claim.claimed AS wanted,
        coalesce(promised.claimed, 0) AS available, promised.quantity - claim.quantity AS rest
    FROM claim LEFT JOIN promised USING (claimant_id, sku, location_id)
), refused AS (
    SELECT * FROM covered WHERE wanted > available
)"""

_LINE_ID = """CAST(overlay(CAST(gen_random_uuid() AS text) PLACING
        overlay(lpad(stamp, 12, '0') PLACING '-' FROM 9 FOR 0) || '-7'
            || lpad(to_hex(place % 4096), 3, '0') FROM 1 FOR 18) AS uuid)"""

_WRITE = f""", moment AS MATERIALIZED (
    SELECT now, to_hex(CAST(floor(extract(epoch FROM now) * 1000) AS bigint)) AS stamp
    FROM (SELECT clock_timestamp() AS now
          FROM (SELECT count(*) FROM locked) AS held
          WHERE NOT EXISTS (SELECT FROM refused) OFFSET 0) AS clock
), written AS (
    INSERT INTO stock_level AS level (sku, location_id, {_each("{bucket}")})
    SELECT sku, location_id, {_each("held_{bucket} + {bucket}")}
    FROM judged CROSS JOIN moment WHERE found ORDER BY sku, location_id
    ON CONFLICT (sku, location_id) DO UPDATE SET {_each("{bucket} = EXCLUDED.{bucket}")}
), opened AS (
    INSERT INTO stock_level AS level (sku, location_id, {_each("{bucket}")})
    SELECT sku, location_id, {_each("{bucket}")}
    FROM judged CROSS JOIN moment WHERE NOT found ORDER BY sku, location_id
    ON CONFLICT (sku, location_id)
    DO UPDATE SET {_each("{bucket} = level.{bucket} + EXCLUDED.{bucket}")}
    RETURNING sku, location_id, available, safety_stock, xmax <> 0 AS stood
), ledger AS (
    INSERT INTO stock_movement (
        id, recorded_at, sku, location_id, reason, reference, actor, {_each("{bucket}")})
    SELECT {_LINE_ID}, now, sku, location_id, reason, reference, :actor, {_each("{bucket}")}
    FROM change CROSS JOIN moment
), standing AS (
    SELECT sku, location_id, gain, safety_stock, held_available AS was_available,
        held_safety_stock AS was_safety_stock
    FROM judged CROSS JOIN moment WHERE found
    UNION ALL
    SELECT sku, location_id, gain, judged.safety_stock, opened.available - gain,
        opened.safety_stock - judged.safety_stock
    FROM opened JOIN judged USING (sku, location_id) WHERE stood
), turned AS (
    SELECT * FROM (
        SELECT sku, location_id, now_available, now_safety_stock, CASE
            WHEN now_available <= 0 AND was_available > 0 THEN 'out'
            WHEN now_available > 0 AND was_available <= 0 THEN 'back'
            WHEN now_available BETWEEN 1 AND now_safety_stock AND was_available > was_safety_stock
                THEN 'low' END AS turn
        FROM (SELECT *, was_available + gain AS now_available,
                  was_safety_stock + safety_stock AS now_safety_stock FROM standing) AS level
    ) AS level WHERE turn IS NOT NULL
)"""  # noqa: S608 -- the names of our own columns

_KEEP = """, kept AS (
    INSERT INTO stock_commitment AS held (
        claimant_id, sku, location_id, quantity, claimed_sku, claimed)
    SELECT claimant_id, sku, location_id, quantity, claimed_sku, claimed
    FROM claim WHERE NOT EXISTS (SELECT FROM refused)
    ON CONFLICT (claimant_id, sku, location_id) DO UPDATE
    SET quantity = held.quantity + EXCLUDED.quantity, claimed = held.claimed + EXCLUDED.claimed
)"""

_END = """, ended AS (
    DELETE FROM stock_commitment AS held USING covered
    WHERE (held.claimant_id, held.sku, held.location_id)
            = (covered.claimant_id, covered.sku, covered.location_id)
        AND wanted = available AND NOT EXISTS (SELECT FROM refused)
), shrunk AS (
    UPDATE stock_commitment AS held
    SET quantity = rest, claimed = available - wanted FROM covered
    WHERE (held.claimant_id, held.sku, held.location_id)
            = (covered.claimant_id, covered.sku, covered.location_id)
        AND wanted < available AND NOT EXISTS (SELECT FROM refused)
)"""

_TELL = """
SELECT * FROM refused FULL JOIN turned USING (sku, location_id) ORDER BY sku, location_id"""
"""Either what was refused or, when nothing was, the levels that turned."""

_APPLY = Statement(_JUDGE + _FIT + _WRITE + _TELL)
_PROMISE = Statement(_JUDGE + _FIT + _CLAIM + _WRITE + _KEEP + _TELL)
_SETTLE = Statement(_JUDGE + _CLAIM + _COVER + _WRITE + _END + _TELL)
