"""Reads of the inventory: what routing, placing and showing stock start from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.commitments import Promise
from inventory.models import Commitment, Item, Location, StockLevel, StockMovement
from oms.kernel import actors, pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page
from oms.kernel.statements import Statement


class UnknownLocation(NotFound):
    """There is no such location."""

    location_id: UUID


class LocationChanged(Stale):
    """The location was changed since it was read."""

    location_id: UUID
    current_version: int


class UnknownItem(NotFound):
    """There is no such item."""

    sku: str


class ItemChanged(Stale):
    """The item was changed since it was read."""

    sku: str
    current_version: int


@dataclass(frozen=True)
class ItemFacts:
    """What others need to know of an item."""

    sku: str
    name: str
    weight_grams: int


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
    is less the `buffer` of the channel already.
    """

    items: dict[str, ItemFacts]
    locations: dict[UUID, Site]
    available: dict[tuple[str, UUID], int]
    buffer: int = 0


_CANDIDATES = Statement("""
SELECT
    (SELECT json_agg(json_build_object('sku', sku, 'name', name, 'weight_grams', weight_grams))
     FROM item WHERE sku = ANY(CAST(:skus AS text[])) AND active)::text AS items,
    (SELECT json_agg(json_build_object('id', id, 'code', code, 'kind', kind, 'country', country,
        'latitude', latitude, 'longitude', longitude))
     FROM location WHERE active AND ships)::text AS locations,
    (SELECT json_agg(json_build_array(sku, location_id, available))
     FROM stock_level WHERE sku = ANY(CAST(:skus AS text[])))::text AS levels,
    coalesce((SELECT units FROM channel_buffer WHERE channel_id = :channel_id), 0) AS buffer
""")


async def hold_levels(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Hold every level of these SKUs until the transaction ends, in key order."""
    await session.execute(
        select(col(StockLevel.sku))
        .where(col(StockLevel.sku).in_(skus))
        .order_by(col(StockLevel.sku), col(StockLevel.location_id))
        .with_for_update(key_share=True)
    )


async def promised(session: AsyncSession, *, claimants: Sequence[UUID]) -> list[Promise]:
    """Return what is promised to these claimants (order lines), by claimant and location."""
    rows = await session.execute(
        select(
            col(Commitment.claimant_id),
            col(Commitment.sku),
            col(Commitment.location_id),
            col(Commitment.quantity),
        )
        .where(col(Commitment.claimant_id).in_(claimants))
        .order_by(col(Commitment.claimant_id), col(Commitment.location_id))
    )
    return [Promise(*row) for row in rows]


async def candidates(session: AsyncSession, *, skus: Sequence[str], channel_id: UUID) -> Candidates:
    """Read, in one statement, what an order of these SKUs could be made of on a channel.

    `available` is what the channel may sell: what is available less the channel's buffer, at
    active locations that ship; never below zero.
    """
    [row] = await _CANDIDATES.rows(session, skus=list(skus), channel_id=channel_id)
    items = msgspec.json.decode(row["items"] or b"[]", type=list[ItemFacts])
    sites = msgspec.json.decode(row["locations"] or b"[]", type=list[Site])
    levels = msgspec.json.decode(row["levels"] or b"[]", type=list[tuple[str, UUID, int]])
    locations = {site.id: site for site in sites}
    return Candidates(
        items={item.sku: item for item in items},
        locations=locations,
        available={
            (sku, location_id): max(units - row["buffer"], 0)
            for sku, location_id, units in levels
            if location_id in locations
        },
        buffer=row["buffer"],
    )


async def location(session: AsyncSession, *, location_id: UUID) -> Location:
    """Return a location. Raises UnknownLocation."""
    found = await session.get(Location, location_id)
    if found is None:
        raise UnknownLocation(location_id)
    return found


async def reach(session: AsyncSession, *, location_id: UUID) -> None:
    """Make sure that whoever acts may act at a location. Raises UnknownLocation."""
    bounds = actors.current().location_ids
    if bounds is not None and location_id not in bounds:
        raise UnknownLocation(location_id)
    await location(session, location_id=location_id)


async def lock_location(
    session: AsyncSession, *, location_id: UUID, version: int | None = None
) -> Location:
    """Return a location to change. Raises UnknownLocation, LocationChanged."""
    found = await session.scalar(
        select(Location)
        .where(col(Location.id) == location_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownLocation(location_id)
    if version not in (None, found.version):
        raise LocationChanged(location_id, found.version)
    return found


async def item(session: AsyncSession, *, sku: str) -> Item:
    """Return an item. Raises UnknownItem."""
    found = await session.scalar(select(Item).where(col(Item.sku) == sku))
    if found is None:
        raise UnknownItem(sku)
    return found


async def lock_item(session: AsyncSession, *, sku: str, version: int | None = None) -> Item:
    """Return an item to change. Raises UnknownItem, ItemChanged."""
    found = await session.scalar(
        select(Item)
        .where(col(Item.sku) == sku)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownItem(sku)
    if version not in (None, found.version):
        raise ItemChanged(sku, found.version)
    return found


async def locations(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[Location]:
    """Return a page of locations by code."""
    return await pages.page_by(
        session, select(Location), [col(Location.code)], cursor=cursor, limit=limit
    )


async def items(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[Item]:
    """Return a page of items by SKU."""
    return await pages.page_by(session, select(Item), [col(Item.sku)], cursor=cursor, limit=limit)


async def levels_at(
    session: AsyncSession, *, location_id: UUID, skus: Sequence[str]
) -> Sequence[StockLevel]:
    """Return what stands at one location of these SKUs."""
    rows = await session.scalars(
        select(StockLevel)
        .where(col(StockLevel.location_id) == location_id, col(StockLevel.sku).in_(skus))
        .order_by(col(StockLevel.sku))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def levels(
    session: AsyncSession,
    *,
    sku: str | None,
    location_id: UUID | None,
    cursor: str | None,
    limit: int,
) -> Page[StockLevel]:
    """Return a page of levels by SKU and location."""
    query = select(StockLevel)
    if sku is not None:
        query = query.where(col(StockLevel.sku) == sku)
    if location_id is not None:
        query = query.where(col(StockLevel.location_id) == location_id)
    keys = [col(StockLevel.sku), col(StockLevel.location_id)]
    return await pages.page_by(session, query, keys, cursor=cursor, limit=limit)


async def movements(
    session: AsyncSession,
    *,
    sku: str | None,
    location_id: UUID | None,
    cursor: str | None,
    limit: int,
) -> Page[StockMovement]:
    """Return a page of the ledger, newest first."""
    query = select(StockMovement)
    if sku is not None:
        query = query.where(col(StockMovement.sku) == sku)
    if location_id is not None:
        query = query.where(col(StockMovement.location_id) == location_id)
    return await pages.page(session, query, col(StockMovement.id), cursor=cursor, limit=limit)
