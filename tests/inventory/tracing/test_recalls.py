"""Where a lot has been, by its ledger."""

from inventory.models import Reason
from inventory.tracing import recalls
from inventory.tracing.recalls import Passage, UnderWay
from tests.factories import location
from tests.inventory.tracing import standing
from tests.inventory.tracing.standing import MAY, milk, moved


async def test_what_left_on_a_transfer_is_under_way_until_it_arrives(session):
    here = await milk(session, ("A", MAY, 6))
    there = (await location(session)).id
    lot_id = await standing.lot_id(session, "A")

    await moved(session, here, Reason.MOVEMENT_SHIPPED, on_hand=-4, reference="transfer:1")
    await moved(session, there, Reason.MOVEMENT_RECEIVED, on_hand=3, reference="transfer:1")

    assert await recalls.under_way(session, lot_id=lot_id) == [UnderWay("transfer:1", 1)]
    found = await recalls.passages(session, lot_id=lot_id)
    assert set(found) == {Passage(here, 6, 4), Passage(there, 3, 0)}


async def test_what_was_shipped_is_listed_oldest_first_by_the_page(session):
    here = await milk(session, ("A", MAY, 6))
    lot_id = await standing.lot_id(session, "A")
    await moved(session, here, Reason.ORDER_SHIPPED, on_hand=-1, reference="FO-1")
    await moved(session, here, Reason.SHRINKAGE, on_hand=-1)
    await moved(session, here, Reason.ORDER_SHIPPED, on_hand=-2, reference="FO-2")

    first = await recalls.shipped(session, lot_id=lot_id, cursor=None, limit=1)
    rest = await recalls.shipped(session, lot_id=lot_id, cursor=first.next_cursor, limit=1)

    told = [(one.reference, one.on_hand) for one in [*first.rows, *rest.rows]]
    assert told == [("FO-1", -1), ("FO-2", -2)]
    assert rest.next_cursor is None
