"""Reading the facts of an order's story, and the names they refer to."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.models import Location
from oms.kernel.due import is_due
from oms.kernel.events import Delivery, EventRow


async def events(
    session: AsyncSession, *, subject_id: UUID, after: int, limit: int
) -> Sequence[EventRow]:
    """Return the facts of a subject that follow number `after`, in their order."""
    found = await session.scalars(
        select(EventRow)
        .where(col(EventRow.subject_id) == subject_id, col(EventRow.sequence) > after)
        .order_by(col(EventRow.sequence))
        .limit(limit)
    )
    return found.all()


async def places(session: AsyncSession, *, location_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of locations; unknown ones are left out."""
    wanted = sorted(set(location_ids))
    if not wanted:
        return {}
    found = await session.execute(
        select(col(Location.id), col(Location.name)).where(col(Location.id).in_(wanted))
    )
    return {row.id: row.name for row in found}


async def reactions_to_come(session: AsyncSession, *, event_id: UUID, but: str) -> bool:
    """Tell whether a reaction to a fact, of a lane other than `but`, has not been tried yet."""
    found = await session.scalar(
        select(col(Delivery.id))
        .where(col(Delivery.event_id) == event_id, col(Delivery.lane) != but)
        .where(is_due(Delivery.status), col(Delivery.attempts) == 0)
        .limit(1)
    )
    return found is not None
