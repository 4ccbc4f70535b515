"""Commands as their users call them."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
import structlog

from oms.cli import main
from oms.kernel.config import settings


@dataclass(frozen=True)
class Result:
    exit_code: int
    out: str
    err: str


@pytest.fixture
def oms(database, monkeypatch, capsys) -> Iterator[Callable[..., Awaitable[Result]]]:
    """Runs a command in a thread of this process, on the tests' database."""
    handlers = logging.root.handlers[:]

    def ended() -> int:
        try:
            main.main()
        except SystemExit as end:
            return int(end.code or 0)
        raise AssertionError("the command did not end")

    async def run(*arguments: str, **environment: str) -> Result:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        monkeypatch.setattr(sys, "argv", ["oms", *arguments])
        exit_code = await asyncio.to_thread(ended)
        told = capsys.readouterr()
        return Result(exit_code, told.out, told.err)

    yield run
    monkeypatch.undo()
    settings.cache_clear()
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
