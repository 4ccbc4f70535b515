"""The house the demonstration plays in: the server as a process of its own, on a fresh database."""

import asyncio
import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx

from oms.kernel import config
from oms.kernel.config import settings

HOST = "127.0.0.1"
PACE = {"OMS_LOG_LEVEL": "ERROR", "OMS_SWEEP_SECONDS": "0.5"}
"""Without a broker the worker finds what is due by looking; here it looks often."""

START_SECONDS = 60
STOP_SECONDS = 40
LOOK_SECONDS = 0.2
ELSEWHERE = ("OMS_DATABASE_URL", "OMS_BROKER_URL", "OMS_PUBLIC_URL")
"""Settings that would let the demonstration write into an installation that is in use."""


class HouseTaken(Exception):
    """Another demonstration is running in the same directory."""


class HouseFell(Exception):
    """The server did not start, or did not stay."""


@contextmanager
def fresh() -> Iterator[Path]:
    """Point this process and its children at an empty directory, which stays until the next run.

    Raises HouseTaken.
    """
    directory = settings().data_dir / "demo"
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HouseTaken(str(directory)) from None
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        for name in ELSEWHERE:
            os.environ.pop(name, None)
        os.environ["OMS_DATA_DIR"] = str(directory)
        os.environ["OMS_WEBHOOKS_ALLOW_PRIVATE"] = "true"
        config.settings.cache_clear()
        yield directory


@asynccontextmanager
async def open_for_business(directory: Path, *, port: int) -> AsyncIterator[str]:
    """Run API and worker while the block runs; gives the address. Raises HouseFell."""
    port = _free(port)
    os.environ.update(OMS_HOST=HOST, OMS_PORT=str(port))
    config.settings.cache_clear()
    url = f"http://{HOST}:{port}"
    async with _process(directory, "worker"), _process(directory, "api") as api:
        await _ready(api, url, directory)
        yield url


@asynccontextmanager
async def _process(directory: Path, command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `oms command` beside us, until the end of the block or its own.

    In a session of its own it does not hear Ctrl+C: it is we who stop it, in good order.
    """
    with (directory / f"{command}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "oms.cli.main", command),
            env={**PACE, **os.environ},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            await _end(process)


def _free(wanted: int) -> int:
    """Return the port, or another one when somebody listens there."""
    for port in (wanted, 0):
        try:
            with socket.create_server((HOST, port)) as listener:
                return int(listener.getsockname()[1])
        except OSError:
            continue
    raise HouseFell("no port is free")


async def _ready(process: asyncio.subprocess.Process, base_url: str, directory: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False) as http:
        while time.monotonic() < deadline and process.returncode is None:
            try:
                response = await http.get(f"{base_url}/health/ready")
                if response.is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(LOOK_SECONDS)
    raise HouseFell((directory / "api.log").read_text(errors="replace")[-2000:])


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the process to stop; one that takes too long, or that nobody waits for, is killed."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
