"""Reads of the inventory: what routing, placing and showing stock start from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.commitments import Promise
from inventory.models import Commitment, StockLevel, StockMovement
from oms.kernel import pages
from oms.kernel.pages import Page
from oms.kernel.statements import Statement


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
