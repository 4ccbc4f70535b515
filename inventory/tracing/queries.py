"""Reading lots and serial numbers; the only place that locks them.

Whoever changes lots or serial numbers of a level holds the level, so that nobody waits crosswise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog.models import Item
from inventory.models import StockLevel
from inventory.places import queries as places
from inventory.tracing.models import (
    Lot,
    LotMovement,
    LotPick,
    LotStock,
    RemainingLife,
    Serial,
    SerialMovement,
    SerialStock,
)
from oms.kernel import pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page
from oms.kernel.statements import Statement

LAST_DAY = timedelta(hours=12)
"""How far behind UTC a day still lasts somewhere."""


class UnknownLot(NotFound):
    """There is no such lot."""

    lot_id: UUID


class LotChanged(Stale):
    """The lot was changed since it was read."""

    lot_id: UUID
    current_version: int


class UnknownSerial(NotFound):
    """There is no such serial number."""

    sku: str
    serial: str


@dataclass(frozen=True)
class Traced:
    """What is to be known of the units of an item."""

    lots: bool
    dated: bool
    serials: bool


@dataclass(frozen=True)
class Shelf:
    """Units of one lot at one location."""

    lot: Lot
    stock: LotStock


@dataclass(frozen=True)
class LotFilter:
    """Which lots a list shows; None does not restrict."""

    sku: str | None = None
    code: str | None = None
    expires_before: date | None = None


async def traced(session: AsyncSession, *, skus: Sequence[str]) -> dict[str, Traced]:
    """Return what is to be traced of those of these SKUs of which anything is."""
    flags = (col(Item.lot_tracked), col(Item.expiry_tracked), col(Item.serial_tracked))
    rows = await session.execute(
        select(col(Item.sku), *flags).where(col(Item.sku).in_(skus), flags[0] | flags[1] | flags[2])
    )
    return {sku: Traced(lots or dated, dated, serials) for sku, lots, dated, serials in rows}


async def today(session: AsyncSession, *, location_id: UUID, now: datetime) -> date:
    """Return the day it is at a location: by it lots expire. Raises UnknownLocation."""
    place = await places.location(session, location_id=location_id)
    return now.astimezone(ZoneInfo(place.time_zone)).date()


async def days_left(session: AsyncSession, *, channel_id: UUID) -> int:
    """Return how many days a lot must still be good when this channel's goods are shipped."""
    rule = await session.get(RemainingLife, channel_id)
    return 0 if rule is None else rule.days


async def hold(session: AsyncSession, *, skus: Sequence[str], location_id: UUID) -> None:
    """Hold the levels of these SKUs at one location, and with them their lots and serials."""
    await session.execute(
        select(col(StockLevel.sku))
        .where(col(StockLevel.sku).in_(skus), col(StockLevel.location_id) == location_id)
        .order_by(col(StockLevel.sku))
        .with_for_update(key_share=True)
    )


async def shelves(
    session: AsyncSession, *, skus: Sequence[str], location_id: UUID | None = None
) -> list[Shelf]:
    """Read which lots of these SKUs stand at a location (None: at any), first to expire first."""
    query = (
        select(Lot, LotStock)
        .join(LotStock, col(LotStock.lot_id) == col(Lot.id))
        .where(col(LotStock.sku).in_(skus), col(LotStock.on_hand) > 0)
        .order_by(col(Lot.expires_on).nulls_last(), col(Lot.code).nulls_last(), col(Lot.id))
        .execution_options(populate_existing=True)
    )
    if location_id is not None:
        query = query.where(col(LotStock.location_id) == location_id)
    return [Shelf(lot, stock) for lot, stock in await session.execute(query)]


async def lot(session: AsyncSession, *, lot_id: UUID) -> Lot:
    """Return a lot. Raises UnknownLot."""
    found = await session.get(Lot, lot_id)
    if found is None:
        raise UnknownLot(lot_id)
    return found


async def lock_lot(session: AsyncSession, *, lot_id: UUID, version: int | None = None) -> Lot:
    """Return a lot to change. Raises UnknownLot, LotChanged."""
    found = await session.scalar(
        select(Lot)
        .where(col(Lot.id) == lot_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownLot(lot_id)
    if version not in (None, found.version):
        raise LotChanged(lot_id, found.version)
    return found


async def standing_of(session: AsyncSession, *, lot_ids: Sequence[UUID]) -> list[LotStock]:
    """Read where units of some lots stand, as it is now."""
    rows = await session.scalars(
        select(LotStock)
        .where(col(LotStock.lot_id).in_(lot_ids), col(LotStock.on_hand) > 0)
        .order_by(col(LotStock.lot_id), col(LotStock.location_id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def named(session: AsyncSession, *, names: Sequence[tuple[str, str]]) -> list[Lot]:
    """Read the lots of these SKUs and codes, those that are known; none is held back meanwhile.

    Lots are locked before levels: whoever quarantines a lot waits for units of it that come in,
    and units that come in see that it was quarantined.
    """
    rows = await session.scalars(
        select(Lot)
        .where(tuple_(col(Lot.sku), col(Lot.code)).in_(names))
        .order_by(col(Lot.id))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def expired(session: AsyncSession, *, now: datetime, limit: int) -> list[UUID]:
    """Find lots still for sale that have expired where they stand, or everywhere on earth."""
    rows = await _EXPIRED.rows(session, now=now, gone=(now - LAST_DAY).date(), limit=limit)
    return [row["id"] for row in rows]


async def loose(session: AsyncSession, *, limit: int) -> list[UUID]:
    """Find lots not for sale that have units at a location which nobody was promised."""
    rows = await _LOOSE.rows(session, limit=limit)
    return [row["id"] for row in rows]


_EXPIRED = Statement("""
SELECT id FROM lot
WHERE status = 'open' AND expires_on < CAST(:gone AS date) + 2
    AND (expires_on < :gone OR EXISTS (
        SELECT FROM lot_stock AS stock JOIN location ON location.id = stock.location_id
        WHERE lot_id = lot.id AND stock.on_hand > 0
            AND expires_on < CAST(CAST(:now AS timestamptz) AT TIME ZONE time_zone AS date)))
ORDER BY expires_on, id LIMIT :limit
""")

_LOOSE = Statement("""
SELECT DISTINCT lot.id FROM lot
JOIN lot_stock AS stock ON stock.lot_id = lot.id
JOIN stock_level AS level ON level.sku = stock.sku AND level.location_id = stock.location_id
WHERE status <> 'open'
    AND stock.on_hand > stock.picked + stock.damaged + stock.quality_control
    AND level.on_hand > level.damaged + level.quality_control + level.committed + level.reserved
ORDER BY lot.id LIMIT :limit
""")


async def lots(
    session: AsyncSession, *, wanted: LotFilter, cursor: str | None, limit: int
) -> Page[Lot]:
    """Return a page of lots, the newest first."""
    query = select(Lot)
    if wanted.sku is not None:
        query = query.where(col(Lot.sku) == wanted.sku)
    if wanted.code is not None:
        query = query.where(col(Lot.code) == wanted.code)
    if wanted.expires_before is not None:
        query = query.where(col(Lot.expires_on) < wanted.expires_before)
    return await pages.page(session, query, col(Lot.id), cursor=cursor, limit=limit)


async def lot_movements(
    session: AsyncSession, *, lot_id: UUID, cursor: str | None, limit: int
) -> Page[LotMovement]:
    """Return a page of the ledger of a lot, oldest first: from receipt on."""
    query = select(LotMovement).where(col(LotMovement.lot_id) == lot_id)
    return await pages.page(
        session, query, col(LotMovement.id), cursor=cursor, limit=limit, oldest_first=True
    )


async def picks(session: AsyncSession, *, work_id: UUID) -> list[LotPick]:
    """Read which lots were picked for some work; exact while its row is held."""
    rows = await session.scalars(
        select(LotPick)
        .where(col(LotPick.work_id) == work_id)
        .order_by(col(LotPick.claimant_id), col(LotPick.lot_id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def sent(session: AsyncSession, *, claimant_id: UUID) -> dict[UUID, int]:
    """Count the units of each lot that one claimant got and has not sent back to the shelf."""
    rows = await session.execute(
        select(col(LotMovement.lot_id), col(LotMovement.on_hand)).where(
            col(LotMovement.claimant_id) == claimant_id
        )
    )
    counted: dict[UUID, int] = {}
    for lot_id, units in rows:
        counted[lot_id] = counted.get(lot_id, 0) - units
    return {lot_id: units for lot_id, units in counted.items() if units > 0}


async def serial(session: AsyncSession, *, sku: str, code: str) -> Serial:
    """Return a unit by its serial number. Raises UnknownSerial."""
    found = await session.scalar(
        select(Serial).where(col(Serial.sku) == sku, col(Serial.code) == code)
    )
    if found is None:
        raise UnknownSerial(sku, code)
    return found


async def lock_serials(
    session: AsyncSession, *, names: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Serial]:
    """Hold the units with these SKUs and serial numbers, those that are known."""
    return await _locked(session, tuple_(col(Serial.sku), col(Serial.code)).in_(names))


async def lock_picked(session: AsyncSession, *, work_id: UUID) -> list[Serial]:
    """Hold the units with serial numbers that were picked for some work."""
    return list((await _locked(session, col(Serial.work_id) == work_id)).values())


async def _locked(
    session: AsyncSession, wanted: ColumnElement[bool]
) -> dict[tuple[str, str], Serial]:
    rows = await session.scalars(
        select(Serial)
        .where(wanted)
        .order_by(col(Serial.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {(one.sku, one.code): one for one in rows}


async def picked_serials(session: AsyncSession, *, work_id: UUID) -> list[Serial]:
    """Read the units with serial numbers that were picked for some work."""
    rows = await session.scalars(
        select(Serial).where(col(Serial.work_id) == work_id).order_by(col(Serial.id))
    )
    return list(rows)


async def unread(
    session: AsyncSession, *, skus: Sequence[str], location_id: UUID
) -> dict[str, int]:
    """Count the units at a location of which nobody has read the serial number."""
    rows = await session.execute(
        select(col(SerialStock.sku), col(SerialStock.unread)).where(
            col(SerialStock.sku).in_(skus), col(SerialStock.location_id) == location_id
        )
    )
    return {row.sku: row.unread for row in rows}


async def serial_movements(session: AsyncSession, *, serial_id: UUID) -> list[SerialMovement]:
    """Read the life of a unit, oldest step first; at most the last 200 steps."""
    rows = await session.scalars(
        select(SerialMovement)
        .where(col(SerialMovement.serial_id) == serial_id)
        .order_by(col(SerialMovement.id).desc())
        .limit(pages.MAX_LIMIT)
    )
    return list(reversed(rows.all()))
