"""What orders could be made of on a channel: items, places, and what each has to sell.

One statement for any number of orders and channels, as every order begins with it. Rules and
backorders ride along; where there are none, they cost nothing but an empty answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import kits
from inventory.catalog.kits import Composition
from inventory.commitments import Level
from inventory.selling.limits import Ahead, Limit, ahead
from inventory.selling.rules import Book, Groups, Method, Rule
from oms.kernel import clock
from oms.kernel.statements import Statement

T = TypeVar("T")


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
    """The items that were asked for, every location that ships, and what each has to sell.

    An unknown SKU is missing in `items`; a pair without stock is missing in `available`, which
    is less the `buffer` of the channel and what rules keep back. `kits` are made of parts, which
    are in `items` too; a kit has no stock and no rules but those of its parts. `backlog` is what
    may be sold of an item beyond what is there.
    """

    items: dict[str, ItemFacts]
    locations: dict[UUID, Site]
    available: dict[Level, int]
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


_CANDIDATES = Statement(f"""
WITH needed AS MATERIALIZED (
    SELECT CAST(:skus AS text[]) || ARRAY({kits.PARTS})::text[] AS skus
)
SELECT
    (SELECT json_agg(json_build_object('sku', sku, 'name', name, 'weight_grams', weight_grams,
        'kit', kit, 'tracked', tracked))
     FROM item WHERE sku = ANY((SELECT skus FROM needed)::text[])
         AND (active OR sku <> ALL(CAST(:skus AS text[]))))::text AS items,
    {kits.COMPONENTS} AS components,
    (SELECT json_agg(json_build_object('id', id, 'code', code, 'kind', kind, 'country', country,
        'latitude', latitude, 'longitude', longitude))
     FROM location WHERE active AND ships)::text AS locations,
    (SELECT json_agg(json_build_array(sku, location_id, available, safety_stock))
     FROM stock_level WHERE sku = ANY((SELECT skus FROM needed)::text[]))::text AS levels,
    (SELECT json_object_agg(channel_id, units) FROM channel_buffer
     WHERE channel_id = ANY(CAST(:channels AS uuid[])))::text AS buffers,
    (SELECT json_agg(json_build_object('sku', sku, 'channel_id', channel_id, 'kind', kind,
        'left', CASE WHEN open THEN units - taken ELSE 0 END, 'available_at', available_at))
     FROM backlog_limit WHERE sku = ANY(CAST(:skus AS text[])))::text AS limits,
    (SELECT json_agg(json_build_object('id', id, 'name', name, 'kind', kind, 'priority', priority,
        'item_group', item_group, 'location_group', location_group, 'channel_id', channel_id,
        'units', units, 'allowed', allowed))
     FROM selling_rule WHERE active)::text AS rules,
    (SELECT json_object_agg(sku, groups) FROM (
        SELECT sku, json_agg(group_code) AS groups FROM item_group_member
        WHERE sku = ANY((SELECT skus FROM needed)::text[]) AND EXISTS (
            SELECT FROM selling_rule WHERE active AND item_group IS NOT NULL)
        GROUP BY sku) AS grouped)::text AS item_groups
""")  # noqa: S608 -- the catalog's own words


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


async def of_channel(session: AsyncSession, *, skus: Sequence[str], channel_id: UUID) -> Candidates:
    """Read, in one statement, what an order of these SKUs could be made of on a channel.

    `available` is what the channel may sell: what is available less its buffer and what rules
    keep back, at active locations that ship; never below zero.
    """
    return (await of_channels(session, skus=skus, channel_ids=[channel_id]))[channel_id]


async def of_channels(
    session: AsyncSession, *, skus: Sequence[str], channel_ids: Sequence[UUID]
) -> dict[UUID, Candidates]:
    """Read in one statement what orders of several channels could be made of."""
    [row] = await _CANDIDATES.rows(session, skus=list(skus), channels=list(channel_ids))
    found, now = _found(row), clock.now()
    return {channel_id: _candidates(found, channel_id, now) for channel_id in channel_ids}


def _found(row: Mapping[str, Any]) -> _Found:
    sites = _read(row["locations"], list[Site])
    rules = _read(row["rules"], list[Rule])
    return _Found(
        items={item.sku: item for item in _read(row["items"], list[ItemFacts])},
        kits=kits.read(row["components"]),
        locations={site.id: site for site in sites},
        levels=_read(row["levels"], list[tuple[str, UUID, int, int]]),
        buffers=_read(row["buffers"], dict[UUID, int]),
        limits=_read(row["limits"], list[Limit]),
        book=Book(rules, _read(row["item_groups"], dict[str, Groups])) if rules else Book(),
    )


def _read(told: str | None, kind: type[T]) -> T:
    return kind() if told is None else msgspec.json.decode(told, type=kind)


def _candidates(found: _Found, channel_id: UUID, now: datetime) -> Candidates:
    buffer = found.buffers.get(channel_id, 0)
    kept, denied = _judged(found, channel_id, buffer) if found.book else ({}, frozenset())
    return Candidates(
        items=found.items,
        locations=found.locations,
        available={
            (sku, location_id): max(units - kept.get((sku, location_id), buffer), 0)
            for sku, location_id, units, _ in found.levels
            if location_id in found.locations and (sku, location_id) not in denied
        },
        buffer=buffer,
        kept=kept,
        backlog=ahead(found.limits, channel_id=channel_id, now=now) if found.limits else {},
        kits=found.kits,
    )


def _judged(
    found: _Found, channel_id: UUID, buffer: int
) -> tuple[dict[Level, int], frozenset[Level]]:
    """Return what must stay at each level, and the levels from which nothing may be shipped."""
    kept, denied = {}, set()
    for sku, location_id, _, safety in found.levels:
        verdict = found.book.verdict(channel_id=channel_id, sku=sku, location_id=location_id)
        kept[sku, location_id] = buffer + verdict.kept + verdict.safety(safety)
        if verdict.denial(Method.SHIPPING):
            denied.add((sku, location_id))
    return kept, frozenset(denied)
