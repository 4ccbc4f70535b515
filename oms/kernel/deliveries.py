"""Reactions: claim a delivery, run its reaction and mark it done in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import actors, clock, db, due, events
from oms.kernel.due import DueState
from oms.kernel.errors import NotFound
from oms.kernel.events import Delivery, Event, EventRow
from oms.kernel.statements import Statement
from oms.kernel.tables import untracked

log = structlog.get_logger()


class UnknownDelivery(NotFound):
    """There is no such delivery."""

    delivery_id: UUID


async def run(delivery_id: UUID) -> None:
    """Do what is owed, if it is still owed and nothing that comes before it is.

    A failure is noted in the row: it comes again later, or is parked with its reason.
    """
    try:
        async with db.transaction() as session:
            for claimed in await _CLAIM.rows(session, id=delivery_id, now=clock.now()):
                await _react(session, claimed)
                freed = await _FINISH.rows(session, id=delivery_id, now=clock.now())
                woken = [("delivery", row["id"]) for row in freed]
                session.info.setdefault("wake", []).extend(woken)
    except Exception as error:  # noqa: BLE001 -- noted in the row, retried, then parked
        log.warning("delivery.failed", delivery_id=str(delivery_id), error=type(error).__name__)
        await _note_failure(delivery_id, f"{type(error).__name__}: {error}")


async def replay(session: AsyncSession, *, delivery_id: UUID, now: datetime) -> Delivery:
    """Put a parked delivery back to work. Raises UnknownDelivery, IllegalMove."""
    row = await session.get(Delivery, delivery_id, with_for_update=True)
    if row is None:
        raise UnknownDelivery(delivery_id)
    due.replayed(row, now=now)
    session.info.setdefault("wake", []).append(("delivery", row.id))
    return row


_FREE = """
NOT EXISTS (
    SELECT FROM delivery AS earlier
    WHERE earlier.subject_id = delivery.subject_id AND earlier.lane = delivery.lane
        AND earlier.sequence < delivery.sequence AND earlier.status = 'due')
AND NOT (delivery.after_others AND EXISTS (
    SELECT FROM delivery AS other
    WHERE other.event_id = delivery.event_id AND other.status = 'due' AND other.attempts = 0
        AND NOT other.after_others))
"""
"""Nothing earlier of its subject is owed in its lane; and if it comes after the others, each of
them has been tried."""

_CLAIM = Statement(f"""
SELECT delivery.subscriber, event.*
FROM delivery JOIN event ON event.id = delivery.event_id
WHERE delivery.id = :id AND delivery.status = 'due'
    AND (delivery.attempts = 0 OR delivery.next_at <= :now) AND {_FREE}
FOR NO KEY UPDATE OF delivery SKIP LOCKED
""")  # noqa: S608 -- our own words

_FINISH = Statement("""
WITH done AS (
    UPDATE delivery SET status = 'done', done_at = :now, lease_until = NULL WHERE id = :id
    RETURNING event_id, subject_id, lane, sequence
)
(SELECT delivery.id FROM delivery JOIN done USING (subject_id, lane)
 WHERE delivery.sequence > done.sequence AND delivery.status = 'due'
 ORDER BY delivery.sequence LIMIT 1)
UNION
SELECT delivery.id FROM delivery JOIN done USING (event_id)
WHERE delivery.after_others AND delivery.status = 'due' AND delivery.id <> :id
""")


def free() -> TextClause:
    """Say that nothing which comes before a delivery is still owed."""
    return text(_FREE)


async def _react(session: AsyncSession, claimed: Mapping[str, Any]) -> None:
    facts = {name: value for name, value in claimed.items() if name != "subscriber"}
    subscription = events.subscription(claimed["subscriber"])
    with actors.acting(actors.SYSTEM):
        if subscription.event is None:
            await subscription.reaction(session, untracked(EventRow, **facts))
        else:
            fact = Event.known[facts["name"]].model_validate(facts["data"])
            await subscription.reaction(session, fact)


async def _note_failure(delivery_id: UUID, reason: str) -> None:
    async with db.transaction() as session:
        row = await session.get(Delivery, delivery_id, with_for_update={"skip_locked": True})
        if row is not None and row.status is DueState.DUE:
            due.failed(row, reason=reason, now=clock.now())
