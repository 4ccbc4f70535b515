"""Questions and answers: facts and a reaction for tests of the worker, and a worker to answer."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.cli import serving
from oms.kernel import db, events, ids
from oms.kernel.events import Event, EventRow, on
from oms.worker import Worker

LOOK_SECONDS = 0.02
BOOK = ids.new()
"""Answers are facts about this one subject, so their sequence is the order they were given in."""


class Asked(Event, name="test.asked"):
    number: int


class Answered(Event, name="test.answered"):
    number: int


async def answer(session: AsyncSession, event: Asked) -> None:
    """Answer; a process told to (OMS_TEST_HOLD) holds on, once, before its commit."""
    events.record(session, Answered(number=event.number), about=UUID(os.environ["OMS_TEST_BOOK"]))
    await events.flush(session)
    if held := os.environ.pop("OMS_TEST_HOLD", None):
        await asyncio.to_thread(Path(held).touch)
        await asyncio.sleep(float(os.environ["OMS_TEST_HOLD_SECONDS"]))


def subscribe() -> None:
    """Let this process answer questions and react to nothing else."""
    os.environ["OMS_TEST_BOOK"] = os.environ.get("OMS_TEST_BOOK", str(BOOK))
    events.subscribe([on(Asked, answer)])


async def ask(*numbers: int, about: UUID | None = None) -> UUID:
    """Ask in one transaction; questions about one subject are answered in their order."""
    subject = about or ids.new()
    async with db.transaction() as session:
        for number in numbers:
            events.record(session, Asked(number=number), about=subject)
    return subject


async def answers() -> list[int]:
    """Return the numbers answered, in the order they were answered."""
    async with db.transaction() as session:
        rows = await session.scalars(
            select(EventRow)
            .where(col(EventRow.name) == Answered.name)
            .order_by(col(EventRow.sequence))
        )
        return [int(row.data["number"]) for row in rows]


async def owed() -> list[tuple[str, UUID]]:
    """Return the work that stands in the database, as hints name it."""
    async with db.transaction() as session:
        rows = await session.execute(text("SELECT id FROM delivery ORDER BY id"))
        return [("delivery", row.id) for row in rows]


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 -- the database does not call back
            await asyncio.sleep(LOOK_SECONDS)


async def answered(count: int, *, seconds: float = 60) -> list[int]:
    """Wait for so many answers, and a moment longer for one too many."""

    async def enough() -> bool:
        return len(await answers()) >= count

    await until(enough, seconds=seconds)
    await asyncio.sleep(0.2)
    return await answers()


def work_alone() -> None:
    """Be a worker process that answers questions until it is stopped."""
    serving.prepare()
    subscribe()
    worker = Worker()
    worker.start()
    serving.until_stopped()
    worker.stop()
