"""What tests of orders look at and do: counters, facts, work, one step further."""

from sqlalchemy import select
from sqlmodel import col

from fulfillment import queries as work_queries
from fulfillment import shipments, work
from fulfillment.events import ShipmentShipped, Units
from oms.kernel import clock, events, ids
from oms.kernel.events import EventRow
from oms.orders import queries
from oms.orders.progress import COUNTERS

WHERE = ("cancelled", "backordered", "allocated", "in_work", "shipped")


async def counters(session, order) -> list[dict[str, int]]:
    """Return, line by line, the counters that are not zero."""
    lines = await queries.lines(session, order_id=order.id)
    return [{name: units for name in COUNTERS if (units := getattr(line, name))} for line in lines]


async def facts(session, order) -> list[EventRow]:
    """Return everything told about an order, first to last."""
    await events.flush(session)
    rows = await session.scalars(
        select(EventRow)
        .where(col(EventRow.subject_id) == order.id)
        .order_by(col(EventRow.sequence))
    )
    return list(rows)


async def told(session, order) -> list[str]:
    """Return the names of what was told about an order itself."""
    return [fact.name for fact in await facts(session, order) if fact.name.startswith("order.")]


async def works(session, order) -> dict:
    """Return the work of an order that is not over, by location."""
    rows = await work_queries.of_order(session, order_id=order.id)
    return {row.location_id: row for row in rows if row.status not in work.OVER}


async def ship(session, row) -> ShipmentShipped:
    """Take work on, pick, pack and hand over all of it; returns the fact that tells it."""
    await work.accept(session, work_id=row.id)
    await work.pick(session, work_id=row.id)
    await work.pack(session, work_id=row.id)
    number = f"SB-{ids.new().hex[-10:]}"
    await shipments.ship(
        session, work_id=row.id, carrier="sandbox", tracking_number=number, now=clock.now()
    )
    rows = await facts(session, await queries.find(session, order_id=row.order_id))
    return ShipmentShipped.model_validate(
        [one for one in rows if one.name == "shipment.shipped"][-1].data
    )


def parcel(order, *units) -> ShipmentShipped:
    """Return the fact that units (order line, how many) of an order left in one parcel."""
    return ShipmentShipped(
        order_id=order.id,
        shipment_id=ids.new(),
        fulfillment_order_id=ids.new(),
        location_id=ids.new(),
        carrier="sandbox",
        tracking_number="SB-1",
        lines=[Units(order_line_id=line.id, sku=line.sku, quantity=count) for line, count in units],
    )
