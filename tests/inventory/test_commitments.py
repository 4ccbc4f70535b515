"""Promises: made of what can be sold, ended when they ship or are given back."""

import pytest

from inventory import commitments, movements
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change, NotPromised, OutOfStock
from oms.kernel import ids
from tests.factories import shelf
from tests.inventory.standing import ledger, level, promises

LINE, OTHER = ids.new(), ids.new()


async def promised(session, *made):
    await commitments.make(session, promises=made, reference="SO-1")


async def test_a_promise_takes_units_from_sale_but_not_from_the_shelf(session):
    cup = await shelf(session, units=5)
    here = cup.location_id

    await promised(session, Promise(LINE, "CUP", here, 2), Promise(OTHER, "CUP", here, 1))

    assert await level(session, "CUP", here) == {"on_hand": 5, "committed": 3}
    assert await promises(session, claimant_id=LINE) == 2
    assert (await ledger(session, "CUP"))[-1] == (
        "order_committed", "SO-1", "system:oms", {"committed": 3},
    )  # fmt: skip


async def test_more_for_the_same_line_is_added_to_its_promise(session):
    cup = await shelf(session, units=5)
    two = Promise(LINE, "CUP", cup.location_id, 2)

    await promised(session, two)
    await promised(session, two, Promise(LINE, "CUP", cup.location_id, 1))

    assert await promises(session, claimant_id=LINE) == 5


async def test_one_line_may_be_promised_several_goods_from_several_places(session):
    cup, far = await shelf(session), await shelf(session)
    await shelf(session, sku="LID", location_id=cup.location_id)

    await promised(
        session,
        Promise(LINE, "CUP", cup.location_id, 1),
        Promise(LINE, "LID", cup.location_id, 2),
        Promise(LINE, "CUP", far.location_id, 3),
    )

    assert await promises(session, claimant_id=LINE) == 6
    assert await level(session, "LID", cup.location_id) == {"on_hand": 10, "committed": 2}


async def test_all_is_promised_or_nothing_and_every_shortage_is_named(session):
    cup = await shelf(session, units=2)
    await shelf(session, sku="VASE", units=1, location_id=cup.location_id)
    here = cup.location_id

    with pytest.raises(OutOfStock) as refusal:
        await promised(
            session,
            Promise(LINE, "CUP", here, 1),
            Promise(OTHER, "CUP", here, 2),
            Promise(OTHER, "VASE", here, 1),
            Promise(OTHER, "LAMP", here, 1),
        )

    assert refusal.value.code == "out_of_stock"
    assert refusal.value.shortages == [
        {"sku": "CUP", "location_id": here, "wanted": 3, "available": 2},
        {"sku": "LAMP", "location_id": here, "wanted": 1, "available": 0},
    ]
    assert await level(session, "VASE", here) == {"on_hand": 1}
    assert await promises(session) == 0


async def test_safety_stock_damage_and_quality_control_are_not_promised(session):
    cup = await shelf(session, units=6)
    here = cup.location_id
    await movements.apply(
        session,
        changes=[Change("CUP", here, Reason.OTHER, safety_stock=1, damaged=2, quality_control=1)],
    )

    with pytest.raises(OutOfStock):
        await promised(session, Promise(LINE, "CUP", here, 3))
    await promised(session, Promise(LINE, "CUP", here, 2))

    assert (await level(session, "CUP", here))["committed"] == 2


async def test_a_promise_leaves_on_each_shelf_what_must_stay_there(session):
    cup = await shelf(session, units=5)
    await shelf(session, sku="VASE", units=5, location_id=cup.location_id)
    levels = ("CUP", cup.location_id), ("VASE", cup.location_id)
    made = [Promise(LINE, *level, 4) for level in levels]

    async def leaving(cups, vases):
        buffers = dict(zip(levels, (cups, vases), strict=True))
        await commitments.make(session, promises=made, reference="SO-1", leaving=buffers)

    with pytest.raises(OutOfStock) as refusal:
        await leaving(2, 1)
    assert await promises(session) == 0
    await leaving(1, 0)

    assert refusal.value.shortages == [
        {"sku": "CUP", "location_id": cup.location_id, "wanted": 4, "available": 3}
    ]
    assert await promises(session) == 8


async def test_released_units_can_be_sold_again(session):
    cup = await shelf(session, units=5)
    here = cup.location_id
    await promised(session, Promise(LINE, "CUP", here, 3), Promise(OTHER, "CUP", here, 1))

    given_back = [Promise(LINE, "CUP", here, 2), Promise(OTHER, "CUP", here, 1)]
    await commitments.release(session, promises=given_back, reference="SO-1")

    assert await level(session, "CUP", here) == {"on_hand": 5, "committed": 1}
    assert await promises(session, claimant_id=LINE) == 1
    assert await promises(session, claimant_id=OTHER) == 0
    assert (await ledger(session, "CUP"))[-1][-1] == {"committed": -3}


async def test_shipped_units_leave_the_shelf_and_the_promise(session):
    cup = await shelf(session, units=5)
    here = cup.location_id
    await promised(session, Promise(LINE, "CUP", here, 3))

    parcel = [Promise(LINE, "CUP", here, 3)]
    await commitments.ship(session, promises=parcel, reference="FO-1")

    assert await level(session, "CUP", here) == {"on_hand": 2}
    assert await promises(session) == 0
    assert (await ledger(session, "CUP"))[-1] == (
        "order_shipped", "FO-1", "system:oms", {"on_hand": -3, "committed": -3},
    )  # fmt: skip


@pytest.mark.parametrize("settle", [commitments.release, commitments.ship])
async def test_nobody_settles_more_than_was_promised_to_them(session, settle):
    cup = await shelf(session, units=9)
    await shelf(session, sku="VASE", location_id=cup.location_id)
    here = cup.location_id
    await promised(
        session,
        Promise(LINE, "CUP", here, 2),
        Promise(OTHER, "CUP", here, 5),
        Promise(LINE, "VASE", here, 1),
    )

    asked = [
        Promise(LINE, "VASE", here, 1),
        Promise(LINE, "CUP", here, 3),
        Promise(ids.new(), "VASE", here, 1),
    ]
    with pytest.raises(NotPromised) as refusal:
        await settle(session, promises=asked, reference="SO-1")

    assert refusal.value.shortages == [
        {"sku": "CUP", "location_id": here, "wanted": 3, "available": 2},
        {"sku": "VASE", "location_id": here, "wanted": 1, "available": 0},
    ]
    assert await level(session, "CUP", here) == {"on_hand": 9, "committed": 7}
    assert await level(session, "VASE", here) == {"on_hand": 10, "committed": 1}
    assert await promises(session) == 8


async def test_promised_units_cannot_be_counted_away(session):
    cup = await shelf(session, units=5)
    here = cup.location_id
    await promised(session, Promise(LINE, "CUP", here, 4))

    with pytest.raises(OutOfStock) as refusal:
        await movements.apply(session, changes=[Change("CUP", here, Reason.SHRINKAGE, on_hand=-2)])

    assert refusal.value.shortages == [
        {"sku": "CUP", "location_id": here, "wanted": 2, "available": 1}
    ]


async def test_a_kit_holds_its_parts_and_what_is_not_counted_nothing(session):
    pot = await shelf(session, sku="POT", units=3)
    here = pot.location_id
    await shelf(session, sku="CUP", units=9, location_id=here)
    sets, cards = Promise(LINE, "SET", here, 2), Promise(OTHER, "CARD", here, 5)
    parts = {"SET": {"POT": 1, "CUP": 2, "NOTE": 0}, "CARD": {"CARD": 0}}

    await commitments.make_all(
        session, promises={"SO-1": [sets, cards]}, leaving=lambda _: 0, parts=parts
    )

    assert await level(session, "CUP", here) == {"on_hand": 9, "committed": 4}
    assert set(await commitments.promised(session, claimants=[LINE, OTHER])) == {sets, cards}

    one = Promise(LINE, "SET", here, 1)
    await commitments.ship(session, promises=[one, cards], reference="W-1")
    assert await level(session, "CUP", here) == {"on_hand": 7, "committed": 2}
    assert await level(session, "POT", here) == {"on_hand": 2, "committed": 1}
    assert await commitments.promised(session, claimants=[LINE, OTHER]) == [one]

    with pytest.raises(NotPromised) as refusal:
        await commitments.release(session, promises=[sets], reference="SO-1")
    assert {(one["sku"], one["wanted"], one["available"]) for one in refusal.value.shortages} == {
        ("SET", 2, 1)
    }
    await commitments.release(session, promises=[one], reference="SO-1")
    assert await level(session, "CUP", here) == {"on_hand": 7}
