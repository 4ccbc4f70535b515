"""Reading the facts of an order's story, and the names they refer to."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places.models import Location
from oms.kernel.events import EventRow


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
