"""Locations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Versioned, choice, recorded_at


class LocationKind(StrEnum):
    """What sort of place holds stock."""

    WAREHOUSE = "warehouse"
    STORE = "store"
    THIRD_PARTY = "third_party"


class Location(Versioned, table=True):
    """A place that holds stock and does work."""

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("latitude between -90 and 90", name="latitude_on_earth"),
        CheckConstraint("longitude between -180 and 180", name="longitude_on_earth"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: LocationKind = choice(LocationKind, LocationKind.WAREHOUSE)
    country: str
    region: str | None = None
    city: str
    postal_code: str | None = None
    address: str | None = None
    latitude: float
    longitude: float
    time_zone: str = "Asia/Tokyo"
    ships: bool = True
    receives_returns: bool = True
    active: bool = True
    recorded_at: datetime = recorded_at()
