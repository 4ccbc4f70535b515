"""A location cannot do its work: stock truth moves, others are asked, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries as work_queries
from fulfillment import work
from fulfillment.models import FulfillmentOrder
from fulfillment.states import RejectReason
from fulfillment.work import WorkLine
from inventory import commitments, movements
from inventory import queries as stock
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change
from oms.orders import queries, reroutes
from oms.orders.allocations import Wanted
from oms.routing import decisions


async def reject(
    session: AsyncSession,
    *,
    work_id: UUID,
    lines: Sequence[tuple[UUID, int]],
    reason: RejectReason,
    version: int | None = None,
) -> FulfillmentOrder:
    """Give work back, wholly or partly: reject is not cancel, the shopper still gets the goods.

    An empty shelf lowers on_hand, damage moves units to damaged; the location is not asked
    again for these goods of this order; the units are routed anew or wait. Raises what
    work.reject_lines raises.
    """
    seen = await work_queries.get(session, work_id=work_id)
    order = await queries.lock(session, order_id=seen.order_id)
    rejected = await work.reject_lines(
        session, work_id=work_id, lines=lines, reason=reason, version=version
    )
    await stock.hold_levels(session, skus=sorted({line.sku for line in rejected}))
    reference = f"fulfillment_order:{work_id}"
    await commitments.release(
        session,
        promises=[
            Promise(line.order_line_id, line.sku, seen.location_id, line.quantity)
            for line in rejected
        ],
        reference=reference,
    )
    await _correct_stock(session, seen.location_id, rejected, reason, reference)
    await decisions.exclude(
        session,
        order_id=order.id,
        location_id=seen.location_id,
        skus=sorted({line.sku for line in rejected}),
        reason=reason.value,
    )
    wanted = [Wanted(line.order_line_id, line.sku, line.quantity) for line in rejected]
    await reroutes.reroute(
        session, order=order, wanted=wanted, counter="in_work", cause=f"rejected:{seen.number}"
    )
    return await work_queries.get(session, work_id=work_id)


async def _correct_stock(
    session: AsyncSession,
    location_id: UUID,
    rejected: Sequence[WorkLine],
    reason: RejectReason,
    reference: str,
) -> None:
    changes = [
        change
        for line in rejected
        if (change := _truth(line, location_id, reason, reference)) is not None
    ]
    if changes:
        await movements.apply(session, changes=changes)


def _truth(
    line: WorkLine, location_id: UUID, reason: RejectReason, reference: str
) -> Change | None:
    if reason is RejectReason.INVENTORY_OUT_OF_STOCK:
        return Change(line.sku, location_id, Reason.SHRINKAGE, reference, on_hand=-line.quantity)
    if reason is RejectReason.DAMAGED:
        return Change(line.sku, location_id, Reason.DAMAGED, reference, damaged=line.quantity)
    return None
