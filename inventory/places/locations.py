"""Places that hold stock and do work."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places import queries
from inventory.places.models import Location
from inventory.places.views import LocationChangesIn, LocationIn
from oms.kernel.errors import Conflict


class LocationExists(Conflict):
    """There is already a location of this code."""

    location_code: str


async def open_location(session: AsyncSession, *, place: LocationIn) -> Location:
    """Open a location. Raises LocationExists."""
    if await session.scalar(select(col(Location.id)).where(col(Location.code) == place.code)):
        raise LocationExists(place.code)
    location = Location(**place.model_dump())
    session.add(location)
    await session.flush()
    return location


async def change(
    session: AsyncSession,
    *,
    location_id: UUID,
    changes: LocationChangesIn,
    version: int | None = None,
) -> Location:
    """Change what is said of a location. Raises UnknownLocation, LocationChanged."""
    location = await queries.lock_location(session, location_id=location_id, version=version)
    location.sqlmodel_update(changes.model_dump(exclude_none=True))
    await session.flush()
    return location
