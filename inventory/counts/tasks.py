"""Jobs of counting: opening what is due."""

from datetime import timedelta

from inventory.counts import plans, queries
from oms.kernel import clock, db
from oms.kernel.jobs import job


@job("counts.open_due", every=timedelta(minutes=30))
async def open_due() -> None:
    """Open the counts of this day, each in a transaction of its own; a second run opens none."""
    async with db.transaction() as session:
        found = await queries.plans(session)
    for one in found:
        async with db.transaction() as session:
            await plans.open_due(
                session, location_id=one.location_id, abc_class=one.abc_class, now=clock.now()
            )
