"""What callers see of the places near them."""

from datetime import datetime
from uuid import UUID

from oms.kernel.inputs import Output


class UnitsOut(Output):
    """How many units of one item the place has for the channel; null: it cannot run out."""

    sku: str
    available: int | None


class StoreOut(Output):
    """A place that has all that is wanted.

    An order that comes in now is ready at `ready_by`: after the place's handling time, within its
    opening hours. `next_opening` is now while it is open; both are null when it does not open
    within a year. `closes_at` is null while it is closed and when it never closes.
    """

    location_id: UUID
    location_code: str
    name: str
    city: str
    address: str | None
    latitude: float
    longitude: float
    distance_metres: int
    items: list[UnitsOut]
    open_now: bool
    next_opening: datetime | None
    closes_at: datetime | None
    ready_by: datetime | None


class NearbyOut(Output):
    """The nearest places that have all that is wanted, around the point that was meant.

    All that was committed before `as_of`, by the clock of the database, is counted.
    `unknown` are SKUs that are not sold; where there is one, no place has it all.
    """

    channel_id: UUID
    as_of: datetime
    latitude: float
    longitude: float
    stores: list[StoreOut]
    unknown: list[str]
