"""The recall list of a lot: every location, order, parcel and customer that has or had it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from fulfillment.models import FulfillmentOrder, Shipment
from inventory.tracing import quarantines, queries, recalls, views
from inventory.tracing.models import LotMovement
from inventory.tracing.views import LotOut
from oms.kernel.inputs import Output
from oms.orders.models import Order


class RecallPlaceOut(Output):
    """A location that has or had units of the lot.

    Of those `on_hand` so many are `set_aside`; `loose` ones are not: damaged, in somebody's work,
    or needed for what was promised.
    """

    location_id: UUID
    came: int
    left: int
    on_hand: int
    set_aside: int
    loose: int


class UnderWayOut(Output):
    """Units that left on a transfer and have not come out of it: on the way, or lost."""

    reference: str | None
    quantity: int


class ParcelOut(Output):
    """What left under the number of some work, and for whom."""

    shipment_id: UUID
    carrier: str
    tracking_number: str
    order_id: UUID
    order_number: str
    channel_id: UUID
    customer: dict[str, Any]


class RecipientOut(Output):
    """Units that went to a customer.

    `assumed`: nobody read the lot, and by the order in which lots expire it was this one.
    """

    reference: str | None
    quantity: int
    location_id: UUID
    shipped_at: datetime
    assumed: bool
    parcel: ParcelOut | None


class RecallOut(Output):
    """Everybody who has or had units of a lot: locations at once, recipients by the page."""

    lot: LotOut
    places: list[RecallPlaceOut]
    under_way: list[UnderWayOut]
    recipients: list[RecipientOut]
    next_cursor: str | None


async def of_lot(
    session: AsyncSession, *, lot_id: UUID, cursor: str | None, limit: int
) -> RecallOut:
    """Make the recall list of a lot. Raises UnknownLot, EveryLocationNeeded."""
    quarantines.require_everywhere()
    lot = await queries.lot(session, lot_id=lot_id)
    page = await recalls.shipped(session, lot_id=lot_id, cursor=cursor, limit=limit)
    parcels = await _parcels(session, [one.reference for one in page.rows if one.reference])
    return RecallOut(
        lot=await views.lot(session, lot),
        places=await _places(session, lot_id),
        under_way=[
            UnderWayOut.model_validate(one)
            for one in await recalls.under_way(session, lot_id=lot_id)
        ],
        recipients=[_recipient(one, parcels) for one in page.rows],
        next_cursor=page.next_cursor,
    )


async def _places(session: AsyncSession, lot_id: UUID) -> list[RecallPlaceOut]:
    now = {one.location_id: one for one in await queries.standing_of(session, lot_ids=[lot_id])}
    found = []
    for one in await recalls.passages(session, lot_id=lot_id):
        stands = now.get(one.location_id)
        on_hand, held = (stands.on_hand, stands.quality_control) if stands else (0, 0)
        found.append(
            RecallPlaceOut(
                location_id=one.location_id,
                came=one.came,
                left=one.left,
                on_hand=on_hand,
                set_aside=held,
                loose=on_hand - held,
            )
        )
    return found


async def _parcels(session: AsyncSession, numbers: Sequence[str]) -> dict[str, ParcelOut]:
    """Read parcels by the number of the work they come from."""
    rows = await session.execute(
        select(col(FulfillmentOrder.number), Order, Shipment)
        .join(Order, col(Order.id) == col(FulfillmentOrder.order_id))
        .join(Shipment, col(Shipment.fulfillment_order_id) == col(FulfillmentOrder.id))
        .where(col(FulfillmentOrder.number).in_(set(numbers)))
    )
    return {
        number: ParcelOut(
            shipment_id=parcel.id,
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            order_id=order.id,
            order_number=order.number,
            channel_id=order.channel_id,
            customer=order.customer,
        )
        for number, order, parcel in rows
    }


def _recipient(line: LotMovement, parcels: Mapping[str, ParcelOut]) -> RecipientOut:
    return RecipientOut(
        reference=line.reference,
        quantity=-line.on_hand,
        location_id=line.location_id,
        shipped_at=line.recorded_at,
        assumed=line.assumed,
        parcel=parcels.get(line.reference or ""),
    )
