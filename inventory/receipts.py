"""Goods coming in: accepted good units, ready to be sold."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.catalog import items
from inventory.events import Received, StockReceived
from inventory.models import Reason
from inventory.movements import Change
from inventory.places import queries as places
from oms.kernel import events


async def receive(
    session: AsyncSession,
    *,
    location_id: UUID,
    lines: Sequence[Received],
    reference: str | None = None,
) -> None:
    """Put units on the shelves of a location.

    Raises UnknownLocation (also outside the caller's reach) and UnknownSkus naming all of them.
    """
    await places.reach(session, location_id=location_id)
    await items.demand(session, skus=[line.sku for line in lines])
    changes = [
        Change(line.sku, location_id, Reason.RECEIVED, reference, on_hand=line.quantity)
        for line in lines
    ]
    await shelve(session, changes=changes, reference=reference)


async def shelve(
    session: AsyncSession, *, changes: Sequence[Change], reference: str | None
) -> None:
    """Put what came on the shelves, and tell each location's good units: they can be sold now.

    However goods come in, with or without a paper, they pass here.
    """
    await movements.apply(session, changes=changes)
    good: dict[UUID, list[Received]] = {}
    for change in changes:
        units = change.on_hand - change.damaged - change.quality_control
        if units > 0:
            come = Received(sku=change.sku, quantity=units)
            good.setdefault(change.location_id, []).append(come)
    for location_id, lines in good.items():
        told = StockReceived(location_id=location_id, reference=reference, lines=lines)
        events.record(session, told, about=location_id)
