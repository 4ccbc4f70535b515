"""Charging what has shipped, to the unit."""

from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment.events import ShipmentShipped
from oms.kernel import money
from oms.orders import queries
from oms.payments import captures

_TAKE = text("""
UPDATE order_line AS line SET charged = line.charged + parcel.quantity
FROM jsonb_to_recordset(CAST(:parcel AS jsonb)) AS parcel (order_line_id uuid, quantity int)
WHERE line.id = parcel.order_line_id
RETURNING line.ordered, line.charged - parcel.quantity AS first, parcel.quantity,
    line.goods_amount, line.discount_amount, line.shipping_amount, line.tax_amount
""")


async def capture_shipped(session: AsyncSession, event: ShipmentShipped) -> None:
    """Capture what the units of a parcel cost, with their shares of discount, shipping and tax."""
    await queries.lock(session, order_id=event.order_id)
    parcel = [{"order_line_id": one.order_line_id, "quantity": one.quantity} for one in event.lines]
    rows = await session.execute(_TAKE, {"parcel": msgspec.json.encode(parcel).decode()})
    amount = sum(
        sign * money.of_units(total, units=row.ordered, first=row.first, count=row.quantity)
        for row in rows
        for sign, total in (
            (1, row.goods_amount),
            (-1, row.discount_amount),
            (1, row.shipping_amount),
            (1, row.tax_amount),
        )
    )
    if amount:
        cause = _cause(event.shipment_id)
        await captures.capture(session, order_id=event.order_id, amount=amount, cause=cause)


def _cause(shipment_id: UUID) -> str:
    return f"shipment:{shipment_id}"
