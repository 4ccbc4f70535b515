"""Ending a return: cancelled before anything came, or closed when nothing more is expected."""

from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events
from oms.kernel.errors import Conflict
from returns import queries, units
from returns.events import ReturnCancelled, ReturnClosed, Units, subject
from returns.models import Return
from returns.states import RETURN, ReturnStatus


class AlreadyReceived(Conflict):
    """Some of it has come back, so it can be closed but no longer cancelled."""

    received: int


class Pending(TypedDict):
    """A line with units that arrived and that nobody looked at."""

    line_id: UUID
    waiting: int


class InspectionPending(Conflict):
    """What arrived must be inspected before the return is closed, or it would never be refunded."""

    lines: list[Pending]

    @property
    def detail(self) -> str:
        """Say how many units wait."""
        return f"{self.title} ({sum(one['waiting'] for one in self.lines)} waiting)"


async def cancel(
    session: AsyncSession,
    *,
    return_id: UUID,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Return:
    """Take the wish back; the units can be asked back anew. Cancelling twice is cancelling once.

    Raises UnknownReturn, ReturnChanged, IllegalMove, AlreadyReceived.
    """
    found = await queries.lock(session, return_id=return_id, channel_id=channel_id, version=version)
    if found.status is ReturnStatus.CANCELLED:
        return found
    RETURN.move(found, "cancel")
    lines = await queries.lines(session, return_ids=[return_id])
    if received := sum(line.received for line in lines):
        raise AlreadyReceived(received)
    await units.release(session, found=found, lines=lines)
    told = ReturnCancelled(return_id=found.id, order_id=found.order_id, number=found.number)
    events.record(session, told, about=subject(found), channel_id=found.channel_id)
    return found


async def close(session: AsyncSession, *, return_id: UUID, version: int | None = None) -> Return:
    """Expect nothing more: units that never came are with the shopper, as before.

    Closing twice is closing once. Raises UnknownReturn, ReturnChanged, IllegalMove, and
    InspectionPending naming the lines with units that nobody looked at.
    """
    found = await queries.lock(session, return_id=return_id, version=version)
    if found.status is ReturnStatus.CLOSED:
        return found
    RETURN.move(found, "close")
    lines = await queries.lines(session, return_ids=[return_id])
    pending = [
        Pending(line_id=line.id, waiting=line.received - line.inspected)
        for line in lines
        if line.received > line.inspected
    ]
    if pending:
        raise InspectionPending(pending)
    released = await units.release(session, found=found, lines=lines)
    told = ReturnClosed(
        return_id=found.id,
        order_id=found.order_id,
        number=found.number,
        lines=[Units.of(line, quantity) for line, quantity in released],
    )
    events.record(session, told, about=subject(found), channel_id=found.channel_id)
    return found
