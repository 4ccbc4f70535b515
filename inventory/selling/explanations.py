"""Why a channel may sell as many units as it may: the numbers of candidates.py, told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import kits
from inventory.catalog.kits import Composition
from inventory.catalog.queries import UnknownItem
from inventory.selling import columns, terms
from inventory.selling.candidates import ItemFacts
from inventory.selling.limits import Ahead, ahead
from inventory.selling.rules import Book, Method
from inventory.selling.terms import Place, Term
from oms.kernel.statements import Statement

Shelves = dict[tuple[UUID, str], dict[str, int]]
"""Units by bucket, by location and SKU."""

NOTHING = dict.fromkeys(("on_hand", *terms.TAKING), 0)


@dataclass(frozen=True)
class Question:
    """What is asked about: an item on a channel, by a method, at one location or at all."""

    sku: str
    channel_id: UUID
    method: Method = Method.SHIPPING
    location_id: UUID | None = None


@dataclass(frozen=True)
class ExplainedPart:
    """One part of a kit at a location, and how many of it a kit takes."""

    sku: str
    quantity: int
    units: int
    terms: list[Term]


@dataclass(frozen=True)
class ExplainedPlace:
    """One location: its terms sum to `units`; of a kit each part is explained too."""

    location_id: UUID
    location_code: str
    units: int
    terms: list[Term]
    parts: list[ExplainedPart] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """Why `total` is what it is: the units of all places; None cannot run out."""

    sku: str
    channel_id: UUID
    method: Method
    as_of: datetime
    total: int | None
    ahead: Ahead | None
    locations: list[ExplainedPlace]


@dataclass(frozen=True)
class _Seen:
    """What the statement saw that decides."""

    asked: Question
    shelves: Shelves
    places: list[Place]
    buffer: int
    book: Book


_SEEN = Statement(f"""
WITH {columns.NEEDED}, level AS MATERIALIZED (
    SELECT sku, location_id, on_hand, committed, reserved, safety_stock, damaged, quality_control
    FROM stock_level WHERE sku = {columns.ANY_NEEDED}
        AND location_id = coalesce(CAST(:location_id AS uuid), location_id)
)
SELECT {columns.ITEMS} AS items, {kits.COMPONENTS} AS components,
    (SELECT json_agg(json_build_array(location_id, sku, row_to_json(level))) FROM level)::text
        AS shelves,
    (SELECT json_agg(json_build_object('id', id, 'code', code, 'active', active, 'ships', ships,
        'pickup', pickup) ORDER BY code)
     FROM location WHERE id IN (SELECT location_id FROM level))::text AS places,
    {columns.BUFFERS} AS buffers, {columns.LIMITS} AS limits, {columns.BOOK},
    {columns.AS_OF}
""")  # noqa: S608 -- our own words


async def explain(session: AsyncSession, *, asked: Question, now: datetime) -> Explanation:
    """Say why a channel may sell what it may of an item.

    Told are the locations where the item, or a part of the kit, has ever been. Raises UnknownItem.
    """
    [row] = await _SEEN.rows(
        session, skus=[asked.sku], channels=[asked.channel_id], location_id=asked.location_id
    )
    items = {item.sku: item for item in columns.read(row["items"], list[ItemFacts])}
    if asked.sku not in items:
        raise UnknownItem(asked.sku)
    composition = kits.read(row["components"]).get(asked.sku)
    counted = {sku: each for sku, each in (composition or {asked.sku: 1}).items()
               if items[sku].tracked}  # fmt: skip
    places = list(_explained(_seen(row, asked), counted, kit=composition is not None))
    limits = ahead(columns.limits(row), channel_id=asked.channel_id, now=now)
    return Explanation(
        sku=asked.sku,
        channel_id=asked.channel_id,
        method=asked.method,
        as_of=row["as_of"],
        total=sum(place.units for place in places) if counted else None,
        ahead=limits.get(asked.sku) if counted else None,
        locations=places,
    )


def _seen(row: Mapping[str, Any], asked: Question) -> _Seen:
    shelves: Shelves = {}
    for told in columns.read(row["shelves"], list[tuple[UUID, str, msgspec.Raw]]):
        location_id, sku, level = told
        units = msgspec.json.decode(level)
        shelves[location_id, sku] = {bucket: units[bucket] for bucket in NOTHING}
    return _Seen(
        asked=asked,
        shelves=shelves,
        places=columns.read(row["places"], list[Place]),
        buffer=columns.read(row["buffers"], dict[UUID, int]).get(asked.channel_id, 0),
        book=columns.book(row),
    )


def _explained(seen: _Seen, counted: Composition, *, kit: bool) -> Iterator[ExplainedPlace]:
    for place in seen.places if counted else ():
        if not kit:
            told = _terms(seen, place, seen.asked.sku)
            yield ExplainedPlace(place.id, place.code, terms.total(told), told)
            continue
        parts = [_part(seen, place, sku, each) for sku, each in sorted(counted.items())]
        scarcest = terms.of_kit({part.sku: part.units for part in parts}, counted)
        yield ExplainedPlace(place.id, place.code, scarcest.units, [scarcest], parts)


def _part(seen: _Seen, place: Place, sku: str, quantity: int) -> ExplainedPart:
    told = _terms(seen, place, sku)
    return ExplainedPart(sku, quantity, terms.total(told), told)


def _terms(seen: _Seen, place: Place, sku: str) -> list[Term]:
    verdict = seen.book.verdict(channel_id=seen.asked.channel_id, sku=sku, location_id=place.id)
    level = seen.shelves.get((place.id, sku), NOTHING)
    return terms.of_level(level, place, verdict, buffer=seen.buffer, method=seen.asked.method)
