"""Every fact of an order: its stock, its money, its parcels and its returns, in one list."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.journey import queries, words
from oms.journey.languages import Language
from oms.journey.views import EntryOut, TimelineOut
from oms.journey.words import Fact, Places
from oms.kernel.events import EventRow
from oms.orders import queries as orders

MAX_ENTRIES = 500
"""How many facts are told at once; the rest follows after the last one's sequence."""


async def tell(
    session: AsyncSession,
    *,
    order_id: UUID,
    channel_id: UUID | None = None,
    language: Language = Language.EN,
    after: int = 0,
) -> TimelineOut:
    """Tell staff the facts of an order that follow number `after`. Raises UnknownOrder."""
    order = await orders.find(session, order_id=order_id, channel_id=channel_id)
    rows = await queries.events(session, subject_id=order.id, after=after, limit=MAX_ENTRIES + 1)
    told = rows[:MAX_ENTRIES]
    places = await queries.places(session, location_ids=_locations(told))
    return TimelineOut(
        order_id=order.id,
        number=order.number,
        entries=[_entry(row, language, places) for row in told],
        next_after=told[-1].sequence if len(rows) > MAX_ENTRIES else None,
    )


def fact(row: EventRow) -> Fact:
    """Return what there is to be told of a recorded event."""
    return Fact(row.name, row.data)


def _locations(rows: Sequence[EventRow]) -> list[UUID]:
    return [location_id for row in rows for location_id in words.locations(row.data)]


def _entry(row: EventRow, language: Language, places: Places) -> EntryOut:
    return EntryOut(
        sequence=row.sequence,
        name=row.name,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        channel_id=row.channel_id,
        text=words.staff(fact(row), language, places),
        data=row.data,
    )
