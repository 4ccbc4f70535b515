"""Wake-up hints to the workers through Dramatiq. Losing, doubling or reordering them is harmless.

Hints are sent by one thread of its own, so that a slow or dead broker never holds a request.
"""

import threading
from collections.abc import Iterable
from queue import SimpleQueue
from uuid import UUID

import dramatiq
import structlog
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AsyncIO, Middleware

from oms.kernel.config import BadSetting, settings

log = structlog.get_logger()

ACTOR = "work"
BATCH = 50
WAITING = 10_000
"""Hints kept while the broker is slow; those beyond are left to the sweepers."""

END_SECONDS = 2.0


class Sender(threading.Thread):
    """Publishes hints one batch after the other, until its end."""

    def __init__(self) -> None:
        super().__init__(name="oms-hints", daemon=True)
        self.hints: SimpleQueue[tuple[str, UUID] | None] = SimpleQueue()
        self.ended = False

    def run(self) -> None:
        while not self.ended:
            batch = [self.hints.get()]
            while len(batch) < BATCH and not self.hints.empty():
                batch.append(self.hints.get())
            self.publish([hint for hint in batch if hint is not None])

    def publish(self, batch: list[tuple[str, UUID]]) -> None:
        try:
            send(batch)
        except Exception as error:  # noqa: BLE001 -- a lost hint is found again by the sweeper
            log.warning("broker.hint_lost", hints=len(batch), error=type(error).__name__)

    def end(self) -> None:
        self.ended = True
        self.hints.put(None)
        self.join(END_SECONDS)


_senders: list[Sender] = []


def make(url: str | None) -> dramatiq.Broker:
    """Make the broker a URL names: none (in this process), `redis://…` or `amqp://…`.

    Dramatiq's own retries, delays, limits and results stay off: rows do that work.
    Raises BadSetting; whether the broker answers is not asked.
    """
    middleware: list[Middleware] = [AsyncIO()]
    if url is None:
        return StubBroker(middleware=middleware)
    try:
        if url.startswith(("redis://", "rediss://")):
            return _redis(url, middleware)
        if url.startswith(("amqp://", "amqps://")):
            return _rabbitmq(url, middleware)
    except ValueError as error:
        raise BadSetting(f"OMS_BROKER_URL cannot be understood: {error}") from error
    scheme = url.split(":", 1)[0]
    raise BadSetting(f"OMS_BROKER_URL must begin with redis:// or amqp://, not {scheme}://")


def _redis(url: str, middleware: list[Middleware]) -> dramatiq.Broker:
    """Look after stranded messages at every command, which costs little and waits least."""
    from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415 -- optional client

    return RedisBroker(  # type: ignore[no-untyped-call]  # its arguments have no types
        url=url,
        middleware=middleware,
        namespace=settings().queue,
        maintenance_chance=1_000_000,
        heartbeat_timeout=15_000,
    )


def _rabbitmq(url: str, middleware: list[Middleware]) -> dramatiq.Broker:
    from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415 -- optional client

    return RabbitmqBroker(url=url, middleware=middleware, confirm_delivery=True)


def start(broker: dramatiq.Broker) -> None:
    """Begin to send this process's hints through `broker`, or go on through another one."""
    dramatiq.set_broker(broker)
    broker.declare_queue(settings().queue)
    if not _senders:
        _senders.append(Sender())
        _senders[0].start()


def stop() -> None:
    """Send no more hints; what becomes due waits for the sweepers of other processes."""
    if _senders:
        _senders.pop().end()


def wake(work: Iterable[tuple[str, UUID]]) -> None:
    """Hint that rows are due: (kind, id) each. Never waits, never fails."""
    for sender in _senders:
        if sender.hints.qsize() < WAITING:
            for one in work:
                sender.hints.put(one)


def send(work: list[tuple[str, UUID]]) -> None:
    """Publish one hint about some rows now. Raises what the broker raises."""
    hint = [[kind, str(row_id)] for kind, row_id in work]
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=settings().queue, actor_name=ACTOR, args=(), kwargs={"work": hint}, options={}
    )
    dramatiq.get_broker().enqueue(message)
