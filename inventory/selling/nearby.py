"""Which places near a point have all that is wanted, and when it can be picked up there.

Levels are asked for place by place from the nearest on, so that an answer costs what it shows and
not what there is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.places import hours, nearby, schedules
from inventory.places.distances import Point
from inventory.places.hours import Schedule
from inventory.places.nearby import Near
from inventory.selling import candidates
from inventory.selling.candidates import Candidates
from inventory.selling.rules import Method

PLACES_AT_ONCE = 50


@dataclass(frozen=True)
class Question:
    """What is wanted on a channel (an item named twice is wanted twice), and where."""

    channel_id: UUID
    skus: Sequence[str]
    around: Point
    radius_metres: int
    limit: int


@dataclass(frozen=True)
class Units:
    """How many units of one item a place has for the channel; None cannot run out."""

    sku: str
    available: int | None


@dataclass(frozen=True)
class Store:
    """A place that has it all: how far away, when it is open, and when an order would be ready.

    `next_opening` is now while it is open, `closes_at` is None while it is not.
    """

    location_id: UUID
    location_code: str
    name: str
    city: str
    address: str | None
    latitude: float
    longitude: float
    distance_metres: int
    items: list[Units]
    open_now: bool
    next_opening: datetime | None
    closes_at: datetime | None
    ready_by: datetime | None


@dataclass(frozen=True)
class Nearby:
    """The places that have it all at one moment; where an item is unknown, none does."""

    channel_id: UUID
    as_of: datetime
    latitude: float
    longitude: float
    stores: list[Store]
    unknown: list[str]


async def stores(session: AsyncSession, *, asked: Question, now: datetime) -> Nearby:
    """Return the nearest places that have every item in the quantity it is wanted in."""
    around = await nearby.locations(session, around=asked.around, radius_metres=asked.radius_metres)
    wanted = Counter(asked.skus)
    found = await _read(session, asked, around[:PLACES_AT_ONCE])
    unknown = [sku for sku in wanted if sku not in found.items]
    having = [] if unknown else _having(found, around[:PLACES_AT_ONCE], wanted)
    for start in range(PLACES_AT_ONCE, 0 if unknown else len(around), PLACES_AT_ONCE):
        if len(having) >= asked.limit:
            break
        batch = around[start : start + PLACES_AT_ONCE]
        having += _having(await _read(session, asked, batch), batch, wanted)
    shown = having[: asked.limit]
    opening = await schedules.read(
        session, location_ids=[one.id for one, _ in shown], today=now.astimezone(UTC).date()
    )
    return Nearby(
        channel_id=asked.channel_id,
        as_of=found.as_of,
        latitude=asked.around.latitude,
        longitude=asked.around.longitude,
        stores=[_store(one, units, opening[one.id], now) for one, units in shown],
        unknown=unknown,
    )


async def _read(session: AsyncSession, asked: Question, batch: Sequence[Near]) -> Candidates:
    return await candidates.of_channel(
        session,
        skus=list(dict.fromkeys(asked.skus)),
        channel_id=asked.channel_id,
        method=Method.PICKUP,
        location_ids=[one.id for one in batch],
    )


def _having(
    found: Candidates, batch: Sequence[Near], wanted: Mapping[str, int]
) -> list[tuple[Near, list[Units]]]:
    demand = _demand(found, wanted)
    return [(one, _units(found, one, wanted)) for one in batch if _has(found, one, demand)]


def _demand(found: Candidates, wanted: Mapping[str, int]) -> Counter[str]:
    """Return the units that are taken from shelves; kits and what is sold alone share them."""
    demand: Counter[str] = Counter()
    for sku, quantity in wanted.items():
        for part, each in found.kits.get(sku, {sku: 1}).items():
            if found.items[part].tracked:
                demand[part] += each * quantity
    return demand


def _has(found: Candidates, place: Near, demand: Mapping[str, int]) -> bool:
    return place.id in found.locations and all(
        found.available.get((sku, place.id), 0) >= units for sku, units in demand.items()
    )


def _units(found: Candidates, place: Near, wanted: Mapping[str, int]) -> list[Units]:
    return [
        Units(sku, found.sellable(sku, place.id) if found.counted(sku) else None) for sku in wanted
    ]


def _store(place: Near, units: list[Units], schedule: Schedule, now: datetime) -> Store:
    next_opening = hours.next_opening(schedule, now)
    return Store(
        location_id=place.id,
        location_code=place.code,
        name=place.name,
        city=place.city,
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
        distance_metres=place.distance_metres,
        items=units,
        open_now=next_opening == now,
        next_opening=next_opening,
        closes_at=hours.closes_at(schedule, now),
        ready_by=hours.ready_by(schedule, now),
    )
