"""Levels that become low, sell out, and can be sold again tell it, each turn once."""

from uuid import UUID

import pytest
from sqlalchemy import text

from inventory import commitments, movements, turns
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change, OutOfStock
from oms.kernel import events, ids
from tests.factories import item, location, shelf
from tests.inventory.standing import told


async def changed(session, here, **buckets):
    change = Change("CUP", here, Reason.CORRECTION, **buckets)
    await movements.apply(session, changes=[change])
    await events.flush(session)


@pytest.fixture
async def here(session) -> UUID:
    """A place with ten cups, four of them kept as safety stock: six can be sold."""
    cup = await shelf(session, units=10)
    await changed(session, cup.location_id, safety_stock=4)
    return cup.location_id


async def test_a_level_that_is_new_tells_nothing(session):
    place = await location(session)
    for sku, units in (("CUP", 0), ("LID", 3), ("VASE", 1)):
        await item(session, sku=sku)
        opened = Change(sku, place.id, Reason.RECEIVED, on_hand=units, safety_stock=units // 2)
        await movements.apply(session, changes=[opened])
    await events.flush(session)

    assert await told(session) == []


@pytest.mark.parametrize(
    ("sold", "turn"),
    [(1, None), (2, ("stock.low", 4)), (5, ("stock.low", 1)), (6, ("stock.out", 0))],
)
async def test_what_is_left_says_how_a_level_turned(session, here, sold, turn):
    await changed(session, here, on_hand=-sold)

    assert await told(session) == ([] if turn is None else [turn])


async def test_a_turn_is_told_once(session, here):
    for _ in range(6):
        await changed(session, here, on_hand=-1)
    for _ in range(6):
        await changed(session, here, on_hand=1)

    assert await told(session) == [("stock.low", 4), ("stock.out", 0), ("stock.back", 1)]


async def test_safety_stock_turns_a_level_as_a_sale_does(session, here):
    await changed(session, here, safety_stock=1)
    await changed(session, here, safety_stock=7)
    await changed(session, here, safety_stock=-3)
    await changed(session, here, safety_stock=-9)

    assert await told(session) == [("stock.low", 5), ("stock.out", -2), ("stock.back", 1)]


async def test_several_changes_of_a_level_are_judged_as_their_sum(session, here):
    both = [
        Change("CUP", here, Reason.CORRECTION, damaged=6),
        Change("CUP", here, Reason.CORRECTION, on_hand=6),
    ]
    await movements.apply(session, changes=both)
    await events.flush(session)

    assert await told(session) == []


async def test_promises_turn_a_level_and_shipping_does_not(session, here):
    promise = Promise(ids.new(), "CUP", here, 6)
    await commitments.make(session, promises=[promise], reference="SO-1")
    await commitments.ship(session, promises=[promise], reference="SO-1")
    again = await shelf(session, units=6, location_id=here)
    await commitments.make(session, promises=[promise], reference="SO-2")
    await commitments.release(session, promises=[promise], reference="SO-2")
    await events.flush(session)

    assert again.location_id == here
    assert await told(session) == [
        ("stock.out", 0), ("stock.back", 6), ("stock.out", 0), ("stock.back", 6),
    ]  # fmt: skip


async def test_what_is_refused_turns_nothing(session, here):
    changes = [
        Change("CUP", here, Reason.SHRINKAGE, on_hand=-6),
        Change("VASE", here, Reason.SHRINKAGE, on_hand=-1),
    ]
    await item(session, sku="VASE")
    with pytest.raises(OutOfStock) as refusal:
        await movements.apply(session, changes=changes)
    await events.flush(session)

    assert [one["sku"] for one in refusal.value.shortages] == ["VASE"]
    assert await told(session) == []


async def test_only_the_levels_that_turn_are_told_each_under_its_own_subject(session, here):
    await shelf(session, sku="LID", units=9, location_id=here)
    await shelf(session, sku="VASE", units=2, location_id=here)
    sold = [
        Change(sku, here, Reason.SHRINKAGE, on_hand=-units)
        for sku, units in (("CUP", 3), ("LID", 3), ("VASE", 2))
    ]
    await movements.apply(session, changes=sold)
    await events.flush(session)

    rows = await session.execute(
        text("SELECT name, subject_id, sequence, data FROM event ORDER BY data ->> 'sku'")
    )
    assert rows.all() == [
        (f"stock.{turn}", turns.subject(location_id=here, sku=sku), 1, {
            "location_id": str(here), "sku": sku, "available": left, "safety_stock": safety,
        })
        for turn, sku, left, safety in (("low", "CUP", 3, 4), ("out", "VASE", 0, 0))
    ]  # fmt: skip
