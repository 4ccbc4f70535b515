"""What a person sees while it runs: bars on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

LINE_SECONDS = 10


class Stage(Protocol):
    """One thing that gets done piece by piece."""

    def advance(self, pieces: int = 1) -> None: ...
    def grow(self, pieces: int = 1) -> None: ...


class Screen(Protocol):
    """Where progress is shown."""

    console: Console

    def stage(self, name: str, total: int = 0) -> Stage: ...


@dataclass
class BarStage:
    """A bar."""

    progress: Progress
    task: TaskID
    total: int

    def advance(self, pieces: int = 1) -> None:
        """Go on."""
        self.progress.advance(self.task, pieces)

    def grow(self, pieces: int = 1) -> None:
        """There is more to do."""
        self.total += pieces
        self.progress.update(self.task, total=self.total)


@dataclass
class Bars:
    """Bars that move, for a terminal."""

    console: Console
    progress: Progress

    def stage(self, name: str, total: int = 0) -> BarStage:
        """Begin a bar."""
        return BarStage(self.progress, self.progress.add_task(name, total=total), total)


@dataclass
class LineStage:
    """A number that is printed now and then."""

    console: Console
    name: str
    total: int
    done: int = 0
    told_at: float = 0

    def advance(self, pieces: int = 1) -> None:
        """Go on; say so every few seconds and at the end."""
        self.done += pieces
        if time.monotonic() - self.told_at > LINE_SECONDS:
            self._tell()

    def grow(self, pieces: int = 1) -> None:
        """There is more to do."""
        self.total += pieces

    def _tell(self) -> None:
        self.told_at = time.monotonic()
        self.console.print(f"{self.name}: {self.done}/{self.total}")


@dataclass
class Lines:
    """Plain lines, for logs."""

    console: Console

    def stage(self, name: str, total: int = 0) -> LineStage:
        """Begin to count."""
        return LineStage(self.console, name, total, told_at=time.monotonic())


@contextmanager
def opened(console: Console) -> Iterator[Screen]:
    """Show progress in the way the console can."""
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bars(console, progress)
