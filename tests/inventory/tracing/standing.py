"""What tests of lots and serial numbers start from and look at."""

from datetime import date

from sqlalchemy import text

from inventory import checks as stock_checks
from inventory import movements
from inventory.models import Reason
from inventory.movements import Change
from inventory.tracing import checks as tracing_checks
from inventory.tracing import receipts
from inventory.tracing.lots import LotFacts
from inventory.tracing.receipts import Arrival
from oms.kernel import checks
from tests.factories import item, location

MAY, JUNE, JULY = date(2031, 5, 31), date(2031, 6, 30), date(2031, 7, 31)


async def settled(session):
    """Let the database assume now what it would assume at the commit."""
    await session.flush()
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


async def milk(session, *lots, sku="MILK", reference=None, time_zone="Asia/Tokyo", **flags):
    """Units of an item traced by lot, as (code, expires_on, units); returns where they stand."""
    here = await location(session, time_zone=time_zone)
    await item(session, sku=sku, **{"lot_tracked": True, "expiry_tracked": True, **flags})
    await arrive(session, here.id, *lots, sku=sku, reference=reference)
    return here.id


async def arrive(session, location_id, *lots, sku="MILK", reference=None):
    lines = [
        Arrival(sku, units, LotFacts(code, expires_on) if code else None)
        for code, expires_on, units in lots
    ]
    await receipts.receive(session, location_id=location_id, lines=lines, reference=reference)
    await settled(session)


async def change(session, location_id, **given):
    """Correct the stock without a word about lots."""
    await moved(session, location_id, Reason.CORRECTION, **given)


async def moved(session, location_id, reason, *, sku="MILK", reference=None, **buckets):
    """Move the stock for a reason without a word about lots."""
    line = Change(sku, location_id, reason, reference, **buckets)
    await movements.apply(session, changes=[line])
    await settled(session)


async def lots(session, location_id, *, sku="MILK", bucket="on_hand"):
    """Return the units of each lot at a location; the lot of nobody knows which is ''."""
    rows = await session.execute(
        text(
            "SELECT coalesce(code, '') AS code,"
            " CAST(to_jsonb(lot_stock) ->> :bucket AS int) AS units FROM lot_stock"
            " JOIN lot ON lot.id = lot_id WHERE lot_stock.sku = :sku AND location_id = :at"
        ),
        {"sku": sku, "at": location_id, "bucket": bucket},
    )
    return {row.code: row.units for row in rows if row.units}


async def lot_id(session, code, *, sku="MILK"):
    return await session.scalar(
        text("SELECT id FROM lot WHERE sku = :sku AND code IS NOT DISTINCT FROM :code"),
        {"sku": sku, "code": code},
    )


async def holds(session):
    """Look at every invariant of stock, lots and serial numbers."""
    for check in [*stock_checks.CHECKS, *tracing_checks.CHECKS]:
        assert (await checks.run(session, check)).offenders == [], check.name
