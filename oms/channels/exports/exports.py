"""Writing a sheet as a file: one moment of the database, whatever it takes to read it.

The file is complete before the first byte of it leaves, so that no transaction waits for whoever
fetches it; what does not fit in a little memory lies on disk.
"""

from collections.abc import AsyncIterator
from typing import IO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.selling.rules import Method
from oms.channels import channels, files
from oms.channels.exports import items, levels, locations, sellable
from oms.channels.exports.sheets import Sheet
from oms.channels.files import Format, Kind
from oms.kernel import db
from oms.kernel.files import ndjson, spools
from oms.kernel.files.charsets import Charset
from oms.kernel.files.csvs import Writer

SHEETS = {
    Kind.ITEMS: items.SHEET,
    Kind.LOCATIONS: locations.SHEET,
    Kind.LEVELS: levels.LEVELS,
    Kind.SAFETY_STOCKS: levels.SAFETY_STOCKS,
}


async def export(
    *, file_name: str, charset: Charset = Charset.UTF_8, bom: bool = False
) -> IO[bytes]:
    """Return a file like `items.csv` from its beginning; NDJSON is UTF-8. Raises UnknownFile."""
    kind, form = files.named(file_name)
    async with db.snapshot() as session:
        return await _file(session, SHEETS[kind], form, charset, bom=bom)


async def export_sellable(
    *,
    bound: UUID | None,
    asked: UUID | None,
    method: Method,
    form: Format,
    charset: Charset = Charset.UTF_8,
    bom: bool = False,
) -> IO[bytes]:
    """Return what a channel may sell, as a file. Raises UnknownChannel, ChannelMissing."""
    async with db.snapshot() as session:
        channel_id = await channels.own(session, bound=bound, asked=asked)
        sheet = sellable.sheet(channel_id=channel_id, method=method)
        return await _file(session, sheet, form, charset, bom=bom)


async def _file(
    session: AsyncSession, sheet: Sheet, form: Format, charset: Charset, *, bom: bool
) -> IO[bytes]:
    csv = form is Format.CSV
    with spools.filled() as file:
        pieces = _csv(session, sheet, charset, bom=bom) if csv else _ndjson(session, sheet)
        async for piece in pieces:
            file.write(piece)
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
