"""Jobs of fulfilment: reading what carriers sent."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import carriers, tracking
from oms.kernel import actors, clock, db
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.inbox import InboxMessage
from oms.kernel.jobs import job

SOURCE = "carrier:"
"""What the senders of carriers' messages begin with in the inbox."""


@job("fulfillment.read_report")
async def read_report(*, message_id: str) -> None:
    """Keep the scans a carrier's message tells; a second run finds them all known."""
    async with db.transaction() as session:
        await interpret(session, message_id=UUID(message_id))


async def interpret(session: AsyncSession, *, message_id: UUID) -> int:
    """Note the scans of a stored message; returns how many were new. Raises UnreadableReport."""
    message = await session.get_one(InboxMessage, message_id)
    code = message.source.removeprefix(SOURCE)
    scans = carriers.load(code).read(message.body)
    with actors.acting(Actor(ActorKind.CARRIER, code)):
        return await tracking.note(session, carrier=code, scans=scans, now=clock.now())
