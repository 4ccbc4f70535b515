"""Lots that are quarantined while their units come in and go out."""

import asyncio

from inventory import commitments
from inventory.commitments import Promise
from inventory.tracing import quarantines, receipts
from inventory.tracing.lots import LotFacts
from inventory.tracing.receipts import Arrival
from oms.kernel import db, ids
from tests.factories import item, location
from tests.inventory.standing import level
from tests.inventory.tracing import standing
from tests.inventory.tracing.standing import MAY, holds
from tests.races.test_transfers import at_once, tried


def of_lot(sku, units):
    return [Arrival(sku, units, LotFacts("A", MAY))]


async def test_no_unit_of_a_lot_slips_past_its_quarantine(database):
    """Units come in where the lot stands, and where it has never been."""
    for _ in range(8):
        async with db.transaction() as session:
            sku = (await item(session, sku=f"MILK-{ids.new()}", lot_tracked=True)).sku
            places = [(await location(session)).id for _ in range(3)]
            await receipts.receive(session, location_id=places[0], lines=of_lot(sku, 2))
        async with db.transaction() as session:
            lot_id = await standing.lot_id(session, "A", sku=sku)

        ended = await at_once(
            *(tried(receipts.receive, location_id=at, lines=of_lot(sku, 3)) for at in places),
            tried(quarantines.quarantine, lot_id=lot_id, reason="Glass"),
            *(tried(receipts.receive, location_id=at, lines=of_lot(sku, 1)) for at in places),
        )

        assert ended == {"done": 7}
        async with db.transaction() as session:
            found = [await level(session, sku, at) for at in places]
        assert found == [{"on_hand": units, "quality_control": units} for units in (6, 4, 4)]
    async with db.transaction() as session:
        await holds(session)


async def test_the_last_units_are_promised_or_set_aside_never_both(database):
    for _ in range(8):
        async with db.transaction() as session:
            sku = (await item(session, sku=f"MILK-{ids.new()}", lot_tracked=True)).sku
            here = (await location(session)).id
            await receipts.receive(session, location_id=here, lines=of_lot(sku, 2))
        async with db.transaction() as session:
            lot_id = await standing.lot_id(session, "A", sku=sku)
        bought = [Promise(ids.new(), sku, here, 2)]

        async with asyncio.timeout(30):
            ended = await at_once(
                tried(quarantines.recall, lot_id=lot_id, reason="Glass"),
                tried(commitments.make, promises=bought, reference="SO-1"),
            )

        async with db.transaction() as session:
            found = await level(session, sku, here)
        if ended == {"done": 2}:
            assert found == {"on_hand": 2, "committed": 2}
        else:
            assert ended == {"done": 1, "out_of_stock": 1}
            assert found == {"on_hand": 2, "quality_control": 2}
    async with db.transaction() as session:
        await holds(session)
