"""Writing a sheet as a file: one moment of the database, whatever it takes to read it.

The file is complete before the first byte of it leaves, so that no transaction waits for whoever
fetches it; what does not fit in a little memory lies on disk.
"""

from collections.abc import AsyncIterator
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO

from sqlalchemy.ext.asyncio import AsyncSession

from oms.channels.exports import items, levels, locations
from oms.channels.exports.sheets import Sheet
from oms.kernel import db
from oms.kernel.errors import NotFound
from oms.kernel.files import ndjson
from oms.kernel.files.charsets import Charset
from oms.kernel.files.csvs import Writer

IN_MEMORY_BYTES = 1_000_000


class Format(StrEnum):
    """How the rows of a file are written."""

    CSV = "csv"
    NDJSON = "ndjson"


SHEETS = {
    "items": items.SHEET,
    "locations": locations.SHEET,
    "levels": levels.LEVELS,
    "safety_stocks": levels.SAFETY_STOCKS,
}

NAMES = [f"{kind}.{form}" for kind in SHEETS for form in Format]


class UnknownExport(NotFound):
    """There is no such file."""

    file_name: str
    possible: list[str]


async def export(
    *, file_name: str, charset: Charset = Charset.UTF_8, bom: bool = False
) -> IO[bytes]:
    """Return a file like `items.csv` from its beginning; NDJSON is UTF-8. Raises UnknownExport."""
    if file_name not in NAMES:
        raise UnknownExport(file_name[:64], NAMES)
    kind, _, form = file_name.partition(".")
    file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 -- the caller closes it
    async with db.snapshot() as session:
        sheet = SHEETS[kind]
        pieces = (
            _csv(session, sheet, charset, bom=bom)
            if form == Format.CSV
            else _ndjson(session, sheet)
        )
        async for piece in pieces:
            file.write(piece)
    file.seek(0)
    return file


async def _csv(
    session: AsyncSession, sheet: Sheet, charset: Charset, *, bom: bool
) -> AsyncIterator[bytes]:
    columns = await sheet.columns(session)
    writer = Writer(columns, charset=charset, bom=bom)
    yield writer.write([])
    async for rows in sheet.pages(session):
        cells = [sheet.cells(row) for row in rows]
        yield writer.write([row.get(name) for name in columns] for row in cells)


async def _ndjson(session: AsyncSession, sheet: Sheet) -> AsyncIterator[bytes]:
    async for rows in sheet.pages(session):
        yield ndjson.write(rows)
