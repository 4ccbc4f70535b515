"""The worker does everything once, in order, and never gives up silently."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from oms import wiring
from oms.kernel import broker, clock, db, deliveries, due, events, jobs, statements, work
from oms.kernel.config import settings
from oms.kernel.due import DueState
from oms.kernel.errors import Rejected
from oms.kernel.events import Delivery, on
from oms.kernel.jobs import JobRow
from oms.worker import Worker
from tests import questions
from tests.drain import parked
from tests.questions import Asked

pytestmark = pytest.mark.usefixtures("database")

ROOT = Path(__file__).parents[2]
WORK_ALONE = "from tests import questions; questions.work_alone()"


class OutOfInk(Rejected):
    """There is no ink."""


@pytest.fixture
def configure(monkeypatch) -> Iterator[Callable[..., None]]:
    """Settings for the workers of this test, which answer questions."""

    def configured(**values: object) -> None:
        for name, value in {"sweep_seconds": 0.05, **values}.items():
            monkeypatch.setenv(f"OMS_{name}".upper(), str(value))
        settings.cache_clear()
        questions.subscribe()

    configured()
    yield configured
    monkeypatch.undo()
    settings.cache_clear()
    clock.use(None)
    wiring.install()


@contextmanager
def working() -> Iterator[None]:
    """Have a worker in this process."""
    worker = Worker()
    worker.start()
    try:
        yield
    finally:
        worker.stop()


@contextmanager
def process(database_url, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Have a worker in a process of its own."""
    address = database_url.render_as_string(hide_password=False)
    running = subprocess.Popen(  # noqa: S603 -- our own worker
        [sys.executable, "-W", "ignore", "-c", WORK_ALONE],
        cwd=ROOT,
        env={**os.environ, "OMS_DATABASE_URL": address, **environment},
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@pytest.fixture
async def only_delivery(configure) -> AsyncIterator[Callable[[], object]]:
    """Reads the one delivery there is."""

    async def read() -> Delivery:
        async with db.transaction() as session:
            [(_, delivery_id)] = await questions.owed()
            return await session.get_one(Delivery, delivery_id)

    return read


async def test_a_fact_is_reacted_to_once_however_often_it_is_tried(configure):
    await questions.ask(1)
    [(kind, row_id)] = await questions.owed()

    await asyncio.gather(*(work.do(kind, row_id) for _ in range(8)))
    await work.do(kind, row_id)

    assert await questions.answers() == [1]


async def test_facts_of_a_subject_are_reacted_to_in_their_order(configure):
    with working():
        subject = await questions.ask(0)
        for number in range(1, 15):
            await questions.ask(number, about=subject)

        assert await questions.answered(15) == list(range(15))


async def test_what_waits_for_an_earlier_fact_does_not_hide_other_work(configure):
    await questions.ask(1, 2, 3)
    await questions.ask(4)
    first, _, _, other = await questions.owed()

    async with db.transaction() as session:
        found = await work.overdue(session, now=clock.now())

    assert sorted(found) == sorted([first, other])


async def test_work_is_found_by_the_index_of_due_rows(configure):
    """PostgreSQL never matches a partial index with a parameter."""
    statements: list[str] = []
    connection = db.engine().sync_engine

    def note(_, __, statement, *rest):
        statements.append(statement)

    sqlalchemy_event.listen(connection, "before_cursor_execute", note)
    try:
        async with db.transaction() as session:
            await work.overdue(session, now=clock.now())
        await deliveries.run(questions.BOOK)
    finally:
        sqlalchemy_event.remove(connection, "before_cursor_execute", note)

    found = [one for one in statements if "FROM delivery" in one or "FROM job" in one]
    assert len(found) == 3
    assert all("status = 'due'" in one for one in found)
    assert not any("status = $" in one for one in found)


async def test_a_failing_reaction_is_tried_later_and_later_then_parked_with_its_reason(
    configure, only_delivery
):
    moment = datetime.now(UTC) + timedelta(minutes=1)
    clock.use(lambda: moment)
    events.subscribe([on(Asked, failing)])
    await questions.ask(1)

    with working():
        for attempt, pause_seconds in enumerate(due.BACKOFF_SECONDS, start=1):

            async def tried(attempt: int = attempt) -> bool:
                return (await only_delivery()).attempts == attempt

            await questions.until(tried)
            row = await only_delivery()
            assert (row.status, row.reason) == (DueState.DUE, "OutOfInk: There is no ink.")
            assert row.next_at == moment + timedelta(seconds=pause_seconds)
            moment = row.next_at + timedelta(seconds=1)

        async def given_up() -> bool:
            return (await only_delivery()).status is DueState.PARKED

        await questions.until(given_up)

    assert await parked() == ["OutOfInk: There is no ink."]
    assert await questions.answers() == []


async def test_a_failed_reaction_is_not_tried_before_its_time(configure, only_delivery):
    events.subscribe([on(Asked, failing)])
    await questions.ask(1)
    [(kind, row_id)] = await questions.owed()

    for _ in range(5):
        await work.do(kind, row_id)

    assert (await only_delivery()).attempts == 1


async def test_parked_work_is_done_when_it_is_replayed(configure, only_delivery):
    await questions.ask(1)
    row = await only_delivery()
    async with db.transaction() as session:
        given_up = await session.get_one(Delivery, row.id)
        due.failed(given_up, reason="no ink", now=clock.now(), schedule=())

    with working():
        await asyncio.sleep(0.3)
        assert await questions.answers() == []
        async with db.transaction() as session:
            await deliveries.replay(session, delivery_id=row.id, now=clock.now())

        assert await questions.answered(1) == [1]


async def test_facts_behind_a_parked_one_go_on(configure):
    subject = await questions.ask(1, 2)
    await questions.ask(3, about=subject)
    [(_, first), *_] = await questions.owed()
    async with db.transaction() as session:
        row = await session.get_one(Delivery, first)
        due.failed(row, reason="no ink", now=clock.now(), schedule=())

    with working():
        assert await questions.answered(2) == [2, 3]


async def test_a_reaction_this_worker_does_not_know_is_left_for_one_that_does(
    configure, only_delivery
):
    await questions.ask(1)
    row = await only_delivery()
    events.subscribe([])

    await work.do("delivery", row.id)

    row = await only_delivery()
    assert (row.status, row.attempts) == (DueState.DUE, 1)
    assert row.reason == "UnknownReaction: tests.questions.answer"
    questions.subscribe()
    clock.use(lambda: row.next_at)
    await work.do("delivery", row.id)
    assert await questions.answers() == [1]


async def test_a_step_this_worker_does_not_know_is_left_for_one_that_does(configure):
    newer = jobs.Job("test.newer", forget)
    async with db.transaction() as session:
        jobs.enqueue(session, newer)
    async with db.transaction() as session:
        job_id = await session.scalar(text("SELECT id FROM job"))

    await work.do("job", job_id)

    async with db.transaction() as session:
        row = await session.get_one(JobRow, job_id)
    assert (row.status, row.attempts) == (DueState.DUE, 1)
    assert row.lease_until is None
    assert row.reason == "KeyError: 'test.newer'"


async def test_slow_steps_never_hold_up_reactions(configure):
    """Two at once and eight waiting, while the question comes last."""
    configure(worker_concurrency=2)
    async with db.transaction() as session:
        for _ in range(10):
            jobs.enqueue(session, slowly)

    with working():
        await questions.until(begun)
        await questions.ask(1)

        assert await questions.answered(1) == [1]
        RELEASED.append("all")


async def test_a_worker_goes_on_after_its_database_was_away(configure):
    """Its sweeper too: the second question comes without a hint."""
    with working():
        await questions.ask(1)
        await questions.answered(1)

        async with db.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await db.dispose()
        await asyncio.sleep(0.3)
        broker.stop()
        await questions.ask(2)

        assert await questions.answered(2) == [1, 2]


async def test_a_worker_killed_in_the_middle_of_a_reaction_leaves_it_to_another(
    configure, database_url, tmp_path
):
    held = tmp_path / "held"
    await questions.ask(1)
    with process(database_url, OMS_TEST_HOLD=str(held), OMS_TEST_HOLD_SECONDS="60") as first:
        await questions.until(exists(held))
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert await questions.answers() == []

    with process(database_url):
        assert await questions.answered(1) == [1]


async def test_a_worker_told_to_stop_finishes_what_is_in_hand(configure, database_url, tmp_path):
    held = tmp_path / "held"
    await questions.ask(1)
    with process(database_url, OMS_TEST_HOLD=str(held), OMS_TEST_HOLD_SECONDS="1") as running:
        await questions.until(exists(held))
        running.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(running.wait, 30)

    assert code == 0
    assert await questions.answers() == [1]


async def test_a_step_of_a_killed_worker_is_done_again_when_its_lease_ends(configure):
    async with db.transaction() as session:
        jobs.enqueue(session, forgetful)
        await statements.settle(session)
        await session.execute(
            text("UPDATE job SET lease_until = now() + :lease"), {"lease": jobs.LEASE}
        )
    with working():
        await asyncio.sleep(0.3)
        assert RAN == []

        clock.use(lambda: datetime.now(UTC) + jobs.LEASE)
        await questions.until(ran)

    assert RAN == ["once"]


async def failing(_session: object, _event: Asked) -> None:
    raise OutOfInk


async def forget() -> None:
    pass


BEGUN: list[str] = []
RELEASED: list[str] = []
RAN: list[str] = []


@jobs.job("test.slowly")
async def slowly() -> None:
    BEGUN.append("one")
    while not RELEASED:  # noqa: ASYNC110 -- it runs on another event loop than the test
        await asyncio.sleep(questions.LOOK_SECONDS)


@jobs.job("test.forgetful")
async def forgetful() -> None:
    RAN.append("once")


async def begun() -> bool:
    return len(BEGUN) == 2


async def ran() -> bool:
    return bool(RAN)


def exists(path: Path) -> Callable[[], object]:
    async def look() -> bool:
        return await asyncio.to_thread(path.exists)

    return look
