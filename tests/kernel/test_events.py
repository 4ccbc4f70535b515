from sqlalchemy import select
from sqlmodel import col

from oms.kernel import events, ids
from oms.kernel.events import Event, EventRow


class SomethingHappened(Event, name="test.something_happened"):
    number: int


async def test_facts_of_a_subject_are_numbered_without_a_gap(session):
    one, other = ids.new(), ids.new()
    for number in range(3):
        events.record(session, SomethingHappened(number=number), about=one)
    events.record(session, SomethingHappened(number=9), about=other)
    await events.flush(session)
    events.record(session, SomethingHappened(number=3), about=one)
    await events.flush(session)

    rows = await session.scalars(
        select(EventRow).where(col(EventRow.subject_id) == one).order_by(col(EventRow.sequence))
    )
    assert [(row.sequence, row.data["number"]) for row in rows] == [(1, 0), (2, 1), (3, 2), (4, 3)]
