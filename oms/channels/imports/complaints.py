"""What is wrong with the rows of an import, as a file for those who put it right."""

from collections.abc import Callable, Sequence
from typing import IO, Any
from uuid import UUID

from oms.channels.files import Format
from oms.channels.imports import queries
from oms.kernel import db
from oms.kernel.files import ndjson, spools
from oms.kernel.files.csvs import Writer

COLUMNS = ("line", "column", "code", "detail")


async def report(*, import_id: UUID, form: Format) -> IO[bytes]:
    """Return the file from its beginning: a line for each problem. Raises UnknownImport."""
    write = _as_csv() if form is Format.CSV else ndjson.write
    with spools.filled() as file:
        async with db.snapshot() as session:
            await queries.one(session, import_id=import_id)
            file.write(write([]))
            async for found in queries.problems(session, import_id=import_id):
                rows = [{name: getattr(one, name) for name in COLUMNS} for one in found]
                file.write(write(rows))
    return file


def _as_csv() -> Callable[[Sequence[dict[str, Any]]], bytes]:
    writer = Writer(COLUMNS)
    return lambda rows: writer.write([[row[name] for name in COLUMNS] for row in rows])
