"""The sheet of locations, by their code."""

from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places.models import Location
from inventory.places.views import LocationIn, LocationOut
from oms.channels.exports.sheets import PAGE_ROWS, Said, Sheet

COLUMNS = tuple(LocationIn.model_fields)


async def _columns(_: AsyncSession) -> list[str]:
    return sorted(COLUMNS, key=lambda name: name not in {"code", "name"})


async def _pages(session: AsyncSession) -> AsyncIterator[list[Said]]:
    last = ""
    while rows := await _after(session, last):
        yield [LocationOut.model_validate(one).model_dump(include=set(COLUMNS)) for one in rows]
        last = rows[-1].code
        session.expunge_all()


async def _after(session: AsyncSession, last: str) -> list[Location]:
    query = select(Location).where(col(Location.code) > last)
    return list(await session.scalars(query.order_by(col(Location.code)).limit(PAGE_ROWS)))


def _cells(said: Said) -> Said:
    measured = {name: str(said[name]) for name in ("latitude", "longitude")}
    return {**said, **measured}


SHEET = Sheet(columns=_columns, pages=_pages, cells=_cells)
