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
from dramatiq.middleware import AsyncIO

log = structlog.get_logger()

QUEUE = "oms"
ACTOR = "work"
BATCH = 50

_hints: SimpleQueue[tuple[str, UUID]] = SimpleQueue()
_sending = threading.Event()


def make(url: str | None) -> dramatiq.Broker:
    """Make the broker a URL names: none (in this process), `redis://…` or `amqp://…`.

    Dramatiq's own retries, delays, limits and results stay off: rows do that work.
    """
    middleware = [AsyncIO()]
    if url is None:
        return StubBroker(middleware=middleware)
    if url.startswith(("redis://", "rediss://")):
        from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415 -- optional client

        return RedisBroker(
            url=url, middleware=middleware, maintenance_chance=1_000_000, heartbeat_timeout=15_000
        )
    if url.startswith(("amqp://", "amqps://")):
        from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415 -- optional client

        return RabbitmqBroker(url=url, middleware=middleware, confirm_delivery=True)
    message = f"OMS_BROKER_URL must begin with redis:// or amqp://, not {url.split(':', 1)[0]}://"
    raise ValueError(message)


def start(broker: dramatiq.Broker) -> None:
    """Begin to send this process's hints through `broker`."""
    dramatiq.set_broker(broker)
    broker.declare_queue(QUEUE)
    if not _sending.is_set():
        _sending.set()
        threading.Thread(target=_send_for_ever, name="oms-hints", daemon=True).start()


def wake(work: Iterable[tuple[str, UUID]]) -> None:
    """Hint that rows are due: (kind, id) each. Never waits, never fails."""
    if _sending.is_set():
        for one in work:
            _hints.put(one)


def send(work: list[tuple[str, UUID]]) -> None:
    """Publish one hint about some rows now. Raises what the broker raises."""
    hint = [[kind, str(row_id)] for kind, row_id in work]
    dramatiq.get_broker().enqueue(
        dramatiq.Message(
            queue_name=QUEUE, actor_name=ACTOR, args=(), kwargs={"work": hint}, options={}
        )
    )


def _send_for_ever() -> None:
    while True:
        batch = [_hints.get()]
        while len(batch) < BATCH and not _hints.empty():
            batch.append(_hints.get())
        try:
            send(batch)
        except Exception as error:  # noqa: BLE001 -- a lost hint is found again by the sweeper
            log.warning("broker.hint_lost", hints=len(batch), error=type(error).__name__)
