"""What a channel may sell, in all and by location, by the numbers that placing an order uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.selling import candidates
from inventory.selling.candidates import Candidates, Site
from inventory.selling.limits import Ahead
from inventory.selling.rules import Method


@dataclass(frozen=True)
class Question:
    """What is asked: which items, on which channel, to be shipped or picked up, and where."""

    channel_id: UUID
    skus: Sequence[str]
    method: Method = Method.SHIPPING
    by_location: bool = True


@dataclass(frozen=True)
class Place:
    """How many units a channel may sell from one location."""

    location_id: UUID
    location_code: str
    available: int


@dataclass(frozen=True)
class Sellable:
    """How many units of one SKU a channel may sell: in all, where, and ahead; None cannot end."""

    sku: str
    total: int | None
    ahead: Ahead | None
    locations: list[Place]


@dataclass(frozen=True)
class Availability:
    """What a channel may sell at one moment; SKUs that nobody sells are named, not guessed."""

    channel_id: UUID
    method: Method
    as_of: datetime
    items: list[Sellable]
    unknown: list[str]


async def of_channel(session: AsyncSession, *, asked: Question) -> Availability:
    """Return what a channel may sell of these SKUs, in the order they are asked for."""
    found = await candidates.of_channel(
        session, skus=asked.skus, channel_id=asked.channel_id, method=asked.method
    )
    sites = sorted(found.locations.values(), key=lambda site: site.code)
    wanted = dict.fromkeys(asked.skus)
    return Availability(
        channel_id=asked.channel_id,
        method=asked.method,
        as_of=found.as_of,
        items=[_sellable(found, sku, sites, asked) for sku in wanted if sku in found.items],
        unknown=[sku for sku in wanted if sku not in found.items],
    )


def _sellable(found: Candidates, sku: str, sites: Sequence[Site], asked: Question) -> Sellable:
    if not found.counted(sku):
        return Sellable(sku, None, None, [])
    places = [Place(site.id, site.code, found.sellable(sku, site.id)) for site in sites]
    total = sum(place.available for place in places)
    ahead = found.backlog.get(sku)
    return Sellable(sku, total, ahead, places if asked.by_location else [])
