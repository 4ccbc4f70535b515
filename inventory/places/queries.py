"""Reading locations; the only place that locks them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places.models import Bin, Location, LocationGroup
from oms.kernel import actors, pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page


class UnknownLocation(NotFound):
    """There is no such location."""

    location_id: UUID


class LocationChanged(Stale):
    """The location was changed since it was read."""

    location_id: UUID
    current_version: int


class UnknownLocationGroup(NotFound):
    """There is no such group of locations."""

    group_code: str


class LocationGroupChanged(Stale):
    """The group of locations was changed since it was read."""

    group_code: str
    current_version: int


class UnknownBin(NotFound):
    """There is no such bin at the location."""

    bin_code: str


class BinChanged(Stale):
    """The bin was changed since it was read."""

    bin_code: str
    current_version: int


async def location(session: AsyncSession, *, location_id: UUID) -> Location:
    """Return a location. Raises UnknownLocation."""
    found = await session.get(Location, location_id)
    if found is None:
        raise UnknownLocation(location_id)
    return found


async def reach(session: AsyncSession, *, location_id: UUID) -> None:
    """Make sure that whoever acts may act at a location. Raises UnknownLocation."""
    bounds = actors.current().location_ids
    if bounds is not None and location_id not in bounds:
        raise UnknownLocation(location_id)
    await location(session, location_id=location_id)


async def reachable(session: AsyncSession, *, among: Sequence[UUID]) -> set[UUID]:
    """Return those of these locations at which whoever acts may act."""
    bounds = actors.current().location_ids
    asked = set(among) if bounds is None else set(among) & bounds
    found = await session.scalars(select(col(Location.id)).where(col(Location.id).in_(asked)))
    return set(found)


async def lock_location(
    session: AsyncSession, *, location_id: UUID, version: int | None = None, alone: bool = False
) -> Location:
    """Return a location to change; `alone` while nobody has written what refers to it.

    Raises UnknownLocation, LocationChanged.
    """
    found = await session.scalar(
        select(Location)
        .where(col(Location.id) == location_id)
        .with_for_update(key_share=not alone)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownLocation(location_id)
    if version not in (None, found.version):
        raise LocationChanged(location_id, found.version)
    return found


async def closed(session: AsyncSession, *, among: Sequence[UUID]) -> set[UUID]:
    """Return those of these locations that take no new work."""
    query = select(col(Location.id)).where(col(Location.id).in_(among), ~col(Location.active))
    return set(await session.scalars(query))


async def locations(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[Location]:
    """Return a page of locations by code."""
    return await pages.page_by(
        session, select(Location), [col(Location.code)], cursor=cursor, limit=limit
    )


async def group(session: AsyncSession, *, code: str) -> LocationGroup:
    """Return a group of locations. Raises UnknownLocationGroup."""
    found = await session.scalar(select(LocationGroup).where(col(LocationGroup.code) == code))
    if found is None:
        raise UnknownLocationGroup(code)
    return found


async def lock_group(
    session: AsyncSession, *, code: str, version: int | None = None
) -> LocationGroup:
    """Return a group to change. Raises UnknownLocationGroup, LocationGroupChanged."""
    found = await session.scalar(
        select(LocationGroup)
        .where(col(LocationGroup.code) == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownLocationGroup(code)
    if version not in (None, found.version):
        raise LocationGroupChanged(code, found.version)
    return found


async def bin_at(
    session: AsyncSession, *, location_id: UUID, code: str, version: int | None = None
) -> Bin:
    """Return a bin; whoever changes it holds the location. Raises UnknownBin, BinChanged."""
    found = await session.scalar(
        select(Bin)
        .where(col(Bin.location_id) == location_id, col(Bin.code) == code)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownBin(code)
    if version not in (None, found.version):
        raise BinChanged(code, found.version)
    return found
