"""What callers send and see of locations."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from babel.core import get_global
from pydantic import AfterValidator, Field, model_validator

from inventory.places import holiday_calendars, minutes
from inventory.places.models import LocationKind
from oms.kernel.inputs import Code, Count, Input, Output, Text, Word

MAX_HANDLING_MINUTES = 43_200


def _known_zone(name: str) -> str:
    if name not in get_global("zone_territories") and name not in get_global("zone_aliases"):
        raise ValueError("is not an IANA time zone")
    return name


def _known_calendar(name: str) -> str:
    if not holiday_calendars.known(name):
        raise ValueError("is not a country or part of one whose holidays are known")
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone), Field(examples=["Asia/Tokyo"])]
"""A name of the IANA time zone database."""

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["JP"])]
"""ISO 3166-1 alpha-2 code."""

HolidayCalendar = Annotated[
    str,
    Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", examples=["JP"]),
    AfterValidator(_known_calendar),
]
"""Whose public holidays count: a country (JP) or a part of one (US-CA)."""

TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["15:00"])]
"""A time of day at the place itself, 00:00 to 23:59."""

Latitude = Annotated[float, Field(ge=-90, le=90, examples=[35.681])]
Longitude = Annotated[float, Field(ge=-180, le=180, examples=[139.767])]
HandlingMinutes = Annotated[int, Field(ge=0, le=MAX_HANDLING_MINUTES)]

CLEARABLE = {"daily_order_capacity", "order_cutoff", "holiday_calendar"}
"""What a change may take away by null."""


class Whereabouts(Input):
    """What may say where a place is."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def is_a_point(self) -> Self:
        """Refuse one coordinate without the other."""
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self


class LocationIn(Whereabouts):
    """A place that holds stock and does work.

    What is not said of `ships`, `pickup`, `receives_returns` and `counts` goes by its kind. Without
    coordinates a Japanese postal code tells where it is. No `daily_order_capacity` is no limit; no
    `holiday_calendar` is that of its country. `handling_minutes` pass while it is open.
    """

    code: Code = Field(examples=["TYO-1"])
    name: Word
    kind: LocationKind = LocationKind.WAREHOUSE
    country: Country
    region: Word | None = None
    city: Word
    postal_code: Word | None = None
    address: Text | None = None
    time_zone: TimeZone = "Asia/Tokyo"
    ships: bool | None = None
    pickup: bool | None = None
    receives_returns: bool | None = None
    counts: bool | None = None
    daily_order_capacity: Count | None = None
    handling_minutes: HandlingMinutes = 0
    order_cutoff: TimeOfDay | None = None
    opens_on_holidays: bool = True
    holiday_calendar: HolidayCalendar | None = None
    active: bool = True


class LocationChangesIn(Whereabouts):
    """What is to be changed of a location; what is left out stays as it is, and so does null.

    Only `daily_order_capacity`, `order_cutoff` and `holiday_calendar` are taken away by null.
    """

    name: Word | None = None
    kind: LocationKind | None = None
    country: Country | None = None
    region: Word | None = None
    city: Word | None = None
    postal_code: Word | None = None
    address: Text | None = None
    time_zone: TimeZone | None = None
    ships: bool | None = None
    pickup: bool | None = None
    receives_returns: bool | None = None
    counts: bool | None = None
    daily_order_capacity: Count | None = None
    handling_minutes: HandlingMinutes | None = None
    order_cutoff: TimeOfDay | None = None
    opens_on_holidays: bool | None = None
    holiday_calendar: HolidayCalendar | None = None
    active: bool | None = None


class DeactivateIn(Input):
    """How to close a location.

    Without `reroute` it is refused while anything is promised, held or on its way there. With it
    the location closes at once and work that has not begun goes elsewhere.
    """

    reroute: bool = False


class LocationOut(Output):
    """A location, what it does, and what may be done with it now.

    `ships`: orders are sent from here. `counts`: its stock is counted by our own people.
    """

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
    pickup: bool
    receives_returns: bool
    counts: bool
    daily_order_capacity: int | None
    handling_minutes: int
    order_cutoff: str | None
    opens_on_holidays: bool
    holiday_calendar: str | None
    active: bool
    actions: list[str]
    version: int
    recorded_at: datetime


def said(given: LocationIn | LocationChangesIn) -> dict[str, Any]:
    """Return what was said, by the names of the columns; what null takes away is None."""
    told = {
        name: value
        for name, value in given.model_dump(exclude_unset=True).items()
        if value is not None or name in CLEARABLE
    }
    if "order_cutoff" in told:
        cutoff = told.pop("order_cutoff")
        told["order_cutoff_minute"] = None if cutoff is None else minutes.read(cutoff)
    return told
