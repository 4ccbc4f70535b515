"""What a channel may sell, and how much it must leave on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.selling import candidates
from inventory.selling.candidates import Candidates
from inventory.selling.limits import Ahead


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
    as_of: datetime
    items: list[Sellable]
    unknown: list[str]


async def of_channel(
    session: AsyncSession, *, channel_id: UUID, skus: Sequence[str], now: datetime
) -> Availability:
    """Return what a channel may sell of these SKUs, by the numbers that placing an order uses."""
    found = await candidates.of_channel(session, skus=skus, channel_id=channel_id)
    return Availability(
        channel_id=channel_id,
        as_of=now,
        items=[_sellable(found, sku) for sku in dict.fromkeys(skus) if sku in found.items],
        unknown=[sku for sku in dict.fromkeys(skus) if sku not in found.items],
    )


def _sellable(found: Candidates, sku: str) -> Sellable:
    if not found.counted(sku):
        return Sellable(sku, None, None, [])
    sites = sorted(found.locations.values(), key=lambda site: site.code)
    places = [Place(site.id, site.code, found.sellable(sku, site.id)) for site in sites]
    total = sum(place.available for place in places)
    return Sellable(sku, total, found.backlog.get(sku), places)
