"""Steps that need the network or a later hour: a row each, leased while they run.

A job function opens its own transactions: claim, call outside, note. It may run twice, so it
passes its own id on as the idempotency key.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from oms.kernel import actors, clock, db, due, ids
from oms.kernel.due import BACKOFF_SECONDS, Due, DueState
from oms.kernel.errors import Malformed
from oms.kernel.statements import Rows, Statement

log = structlog.get_logger()

LEASE = timedelta(seconds=120)


class JobRow(Due, table=True):
    """One step to be done: `key` makes asking for the same step twice one job."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "next_at", postgresql_where=text("status = 'due'")),
        *Due.checks(),
    )

    name: str
    key: str | None = Field(default=None, unique=True)
    arguments: dict[str, Any] = Field(sa_type=JSONB)


@dataclass(frozen=True)
class Job:
    """A step this process knows how to do; `every` makes it come again after each run."""

    name: str
    run: Callable[..., Awaitable[None]]
    every: timedelta | None = None


_known: dict[str, Job] = {}


def job(
    name: str, *, every: timedelta | None = None
) -> Callable[[Callable[..., Awaitable[None]]], Job]:
    """Declare a step under a stable name; with `every` it is repeated for ever."""

    def declared(run: Callable[..., Awaitable[None]]) -> Job:
        if name in _known:
            message = f"two jobs are called {name}"
            raise ValueError(message)
        _known[name] = Job(name, run, every)
        return _known[name]

    return declared


_ROWS = Rows(
    "job",
    "id uuid, name text, key text, arguments jsonb, next_at timestamptz",
    filled={"status": "'due'", "attempts": "0"},
    conflict="(key) DO NOTHING",
)


def enqueue(
    session: AsyncSession,
    step: Job,
    *,
    key: str | None = None,
    at: datetime | None = None,
    **arguments: object,
) -> None:
    """Owe a step, from this transaction's commit on; the same `key` is owed once."""
    job_id = ids.new()
    told = {name: str(value) for name, value in arguments.items()}
    _ROWS.add(
        session,
        id=job_id,
        name=step.name,
        key=key,
        arguments=told,
        next_at=at or clock.now(),
    )
    if at is None:
        session.info.setdefault("wake", []).append(("job", job_id))


async def schedule() -> None:
    """Owe every repeating step once; safe in every process at every start."""
    async with db.transaction() as session:
        for step in _known.values():
            if step.every is not None:
                enqueue(session, step, key=f"every:{step.name}")


async def run(job_id: UUID) -> None:
    """Lease the job, do it, and note how it went."""
    now = clock.now()
    async with db.transaction() as session:
        leased = await _LEASE.rows(session, id=job_id, now=now, lease_until=now + LEASE)
    for job in leased:
        await _run(job_id, job["name"], job["arguments"])


_LEASE = Statement("""
UPDATE job SET lease_until = :lease_until
WHERE id = (
    SELECT id FROM job
    WHERE id = :id AND status = 'due' AND next_at <= :now
        AND (lease_until IS NULL OR lease_until < :now)
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING name, arguments
""")

_FINISH = Statement("""
UPDATE job SET status = 'done', done_at = :now, lease_until = NULL
WHERE id = :id AND status = 'due'
""")

_REPEAT = Statement("""
UPDATE job SET next_at = :next_at, lease_until = NULL, attempts = 0
WHERE id = :id AND status = 'due'
""")


async def _run(job_id: UUID, name: str, arguments: dict[str, str]) -> None:
    try:
        with actors.acting(actors.SYSTEM):
            await _known[name].run(**arguments)
    except Exception as error:  # noqa: BLE001 -- noted in the row, retried, then parked
        log.warning("job.failed", job=name, job_id=str(job_id), error=type(error).__name__)
        await _note_failure(job_id, error)
    else:
        await _note_success(job_id, _known[name].every)


async def _note_success(job_id: UUID, every: timedelta | None) -> None:
    now = clock.now()
    async with db.transaction() as session:
        if every is None:
            await _FINISH.rows(session, id=job_id, now=now)
        else:
            await _REPEAT.rows(session, id=job_id, next_at=now + every)


async def _note_failure(job_id: UUID, error: Exception) -> None:
    """Try again later; what cannot be understood now never will be, and is parked at once."""
    schedule = () if isinstance(error, Malformed) else BACKOFF_SECONDS
    async with db.transaction() as session:
        row = await session.get_one(JobRow, job_id, with_for_update=True)
        if row.status is DueState.DUE:
            reason = f"{type(error).__name__}: {error}"
            due.failed(row, reason=reason, now=clock.now(), schedule=schedule)
