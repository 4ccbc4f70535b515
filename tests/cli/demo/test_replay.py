"""The first orders of the demonstration live their whole lives, over HTTP."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ORDERS = 25
TIMEOUT_SECONDS = 110


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory that the embedded database may enter under any user."""
    with tempfile.TemporaryDirectory(prefix="oms-demo-") as name:
        yield Path(name)


def play(data_dir: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oms.cli.main", "demo", "--port", "0", "--orders", str(ORDERS)]
    environment = {**os.environ, "OMS_DATA_DIR": str(data_dir), "COLUMNS": "200"}
    return subprocess.run(  # noqa: S603 -- our own program
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def summary(output: str) -> dict[str, str]:
    rows = (line.split("  ", 1) for line in output.splitlines() if "  " in line)
    return {name: told.strip() for name, told in rows}


@pytest.mark.slow
def test_orders_live_their_lives_and_every_invariant_holds(data_dir):
    played = play(data_dir)
    told = summary(played.stdout)

    assert played.returncode == 0, played.stdout + played.stderr
    assert told["Surprises"] == "0"
    assert told["oms verify"].startswith("OK")
