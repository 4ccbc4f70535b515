"""A location cannot do its work: stock truth moves, others are asked, in one transaction."""

from collections.abc import Mapping, Sequence
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
from oms.kernel.errors import Rejected
from oms.orders import queries, reroutes
from oms.orders.allocations import Wanted
from oms.routing import decisions

_NOTHING: Mapping[UUID, str] = {}

TELLING = {RejectReason.INVENTORY_OUT_OF_STOCK, RejectReason.DAMAGED}
"""Reasons that say something of the stock."""


class PartUnnamed(Rejected):
    """Of a kit, the part that is missing or damaged must be named."""

    order_line_id: UUID
    sku: str
    possible: list[str]


async def reject(
    session: AsyncSession,
    *,
    work_id: UUID,
    lines: Sequence[tuple[UUID, int]],
    reason: RejectReason,
    missing: Mapping[UUID, str] = _NOTHING,
    version: int | None = None,
) -> FulfillmentOrder:
    """Give work back, wholly or partly: reject is not cancel, the shopper still gets the goods.

    An empty shelf lowers on_hand, damage moves units to damaged, of a kit those of the part that
    is `missing` (by order line); the location is not asked again for these goods of this order;
    the units are routed anew or wait. Raises PartUnnamed, and what work.reject_lines raises.
    """
    seen = await work_queries.get(session, work_id=work_id)
    order = await queries.lock(session, order_id=seen.order_id)
    rejected = await work.reject_lines(
        session, work_id=work_id, lines=lines, reason=reason, version=version
    )
    lacking = {line.order_line_id: _lacking(line, missing, reason) for line in rejected}
    await stock.hold_levels(session, skus=_skus(rejected))
    reference = f"fulfillment_order:{work_id}"
    await commitments.release(
        session,
        promises=[
            Promise(line.order_line_id, line.sku, seen.location_id, line.quantity)
            for line in rejected
        ],
        reference=reference,
    )
    changes = [
        _truth(reason, sku, quantity, seen.location_id, reference)
        for found in lacking.values()
        for sku, quantity in found.items()
    ]
    if changes:
        await movements.apply(session, changes=changes)
    await decisions.exclude(
        session,
        order_id=order.id,
        location_id=seen.location_id,
        skus=sorted({line.sku for line in rejected}),
        reason=reason.value,
    )
    wanted = [Wanted(line.order_line_id, line.sku, line.quantity, line.parts) for line in rejected]
    await reroutes.reroute(
        session, order=order, wanted=wanted, counter="in_work", cause=f"rejected:{seen.number}"
    )
    return await work_queries.get(session, work_id=work_id)


def _lacking(line: WorkLine, missing: Mapping[UUID, str], reason: RejectReason) -> dict[str, int]:
    """Return the units that are not there or not good, by SKU."""
    if reason not in TELLING:
        return {}
    if line.parts is None:
        return {line.sku: line.quantity}
    named = missing.get(line.order_line_id)
    lacking = {sku: each for sku, each in line.parts.items() if named in {None, sku} and each}
    if len(lacking) > 1 or (named and not lacking):
        raise PartUnnamed(line.order_line_id, line.sku, sorted(line.parts))
    return {sku: line.quantity * each for sku, each in lacking.items()}


def _skus(lines: Sequence[WorkLine]) -> list[str]:
    held = {sku for line in lines for sku in (line.parts or {line.sku: 1})}
    return sorted(held)


def _truth(
    reason: RejectReason, sku: str, quantity: int, location_id: UUID, reference: str
) -> Change:
    if reason is RejectReason.DAMAGED:
        return Change(sku, location_id, Reason.DAMAGED, reference, damaged=quantity)
    return Change(sku, location_id, Reason.SHRINKAGE, reference, on_hand=-quantity)
