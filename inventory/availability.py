"""What a channel may sell, and how much it must leave on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from inventory import queries
from inventory.models import ChannelBuffer
from inventory.queries import Candidates, Site


@dataclass(frozen=True)
class Place:
    """How many units a channel may sell from one location."""

    location_id: UUID
    location_code: str
    available: int


@dataclass(frozen=True)
class Sellable:
    """How many units of one SKU a channel may sell, in all and by location."""

    sku: str
    total: int
    locations: list[Place]


@dataclass(frozen=True)
class Availability:
    """What a channel may sell at one moment; SKUs that nobody sells are named, not guessed."""

    channel_id: UUID
    as_of: datetime
    items: list[Sellable]
    unknown: list[str]


async def of_channel(
    session: AsyncSession, *, channel_id: UUID, skus: Sequence[str], now: datetime
) -> Availability:
    """Return what a channel may sell of these SKUs, by the numbers that placing an order uses."""
    found = await queries.candidates(session, skus=skus, channel_id=channel_id)
    return Availability(
        channel_id=channel_id,
        as_of=now,
        items=[_sellable(found, sku) for sku in dict.fromkeys(skus) if sku in found.items],
        unknown=[sku for sku in dict.fromkeys(skus) if sku not in found.items],
    )


def _sellable(found: Candidates, sku: str) -> Sellable:
    sites = sorted(found.locations.values(), key=lambda site: site.code)
    places = [_place(found, sku, site) for site in sites]
    return Sellable(sku, sum(place.available for place in places), places)


def _place(found: Candidates, sku: str, site: Site) -> Place:
    return Place(site.id, site.code, found.available.get((sku, site.id), 0))


async def keep_back(session: AsyncSession, *, channel_id: UUID, units: int) -> None:
    """Let a channel leave this many units per SKU and location on the shelf."""
    await session.execute(
        insert(ChannelBuffer)
        .values(channel_id=channel_id, units=units)
        .on_conflict_do_update(index_elements=["channel_id"], set_={"units": units})
    )
