"""Reads of the inventory: what is promised, what stands where, and the ledger."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.models import Commitment, StockLevel, StockMovement
from oms.kernel import pages
from oms.kernel.pages import Page


async def hold_levels(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Hold every level of these SKUs until the transaction ends, in key order."""
    await session.execute(
        select(col(StockLevel.sku))
        .where(col(StockLevel.sku).in_(skus))
        .order_by(col(StockLevel.sku), col(StockLevel.location_id))
        .with_for_update(key_share=True)
    )


async def commitments(session: AsyncSession, *, claimants: Sequence[UUID]) -> Sequence[Commitment]:
    """Return what is held for these claimants (order lines), by claimant, location and SKU."""
    rows = await session.scalars(
        select(Commitment)
        .where(col(Commitment.claimant_id).in_(claimants))
        .order_by(col(Commitment.claimant_id), col(Commitment.location_id), col(Commitment.sku))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def available(session: AsyncSession, *, skus: Sequence[str]) -> dict[tuple[str, UUID], int]:
    """Return how many units of these SKUs are available at each of their levels."""
    rows = await session.execute(
        select(col(StockLevel.sku), col(StockLevel.location_id), col(StockLevel.available)).where(
            col(StockLevel.sku).in_(skus)
        )
    )
    return {(sku, location_id): units for sku, location_id, units in rows}


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
