"""A count found too little on a shelf: a transfer holds fewer of the units nobody picked yet."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.models import Reason
from inventory.transfers import queries, units
from inventory.transfers.events import TransferReduced
from inventory.transfers.models import Transfer
from oms.kernel import events


async def reduce(session: AsyncSession, *, found: Transfer, let_go: Mapping[str, int]) -> None:
    """Give units that are held for a locked transfer back. Raises MoreThanThere."""
    lines = await queries.lines(session, transfer_ids=[found.id])
    units.fit(found, let_go, {line.sku: line.reserved for line in lines})
    freed = {sku: -quantity for sku, quantity in let_go.items()}
    await movements.apply(session, changes=units.held(found, freed, Reason.MOVEMENT_UPDATED))
    for line in lines:
        line.reserved -= let_go.get(line.sku, 0)
    queries.touch(found)
    told = TransferReduced(**units.facts(found), lines=units.moved(let_go))
    events.record(session, told, about=found.id)
    await session.flush()
