"""What callers send and see of availability."""

from datetime import datetime
from uuid import UUID

import msgspec
from pydantic import Field

from inventory.selling.availability import Availability
from inventory.selling.models import BacklogKind
from inventory.selling.rules import Method
from inventory.selling.terms import TermName
from oms.kernel.inputs import Input, Output, Sku

MAX_SKUS = 500


class AvailabilityIn(Input):
    """Which items, on which channel, to be shipped or picked up; with numbers by location or not.

    A key that is bound to a channel need not name it.
    """

    skus: list[Sku] = Field(min_length=1, max_length=MAX_SKUS)
    channel_id: UUID | None = None
    method: Method = Method.SHIPPING
    by_location: bool = True


class AheadOut(Output):
    """How many units may be sold beyond what is there, and when they are expected."""

    units: int
    kind: BacklogKind
    available_at: datetime | None


class PlaceOut(Output):
    """How many units the channel may sell from one location."""

    location_id: UUID
    location_code: str
    available: int


class SellableOut(Output):
    """How many units of one SKU the channel may sell, in all, by location, and `ahead`.

    `total` is null for what cannot run out. Of a kit it counts whole kits, each from one location.
    """

    sku: str
    total: int | None
    ahead: AheadOut | None
    locations: list[PlaceOut]


class AvailabilityOut(Output):
    """What the channel may sell; `unknown` are SKUs that are not sold.

    All that was committed before `as_of`, by the clock of the database, is counted.
    """

    channel_id: UUID
    method: Method
    as_of: datetime
    items: list[SellableOut]
    unknown: list[str]

    @classmethod
    def of(cls, found: Availability) -> "AvailabilityOut":
        """Show it as it is: looking at each of 200,000 numbers again would take a second."""
        return cls.model_construct(**vars(found))

    def body(self) -> bytes:
        """Write the JSON body."""
        return msgspec.json.encode({name: getattr(self, name) for name in type(self).model_fields})


class TermOut(Output):
    """Units that are added (or, below zero, taken away), and the rule or the part that says so."""

    name: TermName
    units: int
    rule_id: UUID | None
    rule_name: str | None
    sku: str | None


class ExplainedPartOut(Output):
    """One part of a kit: `units` are the sum of its terms, a kit takes `quantity` of them."""

    sku: str
    quantity: int
    units: int
    terms: list[TermOut]


class ExplainedPlaceOut(Output):
    """One location: `units` are the sum of its terms; of a kit each part is explained too."""

    location_id: UUID
    location_code: str
    units: int
    terms: list[TermOut]
    parts: list[ExplainedPartOut]


class ExplanationOut(Output):
    """Why the channel may sell `total` units: the sum over the locations.

    `total` is null for what cannot run out. `ahead` may be sold beyond it. All that was committed
    before `as_of`, by the clock of the database, is counted.
    """

    sku: str
    channel_id: UUID
    method: Method
    as_of: datetime
    total: int | None
    ahead: AheadOut | None
    locations: list[ExplainedPlaceOut]
