"""Files that have arrived."""

from collections.abc import AsyncIterator

from oms.channels.imports import uploads
from oms.channels.imports.models import Import
from oms.channels.imports.uploads import Wish
from oms.kernel import events


async def pieces(body: bytes, *, size: int = 1_000) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def received(session, file_name: str, body: str, **wish) -> Import:
    """Take a file in; its import waits to be worked off."""
    upload = await uploads.arrive(pieces(body.encode()), charset=None)
    with upload.file:
        made = await uploads.receive(session, upload=upload, wish=Wish(file_name, **wish))
    await events.flush(session)
    return made
