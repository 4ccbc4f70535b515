"""Places that hold stock and do work."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places import closings, kinds, postal_codes, queries
from inventory.places.kinds import ABILITIES
from inventory.places.models import Location
from inventory.places.views import LocationChangesIn, LocationIn, said
from oms.kernel.errors import Conflict, Rejected

JAPAN = "JP"


class LocationExists(Conflict):
    """There is already a location of this code."""

    location_code: str


class CoordinatesMissing(Rejected):
    """Where is it? Give latitude and longitude, or a Japanese postal code that we know."""

    country: str
    postal_code: str | None


async def open_location(session: AsyncSession, *, place: LocationIn) -> Location:
    """Open a location. Raises LocationExists, KindCannot, CoordinatesMissing."""
    if await session.scalar(select(col(Location.id)).where(col(Location.code) == place.code)):
        raise LocationExists(place.code)
    location = drafted(place)
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
    """Change what is said of a location.

    Raises UnknownLocation, LocationChanged, LocationInUse, KindCannot, CoordinatesMissing.
    """
    told = said(changes)
    closes = told.get("active") is False
    location = await queries.lock_location(
        session, location_id=location_id, version=version, alone=closes
    )
    if closes and location.active:
        await closings.demand_clear(session, location_id=location_id)
        closings.deactivate(session, location)
    revise(location, told)
    await session.flush()
    return location


def drafted(place: LocationIn) -> Location:
    """Make the row of a new location. Raises KindCannot, CoordinatesMissing."""
    told = said(place)
    return Location(**{**told, **kinds.abilities(place.kind, told), **_placed(told, told)})


def revise(location: Location, told: Mapping[str, Any]) -> None:
    """Apply what was said to a locked location. Raises KindCannot, CoordinatesMissing.

    A place in Japan moves with its postal code unless coordinates are given; abroad it stays.
    """
    told = {name: value for name, value in told.items() if value != getattr(location, name)}
    becomes = {name: getattr(location, name) for name in ("kind", "country", "postal_code")}
    does = {ability: getattr(location, ability) for ability in ABILITIES}
    becomes |= does | told
    moves = told.keys() & {"country", "postal_code"} and becomes["country"] == JAPAN
    where = _placed(told, becomes) if moves else {}
    location.sqlmodel_update({**told, **kinds.abilities(becomes["kind"], becomes), **where})


def _placed(told: Mapping[str, Any], becomes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the coordinates that were said or are the postal code's, and that as it is written."""
    where: dict[str, Any] = {}
    place = None
    country, postal_code = becomes["country"], becomes.get("postal_code")
    if country == JAPAN and postal_code is not None:
        place = postal_codes.locate(postal_code)
        where["postal_code"] = postal_codes.written(postal_code) or postal_code
    if "latitude" in told or "longitude" in told:
        return where
    if place is None:
        raise CoordinatesMissing(country, postal_code)
    return {**where, "latitude": place.latitude, "longitude": place.longitude}
