"""The API as its own process, on the database under measurement."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

PATIENCE_SECONDS = 60


@contextmanager
def serving(url: URL, *, port: int, workers: int) -> Iterator[None]:
    """Run `oms api` for the length of the block."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [str(Path(sys.executable).with_name("oms")), "api", "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [*command, "--workers", str(workers)],
        env={**os.environ, "OMS_DATABASE_URL": plain, "OMS_LOG_LEVEL": "WARNING"},
    )
    try:
        _wait(port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready"):
                return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
