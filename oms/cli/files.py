"""`oms import` and `oms export`: files of rows, into the database of this process and out of it."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from typer import Exit

from oms import wiring
from oms.channels.exports import exports
from oms.channels.files import Format
from oms.channels.imports import queries, runs, uploads
from oms.channels.imports.models import Import, ImportProblem
from oms.channels.imports.states import ImportStatus
from oms.channels.imports.uploads import MAX_BYTES, Wish
from oms.cli import databases
from oms.cli.complaints import Complaint
from oms.kernel import db, log
from oms.kernel.bulk import Mode
from oms.kernel.files import charsets

PIECE_BYTES = 64 * 1024
WAIT_SECONDS = 0.5
STANDSTILL_SECONDS = 150
SHOWN = 20
LINES = {".ndjson", ".jsonl"}
"""Endings of files that are NDJSON; all others are CSV."""


def bring_in(*, kind: str, path: Path, charset: str | None, mode: str, dry_run: bool) -> None:
    """Import a file, show how far it is, and exit with 1 when rows were refused. Raises Complaint.

    Workers that run at the same time help, and go on when this is interrupted.
    """
    if not path.is_file():
        raise Complaint(f"there is no file {path}")
    if path.stat().st_size > MAX_BYTES:
        raise Complaint(f"{path} has more than {MAX_BYTES:,} bytes: cut it")
    if mode not in set(Mode):
        raise Complaint(f"there is no mode {mode}; there are {', '.join(Mode)}")
    wish = Wish(_named(kind, path), mode=Mode(mode), dry_run=dry_run)
    log.configure()
    databases.ready()
    wiring.install()
    console = Console()
    ended, problems = asyncio.run(_imported(path, charset, wish, console))
    _show(ended, problems, console)
    if ended.status is not ImportStatus.DONE or ended.refused:
        raise Exit(1)


def bring_out(*, kind: str, path: Path | None, charset: str, bom: bool) -> None:
    """Export to a path, or to standard output as CSV. Raises UnknownFile, UnknownCharset."""
    log.configure()
    databases.ready()
    asyncio.run(_exported(_named(kind, path), path, charset, bom=bom))


def _named(kind: str, path: Path | None) -> str:
    lines = path is not None and path.suffix.lower() in LINES
    return f"{kind}.{Format.NDJSON if lines else Format.CSV}"


async def _exported(file_name: str, path: Path | None, charset: str, *, bom: bool) -> None:
    try:
        asked = charsets.named(charset)
        with await exports.export(file_name=file_name, charset=asked, bom=bom) as file:
            if path is None:
                shutil.copyfileobj(file, sys.stdout.buffer)
                sys.stdout.buffer.flush()
            else:
                with path.open("wb") as target:
                    shutil.copyfileobj(file, target)
    finally:
        await db.dispose()


async def _imported(
    path: Path, charset: str | None, wish: Wish, console: Console
) -> tuple[Import, list[ImportProblem]]:
    try:
        made = await _received(path, charset, wish)
        with _bar(console) as progress:
            task = progress.add_task(wish.file_name, total=made.rows)
            ended = await _pressed(made, lambda done: progress.update(task, completed=done))
        return ended, await _first_problems(ended.id)
    finally:
        await db.dispose()


async def _pressed(one: Import, tell: Callable[[int], None]) -> Import:
    """Go on until the import is over. Raises Complaint when it does not get on."""
    moved_at = time.monotonic()
    while one.open:
        seen = await runs.press(import_id=one.id)
        if seen.next_chunk > one.next_chunk:
            moved_at = time.monotonic()
        elif seen.open:
            await asyncio.sleep(WAIT_SECONDS)  # a worker has it, or it is tried again soon
        if time.monotonic() - moved_at > STANDSTILL_SECONDS:
            raise Complaint(f"import {one.id} stands still; a worker goes on with it when it can")
        one = seen
        tell(one.done)
    return one


async def _received(path: Path, charset: str | None, wish: Wish) -> Import:
    asked = None if charset is None else charsets.named(charset)
    upload = await uploads.arrive(_pieces(path), charset=asked)
    with upload.file:
        async with db.transaction() as session:
            return await uploads.receive(session, upload=upload, wish=wish)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


async def _first_problems(import_id: UUID) -> list[ImportProblem]:
    async with db.snapshot() as session:
        with suppress(StopAsyncIteration):
            return list(await anext(queries.problems(session, import_id=import_id)))[:SHOWN]
    return []


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)


def _show(ended: Import, problems: list[ImportProblem], console: Console) -> None:
    if problems:
        table = Table("Line", "Column", "Code", "What is wrong", box=None, pad_edge=False)
        for one in problems:
            table.add_row(str(one.line), one.column, one.code, one.detail)
        console.print(table)
    would = "would be " if ended.dry_run else ""
    told = ", ".join(
        f"{getattr(ended, name):,} {would}{name}"
        for name in ("added", "changed", "unchanged", "refused")
    )
    console.print(f"{ended.status}: {told}", highlight=False)
    if ended.reason:
        console.print(ended.reason, markup=False, highlight=False)
    if ended.refused > len({one.line for one in problems}):
        console.print(f"All of them: GET /v1/imports/{ended.id}/errors", highlight=False)
