"""What callers send and see of locations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from babel.core import get_global
from pydantic import AfterValidator, Field

from inventory.places.models import LocationKind
from oms.kernel.inputs import Code, Input, Output, Text, Word


def _known_zone(name: str) -> str:
    if name not in get_global("zone_territories") and name not in get_global("zone_aliases"):
        raise ValueError("is not an IANA time zone")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone), Field(examples=["Asia/Tokyo"])]
"""A name of the IANA time zone database."""

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["JP"])]
"""ISO 3166-1 alpha-2 code."""

Latitude = Annotated[float, Field(ge=-90, le=90, examples=[35.681])]
Longitude = Annotated[float, Field(ge=-180, le=180, examples=[139.767])]


class LocationIn(Input):
    """A place that holds stock and does work."""

    code: Code = Field(examples=["TYO-1"])
    name: Word
    kind: LocationKind = LocationKind.WAREHOUSE
    country: Country
    region: Word | None = None
    city: Word
    postal_code: Word | None = None
    address: Text | None = None
    latitude: Latitude
    longitude: Longitude
    time_zone: TimeZone = "Asia/Tokyo"
    ships: bool = True
    receives_returns: bool = True
    active: bool = True


class LocationChangesIn(Input):
    """What is to be changed of a location; what is left out or null stays as it is."""

    name: Word | None = None
    kind: LocationKind | None = None
    country: Country | None = None
    region: Word | None = None
    city: Word | None = None
    postal_code: Word | None = None
    address: Text | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    time_zone: TimeZone | None = None
    ships: bool | None = None
    receives_returns: bool | None = None
    active: bool | None = None


class LocationOut(Output):
    """A location. `ships`: orders may be sent from here."""

    id: UUID
    code: str
    name: str
    kind: LocationKind
    country: str
    region: str | None
    city: str
    postal_code: str | None
    address: str | None
    latitude: float
    longitude: float
    time_zone: str
    ships: bool
    receives_returns: bool
    active: bool
    version: int
    recorded_at: datetime
