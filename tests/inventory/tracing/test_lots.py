"""Lots follow the stock, whoever moves it, and always add up to it."""

import pytest
from sqlalchemy import text

from inventory.tracing import lots, receipts
from inventory.tracing.balances import LotShort
from inventory.tracing.lots import (
    ExpiryMissing,
    LotDiffers,
    LotFacts,
    LotNotHere,
    LotUnits,
    NotTraced,
)
from inventory.tracing.receipts import Arrival
from tests.factories import item, location
from tests.inventory.standing import level
from tests.inventory.tracing import standing
from tests.inventory.tracing.standing import JUNE, MAY, change, holds, milk, settled

CHANGES = ["UPDATE lot_movement SET on_hand = 9", "DELETE FROM lot_movement"]


async def test_units_come_in_with_their_lots(session):
    here = await milk(session, ("A", MAY, 3), ("B", JUNE, 2), ("A", MAY, 1), reference="PO-1")

    assert await standing.lots(session, here) == {"A": 4, "B": 2}
    told = await session.execute(
        text("SELECT on_hand, reason, reference, assumed FROM lot_movement ORDER BY on_hand")
    )
    assert [tuple(row) for row in told] == [
        (2, "received", "PO-1", False),
        (4, "received", "PO-1", False),
    ]
    await holds(session)


async def test_units_nobody_knows_the_lot_of_are_a_lot_without_a_code(session):
    here = await milk(session, ("A", MAY, 3), (None, None, 2))

    assert await standing.lots(session, here) == {"A": 3, "": 2}
    await holds(session)


async def test_what_goes_out_untold_is_of_the_unknown_lot_then_of_the_first_to_expire(session):
    here = await milk(session, ("B", JUNE, 3), ("A", MAY, 3), (None, None, 1))

    await change(session, here, on_hand=-2, reference="Shelf 1")

    assert await standing.lots(session, here) == {"A": 2, "B": 3}
    told = await session.execute(
        text("SELECT on_hand, reason, reference FROM lot_movement WHERE assumed AND on_hand < 0")
    )
    assert sorted(map(tuple, told)) == [(-1, "correction", "Shelf 1")] * 2
    await holds(session)


async def test_what_left_on_a_paper_comes_in_on_it_with_its_lots(session):
    here = await milk(session, ("A", MAY, 3), ("B", JUNE, 3))
    there = (await location(session)).id
    await change(session, here, on_hand=-4, reference="transfer:1")

    await change(session, there, on_hand=5, reference="transfer:1")

    assert await standing.lots(session, here) == {"B": 2}
    assert await standing.lots(session, there) == {"A": 3, "B": 1, "": 1}
    await holds(session)


async def test_a_damaged_unit_that_is_thrown_away_is_the_one_that_was_damaged(session):
    here = await milk(session, ("A", MAY, 3), ("B", JUNE, 3))
    await change(session, here, damaged=1)
    await session.execute(text("UPDATE lot_stock SET damaged = 1 WHERE lot_id = :id"),
                          {"id": await standing.lot_id(session, "B")})  # fmt: skip

    await change(session, here, on_hand=-1, damaged=-1)

    assert await standing.lots(session, here) == {"A": 3, "B": 2}
    assert await standing.lots(session, here, bucket="damaged") == {}


async def test_an_item_traced_from_now_on_begins_with_unknown_lots(session):
    here = await milk(session, lot_tracked=False, expiry_tracked=False)
    await change(session, here, on_hand=5)
    assert await standing.lots(session, here) == {}

    await session.execute(text("UPDATE item SET lot_tracked = true WHERE sku = 'MILK'"))

    assert await standing.lots(session, here) == {"": 5}
    await holds(session)


async def test_goods_whose_lots_are_not_kept_have_none(session):
    here = await location(session)
    await item(session, sku="CUP")
    line = Arrival("CUP", 1, LotFacts("A"))

    with pytest.raises(NotTraced) as refused:
        await receipts.receive(session, location_id=here.id, lines=[line])

    assert refused.value.skus == ["CUP"]


async def test_a_lot_traced_by_date_needs_its_date_once(session):
    here = await milk(session, ("A", MAY, 3))

    with pytest.raises(ExpiryMissing) as refused:
        await standing.arrive(session, here, ("A", None, 1), ("B", None, 1))

    assert refused.value.lots == ["MILK B"]
    assert await standing.lots(session, here) == {"A": 3}


async def test_one_lot_has_one_date(session):
    here = await milk(session, ("A", MAY, 3))

    with pytest.raises(LotDiffers) as refused:
        await standing.arrive(session, here, ("A", JUNE, 1))

    assert refused.value.expires_on == MAY
    assert await standing.lots(session, here) == {"A": 3}


async def test_a_label_read_later_says_what_the_units_are(session):
    here = await milk(session, (None, None, 5))

    lot = await lots.identify(
        session, location_id=here, units=LotUnits("MILK", 3, LotFacts("A", MAY))
    )
    await settled(session)

    assert lot.expires_on == MAY
    assert await standing.lots(session, here) == {"A": 3, "": 2}
    assert await level(session, "MILK", here) == {"on_hand": 5}
    await holds(session)


async def test_no_more_units_are_identified_than_are_there(session):
    here = await milk(session, (None, None, 2), ("A", MAY, 1))

    with pytest.raises(LotShort) as refused:
        await lots.identify(
            session, location_id=here, units=LotUnits("MILK", 3, LotFacts("A", MAY))
        )
    with pytest.raises(LotNotHere):
        await lots.identify(
            session,
            location_id=here,
            units=LotUnits("MILK", 1, LotFacts("A", MAY)),
            seen_as="B",
        )

    [short] = refused.value.lots
    assert (short["code"], short["wanted"], short["free"]) == (None, 3, 2)
    assert await standing.lots(session, here) == {"A": 1, "": 2}


@pytest.mark.parametrize(
    "verb", ["UPDATE lot_movement SET on_hand = 9", "DELETE FROM lot_movement"]
)
async def test_the_ledger_of_lots_refuses_change(session, verb):
    await milk(session, ("A", MAY, 1))

    with pytest.raises(Exception, match="append-only"):
        await session.execute(text(verb))
