"""Working an import off: a chunk of rows in each transaction, or the whole file in one.

What a chunk's rows did, what became of them and how far the import has got become true together.
So a step may be killed anywhere and be run again, late, or by two at once: a chunk is done once.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.channels.imports import queries, rows
from oms.channels.imports.models import Import, ImportChunk, ImportProblem
from oms.channels.imports.rows import SHEETS, Tally
from oms.channels.imports.states import IMPORT, ImportStatus
from oms.kernel import actors, clock, jobs
from oms.kernel.bulk import Mode
from oms.kernel.db import AlreadyExists, transaction
from oms.kernel.errors import DomainError, Unavailable
from oms.kernel.jobs import JobRow

MAX_REASON = 500
KEPT = timedelta(days=90)


class _Undone(Exception):
    """All rows were judged, and nothing of what they did is to be kept."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally


@jobs.job("imports.work")
async def work(*, import_id: str, chunk: str) -> None:
    """Do one chunk of rows, or all of them where they stand and fall together, once."""
    try:
        await _do(UUID(import_id), int(chunk))
    except _Undone as undone:
        async with transaction() as session:
            one = await queries.lock(session, import_id=UUID(import_id))
            if _waits_for(one, int(chunk)):
                await _note(session, one, undone.tally)
    except (Unavailable, AlreadyExists):
        raise  # others were faster: the next attempt sees what they did
    except DomainError as error:
        async with transaction() as session:
            one = await queries.lock(session, import_id=UUID(import_id))
            if _waits_for(one, int(chunk)):
                await _fail(session, one, error.detail)


async def cancel(session: AsyncSession, *, import_id: UUID) -> Import:
    """Stop an import; what was written stays. Raises UnknownImport, IllegalMove."""
    one = await queries.lock(session, import_id=import_id)
    IMPORT.move(one, "cancel")
    await _end(session, one)
    return one


@jobs.job("imports.forget", every=timedelta(days=1))
async def forget() -> None:
    """Drop imports that ended long ago, and what was wrong with their rows."""
    async with transaction() as session:
        before = clock.now() - KEPT
        await session.execute(delete(Import).where(col(Import.ended_at) < before))


async def press(*, import_id: UUID) -> Import:
    """Do the next step here, unless a worker has it; returns how far the import is.

    Raises UnknownImport.
    """
    async with transaction() as session:
        one = await queries.one(session, import_id=import_id)
        job_id = await session.scalar(select(col(JobRow.id)).where(col(JobRow.key) == _key(one)))
    if not one.open or job_id is None:
        return one
    await jobs.run(job_id)
    async with transaction() as session:
        return await queries.one(session, import_id=import_id)


def owe(session: AsyncSession, one: Import) -> None:
    """Owe the next step, from this commit on."""
    jobs.enqueue(session, work, key=_key(one), import_id=one.id, chunk=one.next_chunk)


async def _do(import_id: UUID, chunk: int) -> None:
    async with transaction() as session:
        one = await queries.lock(session, import_id=import_id)
        if not _waits_for(one, chunk):
            return
        tally = Tally()
        with actors.acting(one.actor):
            for place in _unit(one):
                content = await queries.content(session, import_id=one.id, place=place)
                tally.add(
                    await rows.write(session, kind=one.kind, columns=one.columns, content=content)
                )
        if one.dry_run or (one.mode is Mode.ALL_OR_NOTHING and tally.refused):
            raise _Undone(tally)
        await _note(session, one, tally)


def _key(one: Import) -> str:
    return f"import:{one.id}:{one.next_chunk}"


def _waits_for(one: Import, chunk: int) -> bool:
    return one.open and one.next_chunk == chunk


def _unit(one: Import) -> range:
    """Return the chunks of the next transaction; a file without rows has none."""
    together = one.mode is Mode.ALL_OR_NOTHING
    return range(one.next_chunk, one.chunks if together else min(one.next_chunk + 1, one.chunks))


async def _note(session: AsyncSession, one: Import, tally: Tally) -> None:
    """Count what became of the rows, and owe the next step or end."""
    if one.status is ImportStatus.RECEIVED:
        IMPORT.move(one, "start")
    one.next_chunk = _unit(one).stop
    await _tell(session, one, tally)
    if one.mode is Mode.ALL_OR_NOTHING and tally.refused and not one.dry_run:
        one.refused = tally.refused
        await _fail(session, one, "rows were refused, so nothing was written")
        return
    for outcome, count in tally.counts.items():
        setattr(one, outcome, getattr(one, outcome) + count)
    if one.next_chunk == one.chunks:
        IMPORT.move(one, "finish")
        await _end(session, one)
    else:
        owe(session, one)


async def _tell(session: AsyncSession, one: Import, tally: Tally) -> None:
    """Keep what is wrong with rows, by line and column."""
    column_of = SHEETS[one.kind].column_of
    told: list[Mapping[str, object]] = [
        {
            "import_id": one.id,
            "line": line,
            "place": place,
            "column": column_of(problem["pointer"]),
            "code": problem["code"],
            "detail": problem["detail"],
        }
        for line, problems in tally.problems.items()
        for place, problem in enumerate(problems)
    ]
    if told:
        await session.execute(insert(ImportProblem), told)


async def _fail(session: AsyncSession, one: Import, reason: str) -> None:
    IMPORT.move(one, "fail")
    one.reason = reason[:MAX_REASON]
    await _end(session, one)


async def _end(session: AsyncSession, one: Import) -> None:
    """Note the time, and drop the rows that were kept for what is over now."""
    one.ended_at = clock.now()
    await session.execute(delete(ImportChunk).where(col(ImportChunk.import_id) == one.id))
