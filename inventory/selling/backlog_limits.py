"""Saying how much may be sold ahead: backorders and preorders of an item, by channel or by all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import items
from inventory.selling import queries
from inventory.selling.events import BacklogLimitSet
from inventory.selling.models import BacklogKind, BacklogLimit
from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected


class BelowOwed(Conflict):
    """More units are owed already; close the limit instead to stop selling ahead."""

    taken: int


class DateMissing(Rejected):
    """A preorder says when the goods should be there."""

    sku: str


@dataclass(frozen=True)
class Permit:
    """How many units may be sold ahead, until or from when; closed, none for now."""

    kind: BacklogKind
    units: int
    available_at: datetime | None = None
    open: bool = True


async def permit(
    session: AsyncSession, *, sku: str, channel_id: UUID | None, permit: Permit
) -> BacklogLimit:
    """Set the limit of an item, for one channel or for all of them together.

    Raises UnknownSkus, DateMissing, BelowOwed.
    """
    await items.demand(session, skus=[sku])
    if permit.kind is BacklogKind.PREORDER and permit.available_at is None:
        raise DateMissing(sku)
    limit = await _locked(session, sku, channel_id)
    if limit.taken > permit.units:
        raise BelowOwed(limit.taken)
    limit.sqlmodel_update(vars(permit))
    session.add(limit)
    await session.flush()
    told = BacklogLimitSet(limit_id=limit.id, sku=sku, taken=limit.taken, **vars(permit))
    events.record(session, told, about=limit.id, channel_id=channel_id)
    return limit


async def _locked(session: AsyncSession, sku: str, channel_id: UUID | None) -> BacklogLimit:
    """Return the limit, or a new one that counts what is owed already."""
    for limit in await queries.lock_backlog(session, skus=[sku]):
        if limit.channel_id == channel_id:
            return limit
    owed = await queries.claimed(session, sku=sku)
    taken = owed.total() if channel_id is None else owed[channel_id]
    return BacklogLimit(sku=sku, channel_id=channel_id, units=0, taken=taken)
