"""What orders could be made of on a channel: items, places, and what each has to sell.

One statement for any number of orders and channels, as every order begins with it. Rules and
backorders ride along; where there are none, they cost nothing but an empty answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import kits
from inventory.catalog.kits import Composition
from inventory.commitments import Level
from inventory.selling import columns
from inventory.selling.limits import Ahead, Limit, ahead
from inventory.selling.rules import Book, Method
from oms.kernel import clock
from oms.kernel.statements import Statement


@dataclass(frozen=True)
class ItemFacts:
    """What others need to know of an item."""

    sku: str
    name: str
    weight_grams: int
    kit: bool = False
    tracked: bool = True


@dataclass(frozen=True)
class Site:
    """Where a location is and what it is."""

    id: UUID
    code: str
    kind: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Candidates:
    """The items that were asked for, every location that may do it, and what each has to sell.

    An unknown SKU is missing in `items`; a pair without stock is missing in `available`, which
    is less the `buffer` of the channel and what rules keep back. `kits` are made of parts, which
    are in `items` too; a kit has no stock and no rules but those of its parts. `backlog` is what
    may be sold of an item beyond what is there. All that was committed before `as_of`, when the
    transaction that read it began, is counted.
    """

    items: dict[str, ItemFacts]
    locations: dict[UUID, Site]
    available: dict[Level, int]
    as_of: datetime
    buffer: int = 0
    kept: Mapping[Level, int] = field(default_factory=dict)
    backlog: Mapping[str, Ahead] = field(default_factory=dict)
    kits: Mapping[str, Composition] = field(default_factory=dict)

    def leaving(self, level: Level) -> int:
        """Return how many units the channel must leave at a level."""
        return self.kept.get(level, self.buffer)

    def counted(self, sku: str) -> bool:
        """Tell whether an item can run out: it is tracked, or a part of it is."""
        if sku in self.kits:
            return any(self.items[part].tracked for part in self.kits[sku])
        return self.items[sku].tracked

    def sellable(self, sku: str, location_id: UUID) -> int:
        """Return how many units, or whole kits, one location has to sell of what is counted."""
        if sku not in self.kits:
            return self.available.get((sku, location_id), 0)
        parts = [part for part in self.kits[sku] if self.items[part].tracked]
        units = {part: self.available.get((part, location_id), 0) for part in parts}
        return kits.available(self.kits[sku], units)


def _statement(*, places: str, levels: str) -> Statement:
    return Statement(f"""
WITH {columns.NEEDED}
SELECT {columns.ITEMS} AS items, {kits.COMPONENTS} AS components,
    (SELECT json_agg(json_build_object('id', id, 'code', code, 'kind', kind, 'country', country,
        'latitude', latitude, 'longitude', longitude))
     FROM location WHERE active AND {places})::text AS locations,
    (SELECT json_agg(json_build_array(sku, location_id, available, safety_stock))
     FROM stock_level WHERE sku = {columns.ANY_NEEDED} AND {levels})::text AS levels,
    {columns.BUFFERS} AS buffers, {columns.LIMITS} AS limits, {columns.BOOK},
    {columns.AS_OF}
""")  # noqa: S608 -- our own words


_EVERYWHERE = {
    Method.SHIPPING: _statement(places="ships", levels="true"),
    Method.PICKUP: _statement(places="pickup", levels="true"),
}

_AT = {
    method: _statement(
        places=f"{able} AND id = ANY(CAST(:places AS uuid[]))",
        levels="location_id = ANY(CAST(:places AS uuid[]))",
    )
    for method, able in ((Method.SHIPPING, "ships"), (Method.PICKUP, "pickup"))
}


@dataclass(frozen=True)
class _Found:
    """What the statement saw, whatever the channel."""

    items: dict[str, ItemFacts]
    kits: dict[str, dict[str, int]]
    locations: dict[UUID, Site]
    levels: list[tuple[str, UUID, int, int]]
    buffers: dict[UUID, int]
    limits: list[Limit]
    book: Book
    as_of: datetime


async def of_channel(
    session: AsyncSession,
    *,
    skus: Sequence[str],
    channel_id: UUID,
    method: Method = Method.SHIPPING,
    location_ids: Sequence[UUID] | None = None,
) -> Candidates:
    """Read, in one statement, what an order of these SKUs could be made of on a channel.

    `available` is what the channel may sell: what is available less its buffer and what rules
    keep back, at active locations that ship (or hand over), never below zero; `location_ids`
    asks these only.
    """
    asked = {"skus": list(skus), "channels": [channel_id]}
    if location_ids is None:
        [row] = await _EVERYWHERE[method].rows(session, **asked)
    else:
        [row] = await _AT[method].rows(session, **asked, places=list(location_ids))
    return _candidates(_found(row), channel_id, method, clock.now())


async def of_channels(
    session: AsyncSession, *, skus: Sequence[str], channel_ids: Sequence[UUID]
) -> dict[UUID, Candidates]:
    """Read in one statement what orders of several channels could be made of, to be shipped."""
    statement = _EVERYWHERE[Method.SHIPPING]
    [row] = await statement.rows(session, skus=list(skus), channels=list(channel_ids))
    found, now = _found(row), clock.now()
    return {
        channel_id: _candidates(found, channel_id, Method.SHIPPING, now)
        for channel_id in channel_ids
    }


def _found(row: Mapping[str, Any]) -> _Found:
    sites = columns.read(row["locations"], list[Site])
    return _Found(
        items={item.sku: item for item in columns.read(row["items"], list[ItemFacts])},
        kits=kits.read(row["components"]),
        locations={site.id: site for site in sites},
        levels=columns.read(row["levels"], list[tuple[str, UUID, int, int]]),
        buffers=columns.read(row["buffers"], dict[UUID, int]),
        limits=columns.limits(row),
        book=columns.book(row),
        as_of=row["as_of"],
    )


def _candidates(found: _Found, channel_id: UUID, method: Method, now: datetime) -> Candidates:
    buffer = found.buffers.get(channel_id, 0)
    kept, denied = _judged(found, channel_id, method, buffer)
    return Candidates(
        items=found.items,
        locations=found.locations,
        available={
            (sku, location_id): max(units - kept.get((sku, location_id), buffer), 0)
            for sku, location_id, units, _ in found.levels
            if location_id in found.locations and (sku, location_id) not in denied
        },
        as_of=found.as_of,
        buffer=buffer,
        kept=kept,
        backlog=ahead(found.limits, channel_id=channel_id, now=now) if found.limits else {},
        kits=found.kits,
    )


def _judged(
    found: _Found, channel_id: UUID, method: Method, buffer: int
) -> tuple[dict[Level, int], frozenset[Level]]:
    """Return what must stay where rules speak, and the levels they close to this method."""
    kept: dict[Level, int] = {}
    denied: set[Level] = set()
    for sku, location_id, _, safety in found.levels if found.book else ():
        verdict = found.book.verdict(channel_id=channel_id, sku=sku, location_id=location_id)
        kept[sku, location_id] = buffer + verdict.kept + verdict.safety(safety)
        if verdict.denial(method):
            denied.add((sku, location_id))
    return kept, frozenset(denied)
