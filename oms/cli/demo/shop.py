"""What the people of the demonstration know while they work: who they are and what was sold."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from oms.cli.demo.calendar import Calendar
from oms.cli.demo.client import User
from oms.cli.demo.documents import Dataset, SaleInvoice
from oms.cli.demo.network import Channel, Location
from oms.cli.demo.screen import Screen
from oms.cli.demo.tally import Tally

CURRENCY = "GBP"


def pounds(pence: int) -> dict[str, int | str]:
    """Write pence as the API reads money."""
    return {"amount": pence, "currency": CURRENCY}


@dataclass(frozen=True)
class Order:
    """A sale the API took: its id, and the ids of its lines in the order of the sale's."""

    id: str
    sale: SaleInvoice
    line_ids: tuple[str, ...]


@dataclass(frozen=True)
class Parcel:
    """What staff handed to the carrier: which parcel of the order it is, and where it starts."""

    tracking_number: str
    order: Order
    index: int
    origin: Location
    handed_over_at: datetime


@dataclass(frozen=True)
class People:
    """Everybody who works with the API, each with a token."""

    visitor: User
    admin: User
    agent: User
    sites: dict[Channel, User]
    crews: dict[str, User]


@dataclass(frozen=True)
class Premises:
    """The ids the API gave to what was set up, by our codes."""

    channels: dict[Channel, str]
    locations: dict[str, str]


@dataclass
class Shop:
    """The shop while it runs."""

    dataset: Dataset
    calendar: Calendar
    tally: Tally
    screen: Screen
    people: People
    premises: Premises
    orders: dict[str, Order] = field(default_factory=dict)
    by_id: dict[str, Order] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    parcels: asyncio.Queue[Parcel | None] = field(default_factory=asyncio.Queue)
    shipped: Counter[str] = field(default_factory=Counter)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    staff_left: asyncio.Event = field(default_factory=asyncio.Event)

    def remember(self, order: Order) -> None:
        """Know an order by the number of its invoice and by its id."""
        self.orders[order.sale.number] = order
        self.by_id[order.id] = order

    async def tell(self) -> None:
        """Let those look again who wait for something to be sold, refused or shipped."""
        async with self.moved:
            self.moved.notify_all()
