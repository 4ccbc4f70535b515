"""Following parcels by what carriers scan. Every scan is kept; late ones move nothing backwards."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from fulfillment import queries
from fulfillment.carriers import Scan
from fulfillment.events import ShipmentDelivered, ShipmentTracked, Units
from fulfillment.models import Shipment, TrackingScan
from fulfillment.states import TrackingStatus
from oms.kernel import events, ids

T = TrackingStatus

FINAL = {T.DELIVERED, T.RETURNED_TO_SENDER}
"""The carrier's last word: nothing a carrier reports later moves such a parcel."""

RANK = {status: rank for rank, status in enumerate((
    T.LABEL_CREATED, T.ACCEPTED, T.IN_TRANSIT, T.OUT_FOR_DELIVERY, T.ATTEMPT_FAILED,
    T.AVAILABLE_FOR_PICKUP, T.EXCEPTION, T.CANCELLED, T.RETURNED_TO_SENDER, T.DELIVERED,
))}  # fmt: skip
"""Which of two scans of the same moment tells more."""


async def note(session: AsyncSession, *, carrier: str, scans: Sequence[Scan], now: datetime) -> int:
    """Keep what a carrier scanned and move its parcels; returns how many scans were new."""
    count = 0
    for number in sorted({scan.tracking_number for scan in scans}):
        await queries.hold_parcel(session, carrier=carrier, tracking_number=number)
        parcel = await queries.lock_parcel(session, carrier=carrier, tracking_number=number)
        own = [scan for scan in scans if scan.tracking_number == number]
        new = await _keep(session, carrier, parcel, own)
        count += len(new)
        if parcel is not None:
            await _follow(session, parcel, new, now=now)
    return count


async def adopt(session: AsyncSession, *, parcel: Shipment, now: datetime) -> None:
    """Give a new parcel the scans that came before it. Its number must be held."""
    early = await session.scalars(
        update(TrackingScan)
        .where(
            col(TrackingScan.carrier) == parcel.carrier,
            col(TrackingScan.tracking_number) == parcel.tracking_number,
            col(TrackingScan.shipment_id).is_(None),
        )
        .values(shipment_id=parcel.id)
        .returning(TrackingScan)
    )
    await _follow(session, parcel, early.all(), now=now)


def supersedes(
    scan: TrackingStatus, scanned_at: datetime, *, known: TrackingStatus, known_at: datetime | None
) -> bool:
    """Tell whether a scan says more than what is known of its parcel.

    A final word always does, unless there is one already; an unknown word never does; of all
    others the later one. So the order in which scans arrive makes no difference.
    """
    if known in FINAL or scan is T.UNKNOWN:
        return False
    if scan in FINAL or known_at is None:
        return True
    return (scanned_at, RANK[scan]) > (known_at, RANK[known])


async def _keep(
    session: AsyncSession, carrier: str, parcel: Shipment | None, scans: Iterable[Scan]
) -> Sequence[TrackingScan]:
    rows = [
        {
            "id": ids.new(),
            "carrier": carrier,
            "shipment_id": parcel.id if parcel else None,
            **vars(scan),
        }
        for scan in scans
    ]
    kept = await session.scalars(
        insert(TrackingScan)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["carrier", "scan_id"])
        .returning(TrackingScan)
    )
    return kept.all()


async def _follow(
    session: AsyncSession, parcel: Shipment, scans: Iterable[TrackingScan], *, now: datetime
) -> None:
    for scan in sorted(scans, key=lambda one: (one.occurred_at, one.id)):
        # A carrier's clock may be ahead; a sighting of tomorrow must not outlast all of today's.
        scanned_at = min(scan.occurred_at, now)
        known, known_at = parcel.tracking_status, parcel.tracking_at
        if supersedes(scan.status, scanned_at, known=known, known_at=known_at):
            parcel.tracking_status, parcel.tracking_at = scan.status, scanned_at
            if scan.status is not known:
                await _tell(session, parcel, scan.place)
    await session.flush()


async def _tell(session: AsyncSession, parcel: Shipment, place: str | None) -> None:
    fact: ShipmentDelivered | ShipmentTracked
    if parcel.tracking_status is T.DELIVERED:
        parcel.delivered_at = parcel.tracking_at
        lines = await queries.shipment_lines(session, shipment_ids=[parcel.id])
        fact = ShipmentDelivered(
            order_id=parcel.order_id,
            shipment_id=parcel.id,
            place=place,
            lines=[
                Units(order_line_id=line.order_line_id, sku=line.sku, quantity=line.quantity)
                for line in lines
            ],
        )
    else:
        fact = ShipmentTracked(
            order_id=parcel.order_id,
            shipment_id=parcel.id,
            status=parcel.tracking_status,
            place=place,
        )
    events.record(
        session,
        fact,
        about=parcel.order_id,
        channel_id=parcel.channel_id,
        occurred_at=parcel.tracking_at,
    )
