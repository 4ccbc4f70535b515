"""Reading imports and what is wrong with their rows; the only place that locks them."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.channels.imports.models import Import, ImportChunk, ImportProblem
from oms.kernel import pages
from oms.kernel.errors import NotFound
from oms.kernel.pages import Page

PAGE_ROWS = 1_000


class UnknownImport(NotFound):
    """There is no such import."""

    import_id: UUID


async def one(session: AsyncSession, *, import_id: UUID) -> Import:
    """Return an import. Raises UnknownImport."""
    found = await session.get(Import, import_id)
    if found is None:
        raise UnknownImport(import_id)
    return found


async def lock(session: AsyncSession, *, import_id: UUID) -> Import:
    """Return an import to go on with. Raises UnknownImport."""
    found = await session.scalar(
        select(Import).where(col(Import.id) == import_id).with_for_update(key_share=True)
    )
    if found is None:
        raise UnknownImport(import_id)
    return found


async def imports(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[Import]:
    """List imports, newest first."""
    return await pages.page(session, select(Import), col(Import.id), cursor=cursor, limit=limit)


async def content(session: AsyncSession, *, import_id: UUID, place: int) -> bytes:
    """Return the rows of a chunk as they came."""
    found = await session.scalars(
        select(col(ImportChunk.content)).where(
            col(ImportChunk.import_id) == import_id, col(ImportChunk.place) == place
        )
    )
    return found.one()


async def problems(
    session: AsyncSession, *, import_id: UUID
) -> AsyncIterator[Sequence[ImportProblem]]:
    """Yield what is wrong, in the order of the file, some at a time."""
    key = (col(ImportProblem.line), col(ImportProblem.place))
    last = (0, 0)
    while True:
        found = await session.scalars(
            select(ImportProblem)
            .where(col(ImportProblem.import_id) == import_id, tuple_(*key) > last)
            .order_by(*key)
            .limit(PAGE_ROWS)
        )
        rows = found.all()
        if not rows:
            return
        yield rows
        last = (rows[-1].line, rows[-1].place)
        session.expunge_all()
