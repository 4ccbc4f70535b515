"""Correcting what is known of the stock: counts, damage, quality control, safety stock."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.catalog import items
from inventory.events import Adjusted, StockAdjusted
from inventory.models import Reason
from inventory.movements import Change
from inventory.places import queries as places
from oms.kernel import events
from oms.kernel.errors import Rejected

BY_HAND = frozenset(
    reason for reason in Reason if not reason.startswith(("movement_", "order_", "reservation_"))
)
"""Why people adjust stock; the other reasons belong to orders, holds, transfers and supply."""


class ReasonNotByHand(Rejected):
    """This reason is noted by the system itself, never by hand."""

    reason: str
    possible: list[str]


def demand_by_hand(reason: Reason) -> None:
    """Make sure that people may give this reason. Raises ReasonNotByHand."""
    if reason not in BY_HAND:
        raise ReasonNotByHand(reason.value, sorted(one.value for one in BY_HAND))


async def adjust(
    session: AsyncSession,
    *,
    location_id: UUID,
    reason: Reason,
    lines: Sequence[Adjusted],
    reference: str | None = None,
) -> None:
    """Change buckets of levels by what was found, all of them or none.

    Raises ReasonNotByHand, UnknownLocation (also outside the caller's reach), UnknownSkus, and
    OutOfStock naming every level that would hold less than is promised of it.
    """
    demand_by_hand(reason)
    await places.reach(session, location_id=location_id)
    await items.demand(session, skus=[line.sku for line in lines])
    changes = [
        Change(location_id=location_id, reason=reason, reference=reference, **line.model_dump())
        for line in lines
    ]
    await movements.apply(session, changes=changes)
    told = StockAdjusted(
        location_id=location_id, reason=reason, reference=reference, lines=list(lines)
    )
    events.record(session, told, about=location_id)
