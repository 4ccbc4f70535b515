"""The server as a program starts it: the API and, if wanted, a worker inside, behind one URL."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self

import uvicorn
import uvloop

from api.app import create_app
from oms import wiring
from oms.cli import databases
from oms.cli.complaints import Complaint
from oms.kernel import broker, log
from oms.kernel.config import settings
from oms.worker import Worker

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75
"""Longer than load balancers keep idle connections, so that never we hang up first."""

STOP_SECONDS = 10
GLANCE_SECONDS = 0.02
STOPPING = (signal.SIGINT, signal.SIGTERM)


def prepare() -> None:
    """Make this process one of the system's: its log, its event loops, its wiring, its database."""
    log.configure()
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    wiring.install()
    databases.find()


def application() -> Any:  # noqa: ANN401 -- an ASGI application, for uvicorn only
    """Make the application of a process that only serves; its hints go to the broker, if any."""
    prepare()
    if settings().broker_url is not None:
        broker.start(broker.make(settings().broker_url))
    return create_app()


def configuration(made_by: Any, *, workers: int = 1) -> uvicorn.Config:  # noqa: ANN401 -- as above
    """Set up uvicorn. It logs no requests: paths of shoppers' pages are secrets."""
    return uvicorn.Config(
        made_by,
        factory=True,
        workers=workers,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def listen(host: str, port: int) -> socket.socket:
    """Take an address; port 0 takes any free port. Raises Complaint when it is not to be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise Complaint(f"cannot listen on {host} port {port}: {reason}") from error


class Server:
    """API and worker in threads of this process, from `start` to `stop` or as a context manager."""

    def __init__(
        self, *, host: str | None = None, port: int | None = None, work: bool = True
    ) -> None:
        """Take the address, so that a port in use is told before anything is started.

        Links shown to people follow it. Without `work` the process only serves.
        """
        known = settings()
        known.host = host or known.host
        self._socket = listen(known.host, known.port if port is None else port)
        known.port = self._socket.getsockname()[1]
        self._works = work
        self._worker: Worker | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Return the address this machine reaches it at, without a trailing slash."""
        host = settings().host
        return f"http://{f'[{host}]' if ':' in host else host}:{settings().port}"

    @property
    def alive(self) -> bool:
        """Tell whether it serves."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Serve, and work if wanted; returns when the first request can come."""
        if self._works:
            wiring.install()
            self._worker = Worker()
            self._worker.start()
        self._uvicorn = uvicorn.Server(configuration(create_app if self._works else application))
        self._thread = threading.Thread(
            target=self._uvicorn.run, kwargs={"sockets": [self._socket]}, name="oms-api"
        )
        self._thread.start()
        while not self._uvicorn.started and self.alive:
            time.sleep(GLANCE_SECONDS)

    def stop(self) -> None:
        """Finish the requests and the work in hand, then stop."""
        if self._uvicorn is not None and self._thread is not None:
            self._uvicorn.should_exit = True
            self._thread.join()
        if self._worker is not None:
            self._worker.stop()
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def until_stopped(alive: Callable[[], bool] = lambda: True) -> None:
    """Wait for Ctrl+C or SIGTERM, or until `alive` says no; a second signal ends at once."""
    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)

    for number in STOPPING:
        signal.signal(number, stop)
    while alive() and not stopped.wait(timeout=1):
        pass
