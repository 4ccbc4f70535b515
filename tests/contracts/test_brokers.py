"""Whatever happens to a broker, work is done once: hints only make it quick."""

import asyncio
import gc
import os
import shutil
import socket
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import dramatiq
import pika
import pytest
import redis

from oms import wiring
from oms.kernel import broker, ids
from oms.kernel.config import BadSetting, settings
from oms.worker import Worker
from tests import questions

pytestmark = [pytest.mark.broker, pytest.mark.usefixtures("database")]

REDIS = os.environ.get("OMS_TEST_REDIS_URL", "redis://127.0.0.1:6379")
AMQP = os.environ.get("OMS_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672")
REQUIRED = os.environ.get("OMS_REQUIRE_SERVICES", "0") not in {"", "0"}


@dataclass
class Service:
    """A broker as its operator sees it."""

    url: str | None
    queue: str

    def wipe(self) -> None:
        """Lose every message, those being worked on too, and the queue itself."""
        if self.url is None:
            dramatiq.get_broker().flush_all()
        elif self.url.startswith("redis"):
            with redis.Redis.from_url(self.url) as client:
                for key in client.scan_iter(f"{self.queue}*"):
                    client.delete(key)
        else:
            with (
                suppress(pika.exceptions.AMQPError),
                pika.BlockingConnection(pika.URLParameters(self.url)) as connection,
            ):
                for suffix in ("", ".DQ", ".XQ"):
                    connection.channel().queue_delete(self.queue + suffix)

    def put(self, body: bytes) -> None:
        """Put a raw message on the queue, as no Dramatiq would."""
        if self.url is None:
            dramatiq.get_broker().queues[self.queue].put(body)
        elif self.url.startswith("redis"):
            with redis.Redis.from_url(self.url) as client:
                client.hset(f"{self.queue}:{self.queue}.msgs", "poison", body)
                client.lpush(f"{self.queue}:{self.queue}", "poison")
        else:
            with pika.BlockingConnection(pika.URLParameters(self.url)) as connection:
                connection.channel().basic_publish("", self.queue, body)


def reachable(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname, address.port), timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def configure(monkeypatch) -> Iterator[Callable[..., Service]]:
    """Settings of this test's own queue; the services left clean."""
    used: list[Service] = []

    def configured(url: str | None, *, sweep_seconds: float) -> Service:
        service = Service(url, f"test-{ids.new()}")
        monkeypatch.setenv("OMS_QUEUE", service.queue)
        monkeypatch.setenv("OMS_SWEEP_SECONDS", str(sweep_seconds))
        if url is not None:
            monkeypatch.setenv("OMS_BROKER_URL", url)
        settings.cache_clear()
        questions.subscribe()
        used.append(service)
        return service

    yield configured
    monkeypatch.undo()
    settings.cache_clear()
    wiring.install()
    for service in used:
        if service.url is None or reachable(service.url):
            service.wipe()


@pytest.fixture(params=[None, REDIS, AMQP], ids=["in-process", "redis", "rabbitmq"])
def url(request) -> str | None:
    """Each broker in turn; without the service the test is skipped, or fails where required."""
    if request.param is not None and not REQUIRED and not reachable(request.param):
        pytest.skip(f"nothing answers at {urlsplit(request.param).netloc}")
    return request.param


@pytest.fixture
def working() -> Iterator[Callable[[], Worker]]:
    """Workers that are stopped after the test."""
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker())
        started[-1].start()
        return started[-1]

    yield start
    while started:
        started.pop().stop()


@pytest.fixture(autouse=True)
def _swept_up() -> None:
    """Dramatiq leaves a connection of RabbitMQ open when its queue is gone: of the test before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def test_a_hint_makes_work_done_without_waiting_for_a_sweep(url, configure, working):
    configure(url, sweep_seconds=60)
    working()

    await questions.ask(1, 2, 3)

    assert await questions.answered(3, seconds=30) == [1, 2, 3]


async def test_doubled_and_reordered_hints_change_nothing(url, configure, working):
    configure(url, sweep_seconds=60)
    await questions.ask(*range(10))
    hints = await questions.owed()
    working()

    for hint in [*reversed(hints), *hints, *hints]:
        await asyncio.to_thread(broker.send, [hint])

    assert await questions.answered(10) == list(range(10))


async def test_a_broker_wiped_under_load_loses_nothing(url, configure, working):
    service = configure(url, sweep_seconds=0.2)
    working()

    async def asking(person: int) -> None:
        for number in range(20):
            await questions.ask(person * 20 + number)

    async def wiping() -> None:
        for _ in range(15):
            await asyncio.to_thread(service.wipe)
            await asyncio.sleep(0.05)

    await asyncio.gather(wiping(), *(asking(person) for person in range(5)))

    assert sorted(await questions.answered(100)) == list(range(100))


async def test_work_goes_on_after_a_wipe(url, configure, working):
    service = configure(url, sweep_seconds=0.2)
    working()
    await questions.ask(1)
    await questions.answered(1)

    await asyncio.to_thread(service.wipe)
    await questions.ask(2)

    assert await questions.answered(2) == [1, 2]


async def test_poison_harms_only_itself(url, configure, working):
    service = configure(url, sweep_seconds=0.2)
    working()
    await questions.ask(1)
    await questions.answered(1)

    for body in (b"\xff\xfe", b"{}", b'{"queue_name": "x"}'):
        service.put(body)
    for actor, work in [
        ("nobody", []),
        (broker.ACTOR, "garbage"),
        (broker.ACTOR, [["delivery"]]),
        (broker.ACTOR, [["delivery", "not an id"]]),
        (broker.ACTOR, [["unknown kind", str(ids.new())]]),
        (broker.ACTOR, [["delivery", str(ids.new())], ["job", str(ids.new())]]),
    ]:
        message = dramatiq.Message(service.queue, actor, (), {"work": work}, {})
        dramatiq.get_broker().enqueue(message)
    for number in range(2, 12):
        await questions.ask(number)

    assert sorted(await questions.answered(11)) == list(range(1, 12))


@pytest.mark.parametrize("dead", ["redis://127.0.0.1:1", "amqp://127.0.0.1:1"])
async def test_a_broker_that_is_down_only_makes_work_slower(dead, configure, working):
    configure(dead, sweep_seconds=0.2)
    working()

    await questions.ask(1)

    assert await questions.answered(1) == [1]


@pytest.mark.slow
async def test_work_goes_on_while_a_broker_dies_and_comes_back(configure, working):
    with Redis() as service:
        configure(service.url, sweep_seconds=0.2)
        working()
        await questions.ask(1)
        await questions.answered(1)

        service.kill()
        for number in range(2, 52):
            await questions.ask(number)
        assert sorted(await questions.answered(51)) == list(range(1, 52))

        service.start()
        await questions.ask(52)
        assert sorted(await questions.answered(52)) == list(range(1, 53))


@pytest.mark.parametrize(
    "wrong", ["http://127.0.0.1", "redis", "redis://127.0.0.1:port", "amqp://127.0.0.1:port"]
)
def test_an_address_of_no_broker_is_refused_with_its_setting_named(wrong):
    with pytest.raises(BadSetting, match="OMS_BROKER_URL"):
        broker.make(wrong)


class Redis:
    """A Redis of our own, to be killed."""

    def __init__(self) -> None:
        self.program = shutil.which("redis-server")
        if self.program is None and not REQUIRED:
            pytest.skip("redis-server is not installed")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        options = ["--port", str(self.port), "--save", "", "--daemonize", "no"]
        self.process = subprocess.Popen(  # noqa: S603 -- the service under test
            [self.program, *options], stdout=subprocess.DEVNULL
        )
        while not reachable(self.url):
            assert self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
