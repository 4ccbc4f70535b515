"""Goods coming in whose lots and serial numbers are read at the dock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import receipts
from inventory.catalog import items
from inventory.events import Received
from inventory.models import Reason
from inventory.places import queries as places
from inventory.tracing import lots, queries, serials
from inventory.tracing.lots import LotFacts, LotUnits, NotTraced, Paper
from inventory.tracing.models import Lot


@dataclass(frozen=True)
class Arrival:
    """Good units of one SKU that came in: of which lot, with which serial numbers, if known."""

    sku: str
    quantity: int
    lot: LotFacts | None = None
    serials: Sequence[str] = ()


async def receive(
    session: AsyncSession,
    *,
    location_id: UUID,
    lines: Sequence[Arrival],
    reference: str | None = None,
) -> None:
    """Put units on the shelves of a location, and note what their labels say.

    Units of which nothing is said are of an unknown lot, or unread. Raises what receipts.receive
    raises, NotTraced, ExpiryMissing, LotDiffers, SerialsDoNotMatch, SerialNotHere.
    """
    units = [LotUnits(line.sku, line.quantity, line.lot) for line in lines if line.lot]
    known: dict[tuple[str, str], Lot] = {}
    if units:
        await places.reach(session, location_id=location_id)
        await items.demand(session, skus=[line.sku for line in lines])
        known = await lots.know(session, units=units)
    received = [Received(sku=line.sku, quantity=line.quantity) for line in lines]
    await receipts.receive(session, location_id=location_id, lines=received, reference=reference)
    paper = Paper(Reason.RECEIVED, reference)
    await lots.receive(session, location_id=location_id, units=units, known=known, paper=paper)
    await _read(session, location_id, [line for line in lines if line.serials], known, reference)


async def _read(
    session: AsyncSession,
    location_id: UUID,
    read: Sequence[Arrival],
    known: Mapping[tuple[str, str], Lot],
    reference: str | None,
) -> None:
    """Note the serial numbers that were read."""
    if not read:
        return
    traced = await queries.traced(session, skus=[line.sku for line in read])
    for line in read:
        if line.sku not in traced or not traced[line.sku].serials:
            raise NotTraced([line.sku])
        serials.require_as_many(sku=line.sku, units=line.quantity, serials=line.serials)
    of_lot = {
        (line.sku, code): known[line.sku, line.lot.code].id if line.lot else None
        for line in read
        for code in line.serials
    }
    await serials.receive(session, location_id=location_id, of_lot=of_lot, reference=reference)
