"""What the people of the demonstration know while they work: who they are and what was sold."""

import asyncio
from dataclasses import dataclass, field

from oms.cli.demo.calendar import Calendar
from oms.cli.demo.client import User
from oms.cli.demo.documents import Dataset, SaleInvoice
from oms.cli.demo.network import Channel
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
    """What staff handed to the carrier."""

    tracking_number: str
    order: Order
    index: int


@dataclass
class Shop:
    """Everybody's tools: users with their tokens, ids the API gave, and the calendar."""

    dataset: Dataset
    calendar: Calendar
    tally: Tally
    screen: Screen
    visitor: User
    admin: User
    channels: dict[Channel, str] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)
    sites: dict[Channel, User] = field(default_factory=dict)
    crews: dict[str, User] = field(default_factory=dict)
    agent: User = field(init=False)
    orders: dict[str, Order] = field(default_factory=dict)
    by_id: dict[str, Order] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    parcels: asyncio.Queue[Parcel | None] = field(default_factory=asyncio.Queue)

    def remember(self, order: Order) -> None:
        """Know an order by the number of its invoice and by its id."""
        self.orders[order.sale.number] = order
        self.by_id[order.id] = order
