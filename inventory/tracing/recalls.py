"""Where a lot has been: what came to each location, what left it, and who has it now."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.models import Reason
from inventory.tracing.models import LotMovement
from oms.kernel import pages
from oms.kernel.pages import Page

MAX_PAPERS = 500
"""How many transfers under way one answer names."""

MOVED = (Reason.MOVEMENT_SHIPPED, Reason.MOVEMENT_RECEIVED, Reason.MOVEMENT_CANCELED)
"""What the two ends of a transfer write on its paper."""


@dataclass(frozen=True)
class Passage:
    """How many units of a lot ever came to a location, and how many of those left it."""

    location_id: UUID
    came: int
    left: int


@dataclass(frozen=True)
class UnderWay:
    """Units that left on a transfer and have not come out of it: on the way, or lost."""

    reference: str | None
    quantity: int


async def passages(session: AsyncSession, *, lot_id: UUID) -> list[Passage]:
    """Count by location, also where nothing stands any more."""
    came = func.coalesce(func.sum(col(LotMovement.on_hand)).filter(col(LotMovement.on_hand) > 0), 0)
    rows = await session.execute(
        select(col(LotMovement.location_id), came, came - func.sum(col(LotMovement.on_hand)))
        .where(col(LotMovement.lot_id) == lot_id)
        .group_by(col(LotMovement.location_id))
        .order_by(col(LotMovement.location_id))
    )
    return [Passage(*row) for row in rows]


async def under_way(session: AsyncSession, *, lot_id: UUID) -> list[UnderWay]:
    """Count by transfer what has left and not arrived."""
    missing = -func.sum(col(LotMovement.on_hand))
    rows = await session.execute(
        select(col(LotMovement.reference), missing)
        .where(col(LotMovement.lot_id) == lot_id, col(LotMovement.reason).in_(MOVED))
        .group_by(col(LotMovement.reference))
        .having(missing > 0)
        .order_by(col(LotMovement.reference))
        .limit(MAX_PAPERS)
    )
    return [UnderWay(*row) for row in rows]


async def shipped(
    session: AsyncSession, *, lot_id: UUID, cursor: str | None, limit: int
) -> Page[LotMovement]:
    """Return a page of what left for customers, oldest first; `reference` is the work's number."""
    query = select(LotMovement).where(
        col(LotMovement.lot_id) == lot_id,
        col(LotMovement.reason) == Reason.ORDER_SHIPPED,
        col(LotMovement.on_hand) < 0,
    )
    return await pages.page(
        session, query, col(LotMovement.id), cursor=cursor, limit=limit, oldest_first=True
    )
