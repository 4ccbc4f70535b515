"""How an order's story is shown: as facts to staff, in plain words to the shopper."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from oms.journey.languages import Language
from oms.kernel.inputs import Output
from oms.kernel.money import Money


class Audience(StrEnum):
    """Who the story is told to."""

    STAFF = "staff"
    CUSTOMER = "customer"


class EntryOut(Output):
    """One fact: who did what when, on which channel, in a sentence and as data."""

    sequence: int
    name: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    channel_id: UUID | None
    text: str
    data: dict[str, Any]


class TimelineOut(Output):
    """Every fact of an order in the order of its recording; `next_after` asks for the rest."""

    order_id: UUID
    number: str
    audience: Audience = Audience.STAFF
    entries: list[EntryOut]
    next_after: int | None


class TermOut(Output):
    """A code and what it is called."""

    code: str
    text: str


class StepOut(TermOut):
    """A step on the way to the shopper: `done`, `current` or `todo`."""

    state: str


class StateOut(TermOut):
    """How many units of a line are in a state."""

    count: int


class ItemOut(Output):
    """What was bought, and where its units are."""

    name: str
    quantity: int
    total: Money
    states: list[StateOut]


class ContentOut(Output):
    """Units of an item in a parcel."""

    name: str
    quantity: int


class SightingOut(Output):
    """Where and when the carrier saw a parcel."""

    status: TermOut
    place: str | None
    occurred_at: datetime


class ParcelOut(Output):
    """A parcel on its way: who carries it, under which number, and where it was seen."""

    carrier: TermOut
    tracking_number: str
    status: TermOut
    shipped_at: datetime
    delivered_at: datetime | None
    contents: list[ContentOut]
    sightings: list[SightingOut]


class ChapterOut(Output):
    """One thing that happened, in words for the shopper."""

    sequence: int
    name: str
    icon: str
    occurred_at: datetime
    text: str


class StoryOut(Output):
    """An order as its shopper sees it: no staff, no places of work, no reasons that are ours."""

    audience: Audience = Audience.CUSTOMER
    number: str
    language: Language
    time_zone: str
    headline: TermOut
    placed_at: datetime
    changed_at: datetime
    steps: list[StepOut]
    items: list[ItemOut]
    parcels: list[ParcelOut]
    goods: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    refunded: Money | None
    entries: list[ChapterOut]


class LinkOut(Output):
    """Where the shopper can follow the order; whoever has the link can read it."""

    url: str
