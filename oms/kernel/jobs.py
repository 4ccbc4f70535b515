"""Steps that need the network or a later hour: a row each, leased while they run.

A job function opens its own transactions: claim, call outside, note. It may run twice, so it
passes its own id on as the idempotency key.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Index, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from oms.kernel import actors, clock, db, due, ids
from oms.kernel.due import BACKOFF_SECONDS, Due, DueState
from oms.kernel.errors import Malformed
from oms.kernel.statements import Statement

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


_ENQUEUE = Statement("""
INSERT INTO job (id, name, key, arguments, status, attempts, next_at)
VALUES (:id, :name, :key, :arguments, 'due', 0, :next_at)
ON CONFLICT (key) DO NOTHING
""")


async def enqueue(
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
    await _ENQUEUE.rows(
        session,
        id=job_id,
        name=step.name,
        key=key,
        arguments=msgspec.json.encode(told).decode(),
        next_at=at or clock.now(),
    )
    if at is None:
        session.info.setdefault("wake", []).append(("job", job_id))


async def schedule() -> None:
    """Owe every repeating step once; safe in every process at every start."""
    async with db.transaction() as session:
        for step in _known.values():
            if step.every is not None:
                await enqueue(session, step, key=f"every:{step.name}")


async def run(job_id: UUID) -> None:
    """Lease the job, do it, and note how it went."""
    async with db.transaction() as session:
        row = await _claim(session, job_id)
        if row is None:
            return
        row.lease_until = clock.now() + LEASE
    try:
        with actors.acting(actors.SYSTEM):
            await _known[row.name].run(**row.arguments)
    except Exception as error:  # noqa: BLE001 -- noted in the row, retried, then parked
        log.warning("job.failed", job=row.name, job_id=str(job_id), error=type(error).__name__)
        reason = f"{type(error).__name__}: {error}"
        await _note(job_id, reason=reason, again=not isinstance(error, Malformed))
    else:
        await _note(job_id, reason=None)


async def _claim(session: AsyncSession, job_id: UUID) -> JobRow | None:
    now = clock.now()
    return await session.scalar(
        select(JobRow)
        .where(col(JobRow.id) == job_id, col(JobRow.status) == DueState.DUE)
        .where(col(JobRow.next_at) <= now)
        .where(or_(col(JobRow.lease_until).is_(None), col(JobRow.lease_until) < now))
        .with_for_update(skip_locked=True)
    )


async def _note(job_id: UUID, *, reason: str | None, again: bool = True) -> None:
    """Write down the end of a run; what cannot be understood now never will be (`again`)."""
    now = clock.now()
    async with db.transaction() as session:
        row = await session.get_one(JobRow, job_id, with_for_update=True)
        if row.status is not DueState.DUE:
            return
        step = _known.get(row.name)
        if reason is not None:
            due.failed(row, reason=reason, now=now, schedule=BACKOFF_SECONDS if again else ())
        elif step is not None and step.every is not None:
            row.next_at, row.lease_until, row.attempts = now + step.every, None, 0
        else:
            due.finished(row, now=now)
