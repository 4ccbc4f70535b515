"""The end of holds whose time is over: a scheduled job gives their stock back, batch by batch.

Nothing depends on when it comes: a hold that is over cannot be used any more.
"""

from datetime import timedelta

from inventory import movements
from inventory.holds import holds, queries, reservations
from inventory.models import Reason
from oms.kernel import db, jobs

BATCH = 100
"""Holds in one transaction: it holds their levels while it runs."""


@jobs.job("holds.expire", every=timedelta(seconds=5))
async def expire() -> None:
    """Give back the stock of every hold whose time is over."""
    while await sweep() == BATCH:
        pass


async def sweep(*, limit: int = BATCH) -> int:
    """End some holds whose time is over and that nobody is using; returns how many."""
    async with db.transaction() as session:
        due = await queries.lock_due(session, limit=limit)
        own = await queries.allotments(session, hold_ids=[one.id for one in due])
        changes = [
            change
            for one in due
            for change in reservations.ending(one, own[one.id], reason=Reason.RESERVATION_EXPIRED)
        ]
        if changes:
            await movements.apply(session, changes=changes)
        for one in due:
            holds.expire(session, one, own[one.id])
    return len(due)
