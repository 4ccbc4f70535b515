"""Deciding whether goods may come back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events
from returns import queries, units
from returns.events import ReturnApproved, ReturnDeclined, subject
from returns.models import Return
from returns.states import RETURN, DeclineReason


async def approve(session: AsyncSession, *, return_id: UUID, version: int | None = None) -> Return:
    """Let the goods come. Raises UnknownReturn, ReturnChanged, IllegalMove."""
    found = await queries.lock(session, return_id=return_id, version=version)
    RETURN.move(found, "approve")
    told = ReturnApproved(return_id=found.id, order_id=found.order_id, number=found.number)
    events.record(session, told, about=subject(found), channel_id=found.channel_id)
    return found


async def decline(
    session: AsyncSession, *, return_id: UUID, reason: DeclineReason, version: int | None = None
) -> Return:
    """Refuse to take the goods back; their units can be asked back anew.

    Raises UnknownReturn, ReturnChanged, IllegalMove.
    """
    found = await queries.lock(session, return_id=return_id, version=version)
    RETURN.move(found, "decline")
    found.decline_reason = reason.value
    lines = await queries.lines(session, return_ids=[return_id])
    await units.release(session, found=found, lines=lines)
    told = ReturnDeclined(
        return_id=found.id, order_id=found.order_id, number=found.number, reason=reason.value
    )
    events.record(session, told, about=subject(found), channel_id=found.channel_id)
    return found
