"""Tables that are kept by month: a partition each, made before the month begins.

A table that is partitioned by RANGE of its time-ordered id (UUIDv7) is found in the catalogue, so a
room only has to declare it. Months are those of UTC. What falls into no month lies in the default
partition: nothing is refused because nobody made room. A month that began there ends there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import clock, db, jobs
from oms.kernel.checks import Check

AHEAD = 3
"""For how many months beyond the present one there is room."""

_LOCK = 7_361_004

_KEPT = text("""
    SELECT class.relname FROM pg_partitioned_table AS kept
    JOIN pg_class AS class ON class.oid = kept.partrelid
    JOIN pg_attribute AS key ON key.attrelid = kept.partrelid AND key.attnum = kept.partattrs[0]
    WHERE kept.partstrat = 'r' AND kept.partnatts = 1 AND key.atttypid = 'uuid'::regtype
        AND kept.partdefid <> 0 AND class.relnamespace = to_regnamespace(current_schema())
    ORDER BY class.relname
""")


def first_id(moment: datetime) -> UUID:
    """Return the smallest id that can be made at a moment or, within its millisecond, later."""
    milliseconds = (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << 80)


def months(moment: datetime, ahead: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield the beginning and the end of the month of a moment and of so many after it."""
    year, month = moment.astimezone(UTC).year, moment.astimezone(UTC).month - 1
    starts = [
        datetime(year + (month + n) // 12, (month + n) % 12 + 1, 1, tzinfo=UTC)
        for n in range(ahead + 2)
    ]
    yield from pairwise(starts)


async def make(session: AsyncSession, *, now: datetime) -> list[str]:
    """Make the missing partitions of this month and the next ones; returns their names."""
    await session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    tables = (await session.scalars(_KEPT)).all()
    made = [
        await _make(session, table, start, end)
        for table in tables
        for start, end in months(now, AHEAD)
    ]
    return [name for name in made if name]


async def _make(session: AsyncSession, table: str, start: datetime, end: datetime) -> str:
    """Make one partition; returns its name, or nothing where there is nothing to make.

    It is attached, not created in place: that way nobody who writes to the table waits.
    """
    name, low, high = f"{table}_{start:%Y_%m}", first_id(start), first_id(end)
    began = f"SELECT 1 FROM {table}_default WHERE id >= '{low}' AND id < '{high}' LIMIT 1"  # noqa: S608 -- a name of the catalogue and our own ids
    there = text("SELECT to_regclass(:name) IS NOT NULL")
    if await session.scalar(there, {"name": name}) or await session.scalar(text(began)):
        return ""
    await session.execute(
        text(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    )
    await session.execute(
        text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{low}') TO ('{high}')")
    )
    return name


@jobs.job("partitions.make_ahead", every=timedelta(hours=12))
async def make_ahead() -> None:
    """Make room for the coming months, long before they begin."""
    async with db.transaction() as session:
        await make(session, now=clock.now())


CHECKS = [
    Check(
        "partitions.made_ahead",
        "every table that is kept by month has a partition for the next month",
        """SELECT class.relname FROM pg_partitioned_table AS kept
           JOIN pg_class AS class ON class.oid = kept.partrelid
           WHERE kept.partstrat = 'r' AND to_regclass(class.relname || to_char(
               now() AT TIME ZONE 'UTC' + interval '1 month', '"_"YYYY_MM')) IS NULL""",
        "SELECT count(*) FROM pg_partitioned_table",
    ),
]
