"""Work and parcels as callers see them, over HTTP and in webhooks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries
from fulfillment.models import FulfillmentOrder, Shipment
from fulfillment.states import WORK, TrackingStatus, WorkStatus
from oms.kernel.inputs import Output

T = TypeVar("T")


class FulfillmentLineOut(Output):
    """Units of one order line in the work; `picked` and `rejected` are parts of `quantity`.

    `parts` are what to take from the shelves for one unit, where that is not its own SKU: the parts
    of a kit; it is empty for what is not tracked.
    """

    order_line_id: UUID
    sku: str
    name: str
    quantity: int
    parts: dict[str, int] | None
    picked: int
    rejected: int
    shipped: int


class FulfillmentOrderOut(Output):
    """Work for one location; `actions` are the verbs that are possible now."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    channel_id: UUID
    location_id: UUID
    status: WorkStatus
    actions: list[str]
    reason: str | None
    ship_to: dict[str, Any]
    lines: list[FulfillmentLineOut]
    version: int
    recorded_at: datetime


class FulfillmentOrdersOut(Output):
    """A page of work."""

    fulfillment_orders: list[FulfillmentOrderOut]
    next_cursor: str | None


class ShipmentLineOut(Output):
    """Units of one order line in a parcel."""

    order_line_id: UUID
    sku: str
    quantity: int


class ScanOut(Output):
    """One scan: the carrier's word, and what it means in our vocabulary."""

    status: TrackingStatus
    carrier_status: str
    place: str | None
    occurred_at: datetime
    recorded_at: datetime


class ShipmentOut(Output):
    """A parcel: that we handed it over, and what the carrier says of it since."""

    id: UUID
    fulfillment_order_id: UUID
    order_id: UUID
    channel_id: UUID
    location_id: UUID
    carrier: str
    tracking_number: str
    tracking_status: TrackingStatus
    tracking_at: datetime | None
    shipped_at: datetime
    delivered_at: datetime | None
    lines: list[ShipmentLineOut]
    scans: list[ScanOut]
    version: int


class ShipmentsOut(Output):
    """A page of parcels."""

    shipments: list[ShipmentOut]
    next_cursor: str | None


async def work(session: AsyncSession, row: FulfillmentOrder) -> FulfillmentOrderOut:
    """Show one piece of work."""
    [shown] = await works(session, [row])
    return shown


async def works(
    session: AsyncSession, rows: Sequence[FulfillmentOrder]
) -> list[FulfillmentOrderOut]:
    """Show some work, with one query for all its lines."""
    lines = _grouped(
        (line.fulfillment_order_id, FulfillmentLineOut.model_validate(line))
        for line in await queries.lines(session, work_ids=[row.id for row in rows])
    )
    return [
        FulfillmentOrderOut.model_validate(
            {**row.model_dump(), "actions": WORK.possible(row.status), "lines": lines[row.id]}
        )
        for row in rows
    ]


async def shipment(session: AsyncSession, row: Shipment) -> ShipmentOut:
    """Show one parcel."""
    [shown] = await shipments(session, [row])
    return shown


async def shipments(session: AsyncSession, rows: Sequence[Shipment]) -> list[ShipmentOut]:
    """Show some parcels, with one query for all their lines and one for all their scans."""
    parcels = [row.id for row in rows]
    lines = _grouped(
        (line.shipment_id, ShipmentLineOut.model_validate(line))
        for line in await queries.shipment_lines(session, shipment_ids=parcels)
    )
    scans = _grouped(
        (scan.shipment_id, ScanOut.model_validate(scan))
        for scan in await queries.scans(session, shipment_ids=parcels)
    )
    return [
        ShipmentOut.model_validate(
            {**row.model_dump(), "lines": lines[row.id], "scans": scans[row.id]}
        )
        for row in rows
    ]


def _grouped(pairs: Iterable[tuple[UUID | None, T]]) -> dict[UUID | None, list[T]]:
    grouped: dict[UUID | None, list[T]] = defaultdict(list)
    for owner, part in pairs:
        grouped[owner].append(part)
    return grouped
