"""Keeping lots that may not be sold out of sale, whoever forgets to."""

from datetime import timedelta

from inventory.tracing import quarantines, queries
from oms.kernel import clock, jobs
from oms.kernel.db import transaction

BATCH = 500
"""How many lots one run looks after; the next run takes the others."""


@jobs.job("lots.expire", every=timedelta(minutes=10))
async def expire() -> None:
    """Quarantine every lot once when it has expired, each in its own transaction."""
    now = clock.now()
    async with transaction() as session:
        found = await queries.expired(session, now=now, limit=BATCH)
    for lot_id in found:
        async with transaction() as session:
            await quarantines.expire(session, lot_id=lot_id, now=now)


@jobs.job("lots.keep", every=timedelta(minutes=1))
async def keep() -> None:
    """Set aside units of lots that may not be sold which a promise or a transfer left free."""
    async with transaction() as session:
        found = await queries.loose(session, limit=BATCH)
    for lot_id in found:
        async with transaction() as session:
            await quarantines.keep(session, lot_id=lot_id)
