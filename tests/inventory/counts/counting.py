"""Counting a shelf, step by step, as the tests of counts need it."""

from inventory.counts import openings
from inventory.counts.entries import Found
from inventory.counts.openings import Paper
from oms.kernel import actors, clock
from oms.kernel.actors import Actor, ActorKind
from oms.orders import recounts

SATO = Actor(ActorKind.STAFF, "Sato")


async def opened(session, level, **given):
    """A count of one level."""
    paper = Paper(level.location_id, **given)
    return await openings.open_count(session, paper=paper, skus=[level.sku])


async def submitted(session, level, units, **given):
    """A count of one level of which Sato found so many units."""
    count = await opened(session, level, **given)
    with actors.acting(SATO):
        await recounts.enter(session, count_id=count.id, found=[Found(level.sku, units)])
        return await recounts.submit(session, count_id=count.id, now=clock.now())


async def approved(session, level, units, **given):
    """The same, believed by somebody else."""
    count = await submitted(session, level, units, **given)
    return await recounts.approve(session, count_id=count.id, now=clock.now())
