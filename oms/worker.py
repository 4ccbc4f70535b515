"""The worker: does what is due. Hints wake it; what nobody hinted at, its sweeper finds.

A hint is taken in hand if there is room and forgotten otherwise: the row is still due, and a
sweeper comes back to it. So nothing is lost with a broker, and a backlog waits in the database.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import dramatiq
import structlog
from dramatiq.asyncio import EventLoopThread, get_event_loop_thread

from oms.kernel import broker, clock, db, jobs, work
from oms.kernel.config import settings

log = structlog.get_logger()

ROOM = work.BATCH
"""Rows of a kind that may wait in one process."""

THREADS = 2
"""Dramatiq's threads only hand hints over; rows are done side by side on one event loop."""

IDLE_MS = 200
PATIENCE_SWEEPS = 3
"""So many sweeps after its second hint a row is taken in hand without the broker."""

FINISH_SECONDS = 30.0
BROKER_STOP_MS = 5_000

Row = tuple[str, UUID]


@dataclass
class Hand:
    """The rows of one kind: those that wait, in order and each once, and those being done."""

    waiting: dict[UUID, None] = field(default_factory=dict)
    doing: set[UUID] = field(default_factory=set)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    busy: int = 0


class Hands:
    """What this process works on: so many rows of each kind at once.

    Kinds have hands of their own, so that slow webhooks never hold up reactions.
    """

    def __init__(self, *, at_once: int) -> None:
        self._at_once = at_once
        self._hands: dict[str, Hand] = {}
        self._open = True

    def holds(self, row: Row) -> bool:
        """Tell whether a row waits here or is being done."""
        hand = self._hands.get(row[0])
        return hand is not None and (row[1] in hand.waiting or row[1] in hand.doing)

    def take(self, row: Row) -> None:
        """Take a row in hand, if there is room."""
        hand = self._hands.setdefault(row[0], Hand())
        if not self._open or len(hand.waiting) >= ROOM:
            return
        hand.waiting[row[1]] = None
        if hand.busy < self._at_once:
            hand.busy += 1
            task = asyncio.create_task(self._serve(row[0], hand))
            hand.tasks.add(task)
            task.add_done_callback(hand.tasks.discard)

    async def finish(self) -> None:
        """Take nothing more and end what is being done; what takes too long is undone."""
        self._open = False
        tasks = {task for hand in self._hands.values() for task in hand.tasks}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _serve(self, kind: str, hand: Hand) -> None:
        try:
            while self._open and hand.waiting:
                await self._do(kind, hand, next(iter(hand.waiting)))
        finally:
            hand.busy -= 1

    async def _do(self, kind: str, hand: Hand, row_id: UUID) -> None:
        del hand.waiting[row_id]
        hand.doing.add(row_id)
        try:
            await work.do(kind, row_id)
        except Exception as error:  # noqa: BLE001 -- the row is still due, the sweeper comes back
            log.warning("work.failed", kind=kind, row_id=str(row_id), error=type(error).__name__)
        finally:
            hand.doing.discard(row_id)


class Sweeper:
    """Finds what is overdue: hints at it once, then takes it in hand without the broker."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._hinted_at: dict[Row, float] = {}
        self._scheduled = False

    async def run(self) -> None:
        """Sweep for ever, whatever happens to the broker or the database."""
        while True:
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001 -- the next sweep finds the same rows
                log.warning("sweep.failed", error=type(error).__name__)
            await asyncio.sleep(settings().sweep_seconds)

    async def sweep(self) -> None:
        """Look once. Work younger than a sweep is left to the hint its commit sent."""
        if not self._scheduled:
            await jobs.schedule()
            self._scheduled = True
        before = clock.now() - timedelta(seconds=settings().sweep_seconds)
        async with db.transaction() as session:
            found = await work.overdue(session, now=before)
        self._wake([row for row in found if not self._hands.holds(row)], now=time.monotonic())

    def _wake(self, found: list[Row], *, now: float) -> None:
        hinted = {row: self._hinted_at.get(row, now) for row in found}
        broker.wake(row for row in found if row not in self._hinted_at)
        patience_seconds = PATIENCE_SWEEPS * settings().sweep_seconds
        for row, hinted_at in hinted.items():
            if now - hinted_at >= patience_seconds:
                self._hands.take(row)
        self._hinted_at = hinted


class Worker:
    """A Dramatiq worker and its sweeper, in a process of their own or inside the server."""

    def __init__(self) -> None:
        """Make ready to start. Raises ValueError when the broker's URL is not one."""
        self._broker = broker.make(settings().broker_url)
        dramatiq.actor(actor_name=broker.ACTOR, queue_name=settings().queue, broker=self._broker)(
            self._hint
        )
        self._threads = dramatiq.Worker(
            self._broker, worker_threads=THREADS, worker_timeout=IDLE_MS
        )
        self._hands = Hands(at_once=settings().worker_concurrency)
        self._sweeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work; returns at once."""
        self._threads.start()
        self._loop().run_coroutine(self._begin())
        broker.start(self._broker)

    def stop(self) -> None:
        """Finish what is in hand, then stop; what waits is left to others."""
        loop = self._loop()
        loop.run_coroutine(self._end())
        broker.stop()
        try:
            self._threads.stop(timeout=BROKER_STOP_MS)
            self._broker.close()
        except Exception as error:  # noqa: BLE001 -- a dead broker must not keep the process alive
            log.warning("broker.not_closed", error=type(error).__name__)
            loop.stop()  # type: ignore[no-untyped-call]  # Dramatiq does not say it returns None

    async def _hint(self, work: list[list[str]]) -> None:
        for kind, row_id in work[:ROOM]:
            self._hands.take((kind, UUID(row_id)))

    async def _begin(self) -> None:
        self._sweeping = asyncio.create_task(Sweeper(self._hands).run())

    async def _end(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        await self._hands.finish()
        await db.dispose()

    def _loop(self) -> EventLoopThread:
        loop = get_event_loop_thread()
        if loop is None:
            raise RuntimeError("the worker's event loop did not start")
        return loop
