"""A real Chromium, and the application where it can be reached."""

import asyncio
import shutil
from contextlib import asynccontextmanager

import pytest
import uvicorn

from api.app import create_app

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--enable-logging=stderr",
    "--dump-dom",
)

needed = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


async def show(url, folder) -> tuple[str, str]:
    """Open a page; returns what the browser made of it and what it complained about."""
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={folder}",
        f"--screenshot={folder}/page.png",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    dom, log = await asyncio.wait_for(browser.communicate(), timeout=60)
    complaints = [line for line in log.decode().splitlines() if "CONSOLE" in line]
    return dom.decode(), "\n".join(complaints)


@asynccontextmanager
async def serving():
    """Serve the application on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 -- uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task
