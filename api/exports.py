"""Exports: items, locations, levels and safety stocks as files."""

from collections.abc import Iterator
from typing import IO

from litestar import Controller, get
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from api.policies import EVERYBODY, allow
from oms.accounts.models import Scope
from oms.channels.exports import exports
from oms.kernel.files import csvs, ndjson
from oms.kernel.files.charsets import Charset

PIECE_BYTES = 64 * 1024


class ExportController(Controller):
    path = "/exports"
    tags = ["Inventory"]

    @get("/{file_name:str}", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read(
        self,
        file_name: FromPath[str],
        charset: FromQuery[Charset] = Charset.UTF_8,
        bom: FromQuery[bool] = False,  # noqa: FBT002 -- Litestar passes it by name
    ) -> Stream:
        """Fetch a file as it is at this moment: `items.csv`, `levels.ndjson` and the like.

        `charset=cp932` and `bom=true` are for spreadsheets that need them; NDJSON is UTF-8.
        """
        file = await exports.export(file_name=file_name, charset=charset, bom=bom)
        return sent(file, file_name=file_name, charset=charset)


def sent(file: IO[bytes], *, file_name: str, charset: Charset = Charset.UTF_8) -> Stream:
    """Send a file to be saved under its name, and close it."""
    named = {"content-disposition": f'attachment; filename="{file_name}"'}
    if file_name.endswith(".ndjson"):
        return Stream(pieces(file), media_type=ndjson.MEDIA_TYPE, headers=named)
    return Stream(pieces(file), media_type=csvs.MEDIA_TYPE, encoding=charset.value, headers=named)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece, and close it."""
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece
