"""Reading counts, and the only place that locks them and the levels they correct.

A count lies within the reach of whoever acts: staff of some locations see those of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.catalog.vocabulary import AbcClass
from inventory.commitments import Level
from inventory.counts.models import CountEntry, CountLine, CountPlan, StockCount
from inventory.counts.states import CountStatus
from inventory.models import Reason, StockLevel
from inventory.movements import BUCKETS
from inventory.standing import Standing
from oms.kernel import actors, pages, partitions
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page
from oms.kernel.statements import Statement

CORRECTING = (Reason.CYCLE_COUNT_AVAILABLE, Reason.CORRECTION, Reason.SHRINKAGE)
"""Why the books follow what was seen on the shelf: a count must not book the same again."""


class UnknownCount(NotFound):
    """There is no such count."""

    count_id: UUID


class CountChanged(Stale):
    """The count was changed since it was read."""

    number: str
    current_version: int


@dataclass(frozen=True)
class Filter:
    """Which counts a list shows; None does not restrict."""

    location_id: UUID | None = None
    status: CountStatus | None = None


async def get(session: AsyncSession, *, count_id: UUID) -> StockCount:
    """Read a count. Raises UnknownCount."""
    found = await session.scalar(
        select(StockCount).where(col(StockCount.id) == count_id, *_reach())
    )
    if found is None:
        raise UnknownCount(count_id)
    return found


async def lock(session: AsyncSession, *, count_id: UUID, version: int | None = None) -> StockCount:
    """Lock a count to change it, before anything else is locked. Raises UnknownCount, CountChanged.

    Its row guards its lines and entries: whoever changes those holds it.
    """
    await session.flush()
    found = await session.scalar(
        select(StockCount)
        .where(col(StockCount.id) == count_id, *_reach())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownCount(count_id)
    if version not in (None, found.version):
        raise CountChanged(found.number, found.version)
    return found


def touch(found: StockCount) -> None:
    """Raise the version of a locked count whose lines or entries changed."""
    flag_modified(found, "status")


async def lines(session: AsyncSession, *, count_id: UUID) -> Sequence[CountLine]:
    """Read the lines of a count, as they are now, by SKU."""
    await session.flush()
    found = await session.scalars(
        select(CountLine)
        .where(col(CountLine.count_id) == count_id)
        .order_by(col(CountLine.sku))
        .execution_options(populate_existing=True)
    )
    return found.all()


async def entries(session: AsyncSession, *, count_id: UUID) -> Sequence[CountEntry]:
    """Read what was entered for a count, the earliest first."""
    await session.flush()
    found = await session.scalars(
        select(CountEntry)
        .join(CountLine, col(CountLine.id) == col(CountEntry.line_id))
        .where(col(CountLine.count_id) == count_id)
        .order_by(col(CountEntry.id))
    )
    return found.all()


async def listed(
    session: AsyncSession, *, wanted: Filter, cursor: str | None, limit: int = pages.DEFAULT_LIMIT
) -> Page[StockCount]:
    """Read a page of the counts within reach, newest first."""
    asked = {name: value for name, value in vars(wanted).items() if value is not None}
    query = select(StockCount).filter_by(**asked).where(*_reach())
    return await pages.page(session, query, col(StockCount.id), cursor=cursor, limit=limit)


async def plans(session: AsyncSession, *, location_id: UUID | None = None) -> Sequence[CountPlan]:
    """Read the plans within reach, of one location or of all."""
    bounds = actors.current().location_ids
    query = select(CountPlan).order_by(col(CountPlan.location_id), col(CountPlan.abc_class))
    if location_id is not None:
        query = query.where(col(CountPlan.location_id) == location_id)
    if bounds is not None:
        query = query.where(col(CountPlan.location_id).in_(bounds))
    return (await session.scalars(query)).all()


async def lock_plan(
    session: AsyncSession, *, location_id: UUID, abc_class: AbcClass
) -> CountPlan | None:
    """Lock the plan of a location for a class, if there is one."""
    found: CountPlan | None = await session.scalar(
        select(CountPlan)
        .where(col(CountPlan.location_id) == location_id, col(CountPlan.abc_class) == abc_class)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found


async def asked_before(session: AsyncSession, *, cause: str) -> bool:
    """Tell whether a count was opened for this cause."""
    found = await session.scalar(select(col(StockCount.id)).where(col(StockCount.cause) == cause))
    return found is not None


async def due(session: AsyncSession, *, plan: CountPlan, before: datetime) -> list[str]:
    """Return the SKUs of a plan that were not counted since, the longest wait first."""
    rows = await _DUE.rows(
        session,
        location_id=plan.location_id,
        abc_class=plan.abc_class.value,
        before=before,
        most=plan.most_lines,
    )
    return [row["sku"] for row in rows]


async def corrections(
    session: AsyncSession, *, location_id: UUID, entries: Mapping[UUID, tuple[str, datetime]]
) -> dict[UUID, int]:
    """Return by how much each SKU was corrected since its entry was made, by entry."""
    asked = [
        {"id": entry_id, "sku": sku, "since": since, "first_id": partitions.first_id(since)}
        for entry_id, (sku, since) in entries.items()
    ]
    rows = await _CORRECTED.rows(
        session, asked=msgspec.json.encode(asked).decode(), location_id=location_id
    )
    return {row["id"]: row["units"] for row in rows}


async def hold(
    session: AsyncSession, *, location_id: UUID, skus: Collection[str], everywhere: Collection[str]
) -> None:
    """Hold the levels of SKUs at a location and those of others `everywhere`, in key order."""
    here = (col(StockLevel.location_id) == location_id) & col(StockLevel.sku).in_(skus)
    await session.execute(
        select(col(StockLevel.sku))
        .where(or_(here, col(StockLevel.sku).in_(everywhere)))
        .order_by(col(StockLevel.sku), col(StockLevel.location_id))
        .with_for_update(key_share=True)
    )


async def standing_at(
    session: AsyncSession, *, location_id: UUID, skus: Collection[str]
) -> dict[Level, Standing]:
    """Return how levels stand, without holding them."""
    names = [col(getattr(StockLevel, name)) for name in BUCKETS]
    rows = await session.execute(
        select(col(StockLevel.sku), col(StockLevel.location_id), *names).where(
            col(StockLevel.location_id) == location_id, col(StockLevel.sku).in_(skus)
        )
    )
    return {(row[0], row[1]): Standing(*row) for row in rows}


async def moment(session: AsyncSession) -> datetime:
    """Return the time by the clock that dates the ledger, for whoever holds the levels by now."""
    [row] = await _MOMENT.rows(session)
    found: datetime = row["now"]
    return found


def _reach() -> list[ColumnElement[bool]]:
    bounds = actors.current().location_ids
    return [] if bounds is None else [col(StockCount.location_id).in_(bounds)]


_WORDS = ", ".join(f"'{reason.value}'" for reason in CORRECTING)

_CORRECTED = Statement(f"""
SELECT entry.id, CAST(since.units AS int) AS units
FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS entry (
    id uuid, sku text, since timestamptz, first_id uuid)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(on_hand), 0) AS units FROM stock_movement
    WHERE sku = entry.sku AND location_id = :location_id AND id >= entry.first_id
        AND recorded_at > entry.since AND reason IN ({_WORDS})) AS since
""")  # noqa: S608 -- our own words

_DUE = Statement("""
SELECT level.sku FROM stock_level level
JOIN item ON item.sku = level.sku
LEFT JOIN stock_counted counted
    ON counted.sku = level.sku AND counted.location_id = level.location_id
WHERE level.location_id = :location_id AND abc_class = :abc_class AND item.active
    AND tracked AND NOT kit AND coalesce(counted.counted_at <= :before, true)
    AND NOT EXISTS (
        SELECT FROM stock_count_line line JOIN stock_count ON stock_count.id = line.count_id
        WHERE line.sku = level.sku AND stock_count.location_id = :location_id
            AND status IN ('open', 'counting', 'in_review'))
ORDER BY counted.counted_at NULLS FIRST, level.sku LIMIT :most
""")

_MOMENT = Statement("SELECT clock_timestamp() AS now")
