"""Taking files in: as bytes first, so that nobody waits for the network, then as chunks of rows."""

import hashlib
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import IO

import msgspec
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from oms.channels import files
from oms.channels.imports import rows, runs
from oms.channels.imports.models import Import, ImportChunk
from oms.kernel import actors
from oms.kernel.bulk import Mode
from oms.kernel.errors import Rejected
from oms.kernel.files import lines, spools
from oms.kernel.files.charsets import Charset, Detector, Found

MAX_BYTES = 100_000_000
MAX_ROWS = 500_000
MAX_ROWS_TOGETHER = 10_000
"""Rows that are written all or not at all are one transaction, which must stay short."""


class TooManyRows(Rejected):
    """The file has more rows than are taken at once; cut it, or import it row by row."""

    most: int


@dataclass(frozen=True)
class Upload:
    """A file that has arrived: its bytes, their digest, and the charset they are in."""

    file: IO[bytes]
    digest: bytes
    size_bytes: int
    found: Found


@dataclass(frozen=True)
class Wish:
    """What is to be done with a file: `items.csv` row by row or as a whole, or only judged."""

    file_name: str
    mode: Mode = Mode.ROW_BY_ROW
    dry_run: bool = False


async def arrive(pieces: AsyncIterable[bytes], *, charset: Charset | None) -> Upload:
    """Take in the bytes of a file; close its `file` afterwards. Raises NotText."""
    detector, digest, size_bytes = Detector(charset), hashlib.sha256(), 0
    with spools.filled() as file:
        async for piece in pieces:
            detector.feed(piece)
            digest.update(piece)
            size_bytes += file.write(piece)
        found = detector.found()
    return Upload(file, digest.digest(), size_bytes, found)


async def receive(session: AsyncSession, *, upload: Upload, wish: Wish) -> Import:
    """Keep the rows of a file and owe its import, in the name of who sends it.

    Raises UnknownFile, NotCsv, WrongColumns, LineTooLong, TooManyRows.
    """
    kind, form = files.named(wish.file_name)
    upload.file.seek(0)
    table = rows.table(kind, form, lines.read(upload.file, upload.found.charset))
    actor = actors.current()
    made = Import(
        kind=kind,
        format=form,
        charset=upload.found.charset,
        charset_certain=upload.found.certain,
        mode=wish.mode,
        dry_run=wish.dry_run,
        columns=table.columns,
        size_bytes=upload.size_bytes,
        actor_kind=actor.kind,
        actor_name=actor.name,
        actor_id=actor.id,
        location_ids=None if actor.location_ids is None else sorted(actor.location_ids),
    )
    session.add(made)
    await session.flush()
    await _keep(session, made, table)
    runs.owe(session, made)
    return made


async def _keep(session: AsyncSession, made: Import, table: rows.Table) -> None:
    most = MAX_ROWS_TOGETHER if made.mode is Mode.ALL_OR_NOTHING else MAX_ROWS
    for place, chunk in enumerate(table.chunks()):
        made.rows += len(chunk)
        made.chunks = place + 1
        if made.rows > most:
            raise TooManyRows(most)
        content = msgspec.json.encode(chunk)
        await session.execute(
            insert(ImportChunk).values(import_id=made.id, place=place, content=content)
        )
    await session.flush()
