"""Messages from outside, kept as they came: verify, store, answer 202, interpret later."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col

from oms.kernel import ids, jobs
from oms.kernel.tables import Table, recorded_at


class InboxMessage(Table, table=True):
    """A verified message, once per sender and message id however often it was sent."""

    __tablename__ = "inbox_message"
    __table_args__ = (UniqueConstraint("source", "message_id"),)

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    source: str
    message_id: str
    body: bytes
    recorded_at: datetime = recorded_at()


async def receive(
    session: AsyncSession, *, source: str, message_id: str, body: bytes, then: jobs.Job
) -> bool:
    """Store a verified message and owe its interpretation; tells whether it is new."""
    row_id = await session.scalar(
        insert(InboxMessage)
        .values(id=ids.new(), source=source, message_id=message_id, body=body)
        .on_conflict_do_nothing(index_elements=["source", "message_id"])
        .returning(col(InboxMessage.id))
    )
    if row_id is None:
        return False
    jobs.enqueue(session, then, key=f"inbox:{row_id}", message_id=row_id)
    return True
