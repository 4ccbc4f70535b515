"""Bins of a location and what lies in them; whoever writes holds the row of the location."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.catalog.models import Item
from inventory.places import queries
from inventory.places.bin_views import BinIn, BinOut
from inventory.places.models import Bin, BinItem
from oms.kernel import pages
from oms.kernel.errors import Rejected
from oms.kernel.pages import Page


class UnknownBinItems(Rejected):
    """Some items that should lie in the bin are not known."""

    skus: list[str]


@dataclass(frozen=True)
class Search:
    """Which bins of a location: of a zone, those a SKU lies in, used ones."""

    location_id: UUID
    zone: str | None = None
    sku: str | None = None
    active: bool | None = None


async def put(
    session: AsyncSession,
    *,
    location_id: UUID,
    code: str,
    given: BinIn,
    version: int | None = None,
) -> BinOut:
    """Let there be such a bin with these SKUs in it.

    Raises UnknownLocation, UnknownBin when a version is named of one that is not there,
    BinChanged, UnknownBinItems.
    """
    await queries.lock_location(session, location_id=location_id)
    try:
        kept = await queries.bin_at(session, location_id=location_id, code=code, version=version)
    except queries.UnknownBin:
        if version is not None:
            raise
        kept = Bin(location_id=location_id, code=code)
        session.add(kept)
    kept.sqlmodel_update(given.model_dump(exclude={"skus"}))
    new = kept in session.new
    await session.flush()
    if given.skus is not None and await _fill(session, kept, given.skus) and not new:
        flag_modified(kept, "code")  # what lies in it is part of it, so its version must rise
    await session.flush()
    return (await _told(session, [kept]))[0]


async def remove(
    session: AsyncSession, *, location_id: UUID, code: str, version: int | None = None
) -> None:
    """Forget a bin and what lay in it. Raises UnknownLocation, UnknownBin, BinChanged."""
    await queries.lock_location(session, location_id=location_id)
    kept = await queries.bin_at(session, location_id=location_id, code=code, version=version)
    await session.execute(delete(BinItem).where(col(BinItem.bin_id) == kept.id))
    await session.delete(kept)
    await session.flush()


async def read(session: AsyncSession, *, location_id: UUID, code: str) -> BinOut:
    """Return a bin. Raises UnknownBin."""
    kept = await queries.bin_at(session, location_id=location_id, code=code)
    return (await _told(session, [kept]))[0]


async def bins(
    session: AsyncSession, *, search: Search, cursor: str | None, limit: int
) -> Page[BinOut]:
    """Return a page of the bins of a location by code."""
    query = select(Bin).where(col(Bin.location_id) == search.location_id)
    if search.zone is not None:
        query = query.where(col(Bin.zone) == search.zone)
    if search.active is not None:
        query = query.where(col(Bin.active) == search.active)
    if search.sku is not None:
        lies = select(col(BinItem.bin_id)).where(
            col(BinItem.location_id) == search.location_id, col(BinItem.sku) == search.sku
        )
        query = query.where(col(Bin.id).in_(lies))
    page = await pages.page_by(session, query, [col(Bin.code)], cursor=cursor, limit=limit)
    return Page(await _told(session, page.rows), page.next_cursor)


async def _fill(session: AsyncSession, kept: Bin, wanted: Collection[str]) -> bool:
    """Let exactly these SKUs lie in a bin; tells whether that is new."""
    known = set(await session.scalars(select(col(Item.sku)).where(col(Item.sku).in_(wanted))))
    if unknown := sorted(set(wanted) - known):
        raise UnknownBinItems(unknown)
    own = col(BinItem.bin_id) == kept.id
    lying = set(await session.scalars(select(col(BinItem.sku)).where(own)))
    if lying == known:
        return False
    await session.execute(delete(BinItem).where(own, col(BinItem.sku).in_(lying - known)))
    session.add_all(
        BinItem(bin_id=kept.id, location_id=kept.location_id, sku=sku)
        for sku in sorted(known - lying)
    )
    return True


async def _told(session: AsyncSession, rows: Sequence[Bin]) -> list[BinOut]:
    found = await session.execute(
        select(col(BinItem.bin_id), col(BinItem.sku))
        .where(col(BinItem.bin_id).in_([row.id for row in rows]))
        .order_by(col(BinItem.sku))
    )
    skus: dict[UUID, list[str]] = {row.id: [] for row in rows}
    for bin_id, sku in found:
        skus[bin_id].append(sku)
    return [BinOut(**row.model_dump(exclude={"recorded_at"}), skus=skus[row.id]) for row in rows]
