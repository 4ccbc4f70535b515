"""Reading work and parcels, and the only place that locks them.

Work lies within the reach of whoever acts: staff of some locations see the work of those
locations, an API key of a channel that channel's. What is out of reach is not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, TextClause, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from fulfillment.models import (
    FulfillmentLine,
    FulfillmentOrder,
    Shipment,
    ShipmentLine,
    TrackingScan,
)
from fulfillment.states import WorkStatus
from oms.kernel import actors, pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page

TO_DO = {WorkStatus.OPEN, WorkStatus.ACCEPTED, WorkStatus.PICKED, WorkStatus.PACKED}
"""Work a location still has before it."""

QUEUED = "fulfillment_order.status in ('open', 'accepted', 'picked', 'packed')"
"""The same in the very words of the queue's partial index, so that it is used."""

PARCEL_LOCK = 21


class UnknownFulfillmentOrder(NotFound):
    """There is no such fulfilment order."""

    fulfillment_order_id: UUID


class FulfillmentOrderChanged(Stale):
    """The fulfilment order was changed since it was read."""

    number: str
    version: int
    state: str


class UnknownShipment(NotFound):
    """There is no such shipment."""

    shipment_id: UUID


@dataclass(frozen=True)
class Filter:
    """Which work is wanted: what is still to be done, unless an order or statuses are named."""

    location_id: UUID | None = None
    order_id: UUID | None = None
    statuses: tuple[WorkStatus, ...] = ()

    def clauses(self) -> Iterator[ColumnElement[bool] | TextClause]:
        """Say it in SQL."""
        if self.location_id is not None:
            yield col(FulfillmentOrder.location_id) == self.location_id
        if self.order_id is not None:
            yield col(FulfillmentOrder.order_id) == self.order_id
        if self.statuses:
            yield col(FulfillmentOrder.status).in_(self.statuses)
        if not self.order_id and TO_DO.issuperset(self.statuses):
            yield text(QUEUED)


async def get(session: AsyncSession, *, work_id: UUID) -> FulfillmentOrder:
    """Read work without locking it. Raises UnknownFulfillmentOrder."""
    row = await session.scalar(_work(work_id))
    if row is None:
        raise UnknownFulfillmentOrder(work_id)
    return row


async def lock(
    session: AsyncSession, *, work_id: UUID, version: int | None = None
) -> FulfillmentOrder:
    """Lock work to change it.

    Whoever also needs the order locks the order first. Raises UnknownFulfillmentOrder, and
    FulfillmentOrderChanged when `version` is not the present one.
    """
    row = await session.scalar(
        _work(work_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise UnknownFulfillmentOrder(work_id)
    if version is not None and row.version != version:
        raise FulfillmentOrderChanged(row.number, row.version, row.status.value)
    return row


async def lock_of_order(session: AsyncSession, *, order_id: UUID) -> list[FulfillmentOrder]:
    """Lock all work of an order, wherever it is."""
    rows = await session.scalars(
        select(FulfillmentOrder)
        .where(col(FulfillmentOrder.order_id) == order_id)
        .order_by(col(FulfillmentOrder.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def of_order(session: AsyncSession, *, order_id: UUID) -> list[FulfillmentOrder]:
    """Read all work of an order, oldest first."""
    rows = await session.scalars(
        select(FulfillmentOrder)
        .where(col(FulfillmentOrder.order_id) == order_id)
        .order_by(col(FulfillmentOrder.id))
    )
    return list(rows)


async def begun_at(session: AsyncSession, *, location_id: UUID) -> list[str]:
    """Return the numbers of the work that a location has begun and not shipped, oldest first."""
    rows = await session.scalars(
        select(col(FulfillmentOrder.number))
        .where(
            col(FulfillmentOrder.location_id) == location_id,
            col(FulfillmentOrder.status) != WorkStatus.OPEN,
            text(QUEUED),
        )
        .order_by(col(FulfillmentOrder.id))
        .limit(pages.MAX_LIMIT)
    )
    return list(rows)


async def lines(session: AsyncSession, *, work_ids: Sequence[UUID]) -> list[FulfillmentLine]:
    """Read the lines of some work, as they are now, by SKU."""
    rows = await session.scalars(
        select(FulfillmentLine)
        .where(col(FulfillmentLine.fulfillment_order_id).in_(work_ids))
        .order_by(col(FulfillmentLine.sku), col(FulfillmentLine.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def picked_at(session: AsyncSession, *, location_id: UUID) -> list[tuple[str, str, int]]:
    """Return what was picked at a location and has not left yet: work, SKU and units.

    Of a kit these are the units of its parts.
    """
    rows = await session.execute(
        select(FulfillmentLine, col(FulfillmentOrder.number))
        .join(
            FulfillmentOrder, col(FulfillmentOrder.id) == col(FulfillmentLine.fulfillment_order_id)
        )
        .where(
            col(FulfillmentOrder.location_id) == location_id,
            text(QUEUED),
            col(FulfillmentLine.picked) > 0,
        )
        .order_by(col(FulfillmentLine.id))
        .execution_options(populate_existing=True)
    )
    return [
        (number, sku, line.picked * each)
        for line, number in rows
        for sku, each in (line.parts or {line.sku: 1}).items()
        if each
    ]


async def waiting_at(
    session: AsyncSession, *, location_id: UUID, order_line_ids: Sequence[UUID]
) -> list[FulfillmentLine]:
    """Read the lines of work a location has before it for these order lines, as they are now."""
    rows = await session.scalars(
        select(FulfillmentLine)
        .join(
            FulfillmentOrder, col(FulfillmentOrder.id) == col(FulfillmentLine.fulfillment_order_id)
        )
        .where(
            col(FulfillmentLine.order_line_id).in_(order_line_ids),
            col(FulfillmentOrder.location_id) == location_id,
            text(QUEUED),
        )
        .order_by(col(FulfillmentLine.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def lock_all(session: AsyncSession, *, work_ids: Sequence[UUID]) -> None:
    """Lock some work, in key order; whoever also needs the orders locks those first."""
    await session.execute(
        select(col(FulfillmentOrder.id))
        .where(col(FulfillmentOrder.id).in_(work_ids))
        .order_by(col(FulfillmentOrder.id))
        .with_for_update()
    )


async def queue(
    session: AsyncSession,
    *,
    wanted: Filter,
    cursor: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
) -> Page[FulfillmentOrder]:
    """List work, oldest first."""
    query = select(FulfillmentOrder).where(*wanted.clauses(), *_reach(FulfillmentOrder))
    return await pages.page(
        session, query, col(FulfillmentOrder.id), cursor=cursor, limit=limit, oldest_first=True
    )


async def shipment(session: AsyncSession, *, shipment_id: UUID) -> Shipment:
    """Read a parcel. Raises UnknownShipment."""
    row = await session.scalar(
        select(Shipment).where(col(Shipment.id) == shipment_id, *_reach(Shipment))
    )
    if row is None:
        raise UnknownShipment(shipment_id)
    return row


async def shipments(
    session: AsyncSession,
    *,
    order_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
) -> Page[Shipment]:
    """List parcels, newest first."""
    query = select(Shipment).where(*_reach(Shipment))
    if order_id is not None:
        query = query.where(col(Shipment.order_id) == order_id)
    return await pages.page(session, query, col(Shipment.id), cursor=cursor, limit=limit)


async def shipment_lines(
    session: AsyncSession, *, shipment_ids: Sequence[UUID]
) -> list[ShipmentLine]:
    """Read what is in some parcels, by SKU."""
    rows = await session.scalars(
        select(ShipmentLine)
        .where(col(ShipmentLine.shipment_id).in_(shipment_ids))
        .order_by(col(ShipmentLine.sku), col(ShipmentLine.id))
    )
    return list(rows)


async def scans(session: AsyncSession, *, shipment_ids: Sequence[UUID]) -> list[TrackingScan]:
    """Read what the carriers reported of some parcels, in the order in which it happened."""
    rows = await session.scalars(
        select(TrackingScan)
        .where(col(TrackingScan.shipment_id).in_(shipment_ids))
        .order_by(col(TrackingScan.occurred_at), col(TrackingScan.id))
    )
    return list(rows)


async def hold_parcel(session: AsyncSession, *, carrier: str, tracking_number: str) -> None:
    """Be the only one to deal with a tracking number until the end of this transaction.

    A scan may come before its parcel: then there is no row yet that could be locked.
    """
    name = f"{carrier}:{tracking_number}"
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(name, PARCEL_LOCK)))
    )


async def lock_parcel(
    session: AsyncSession, *, carrier: str, tracking_number: str
) -> Shipment | None:
    """Lock the parcel of a tracking number, if it is one of ours."""
    return await session.scalar(
        select(Shipment)
        .where(col(Shipment.carrier) == carrier, col(Shipment.tracking_number) == tracking_number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _work(work_id: UUID) -> Select[FulfillmentOrder]:
    return select(FulfillmentOrder).where(
        col(FulfillmentOrder.id) == work_id, *_reach(FulfillmentOrder)
    )


def _reach(table: type[FulfillmentOrder] | type[Shipment]) -> list[ColumnElement[bool]]:
    actor = actors.current()
    limits: list[ColumnElement[bool]] = []
    if actor.location_ids is not None:
        limits.append(col(table.location_id).in_(actor.location_ids))
    if actor.channel_id is not None:
        limits.append(col(table.channel_id) == actor.channel_id)
    return limits
