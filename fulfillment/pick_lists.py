"""What to take from the shelves, and of which lots: those first that expire first."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries
from fulfillment.models import FulfillmentLine
from inventory.tracing import plans, suggestions
from inventory.tracing import queries as tracing
from inventory.tracing.plans import Line, Plan, Work
from inventory.tracing.suggestions import Take
from oms.kernel.inputs import Output


class LotToTakeOut(Output):
    """Units of one lot to take. Without a `code`: any whose lot nobody knows."""

    lot_id: UUID
    code: str | None
    expires_on: date | None
    quantity: int


class ToTakeOut(Output):
    """Units of one SKU to take for an order line; of a kit, of each of its parts.

    `lots` are suggested where lots are kept. `lacking` units have none that may be shipped: they
    are set aside, recalled, or do not stay good for long enough for the channel.
    """

    order_line_id: UUID
    sku: str
    quantity: int
    lots: list[LotToTakeOut] | None
    lacking: int


class PickListOut(Output):
    """What to take from the shelves of one location for some work."""

    fulfillment_order_id: UUID
    number: str
    lines: list[ToTakeOut]


async def suggest(session: AsyncSession, *, work_id: UUID, now: datetime) -> PickListOut:
    """Suggest lots for what is still to be shipped. Raises UnknownFulfillmentOrder.

    Nothing is held by it, so work that is done at the same time may be told the same lots.
    """
    order = await queries.get(session, work_id=work_id)
    wanted = list(_wanted(await queries.lines(session, work_ids=[order.id])))
    traced = await tracing.traced(session, skus=[line.sku for line in wanted])
    lots = {sku: flags for sku, flags in traced.items() if flags.lots}
    work = Work(order.id, order.location_id, order.channel_id, order.number)
    plan = await plans.survey(session, work=work, traced=lots, now=now)
    return PickListOut(
        fulfillment_order_id=order.id,
        number=order.number,
        lines=[_shown(plan, line) for line in wanted],
    )


def _wanted(lines: Sequence[FulfillmentLine]) -> Iterator[Line]:
    for line in lines:
        left = line.quantity - line.rejected - line.shipped
        parts = {line.sku: 1} if line.parts is None else line.parts
        for sku, units in sorted(parts.items()):
            if left * units:
                yield Line(line.order_line_id, sku, left * units)


def _shown(plan: Plan, line: Line) -> ToTakeOut:
    """Show a line with its lots, which the next line cannot have."""
    if line.sku not in plan.terms:
        return ToTakeOut(
            order_line_id=line.claimant_id,
            sku=line.sku,
            quantity=line.quantity,
            lots=None,
            lacking=0,
        )
    takes = suggestions.first_expired(
        plan.candidates(line.sku), quantity=line.quantity, terms=plan.terms[line.sku]
    )
    plan.free.subtract({one.lot_id: one.quantity for one in takes})
    return ToTakeOut(
        order_line_id=line.claimant_id,
        sku=line.sku,
        quantity=line.quantity,
        lots=[_lot(plan, take) for take in takes],
        lacking=line.quantity - sum(take.quantity for take in takes),
    )


def _lot(plan: Plan, take: Take) -> LotToTakeOut:
    lot = next(one.lot for one in plan.shelves.values() if one.lot.id == take.lot_id)
    return LotToTakeOut(
        lot_id=lot.id, code=lot.code, expires_on=lot.expires_on, quantity=take.quantity
    )
