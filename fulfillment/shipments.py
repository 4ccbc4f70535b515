"""Parcels handed over: packed work leaves the building, once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries, tracking, work
from fulfillment.events import ShipmentShipped
from fulfillment.models import FulfillmentLine, FulfillmentOrder, Shipment, ShipmentLine
from fulfillment.states import WORK, TrackingStatus
from inventory import commitments
from inventory.commitments import Promise
from oms.kernel import events, ids
from oms.kernel.errors import Conflict


class TrackingNumberTaken(Conflict):
    """Another parcel of this carrier has this tracking number."""

    carrier: str
    tracking_number: str


async def ship(
    session: AsyncSession,
    *,
    work_id: UUID,
    carrier: str,
    tracking_number: str,
    now: datetime,
    version: int | None = None,
) -> Shipment:
    """Hand all that was picked to the carrier; the promised units leave the stock.

    Raises IllegalMove, UnitsUnaccounted, TrackingNumberTaken.
    """
    order = await queries.lock(session, work_id=work_id, version=version)
    WORK.require(order, "ship")
    lines = await queries.lines(session, work_ids=[order.id])
    work.require_accounted(order, lines)
    await queries.hold_parcel(session, carrier=carrier, tracking_number=tracking_number)
    parcel = await _hand_over(session, order, carrier, tracking_number, now)
    await _fill(session, order, parcel, [line for line in lines if line.picked])
    WORK.move(order, "ship")
    fact = ShipmentShipped(
        order_id=order.order_id,
        shipment_id=parcel.id,
        fulfillment_order_id=order.id,
        location_id=order.location_id,
        carrier=carrier,
        tracking_number=tracking_number,
        lines=work.picked(lines),
    )
    events.record(session, fact, about=order.order_id, channel_id=order.channel_id)
    await session.flush()
    await tracking.adopt(session, parcel=parcel, now=now)
    return parcel


async def _hand_over(
    session: AsyncSession,
    order: FulfillmentOrder,
    carrier: str,
    tracking_number: str,
    now: datetime,
) -> Shipment:
    parcel: Shipment | None = await session.scalar(
        insert(Shipment)
        .values(
            id=ids.new(),
            fulfillment_order_id=order.id,
            order_id=order.order_id,
            channel_id=order.channel_id,
            location_id=order.location_id,
            carrier=carrier,
            tracking_number=tracking_number,
            tracking_status=TrackingStatus.LABEL_CREATED,
            shipped_at=now,
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["carrier", "tracking_number"])
        .returning(Shipment)
    )
    if parcel is None:
        raise TrackingNumberTaken(carrier, tracking_number)
    return parcel


async def _fill(
    session: AsyncSession,
    order: FulfillmentOrder,
    parcel: Shipment,
    lines: Sequence[FulfillmentLine],
) -> None:
    for line in lines:
        line.shipped = line.picked
    session.add_all(
        ShipmentLine(
            shipment_id=parcel.id,
            order_line_id=line.order_line_id,
            sku=line.sku,
            quantity=line.picked,
        )
        for line in lines
    )
    promises = [
        Promise(line.order_line_id, line.sku, order.location_id, line.picked) for line in lines
    ]
    await commitments.ship(session, promises=promises, reference=order.number)
