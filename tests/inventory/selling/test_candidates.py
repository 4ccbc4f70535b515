"""What an order could be made of, with rules and without."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from inventory import movements
from inventory.catalog.models import Item
from inventory.models import Reason
from inventory.movements import Change
from inventory.selling import backlog_limits, buffers, candidates
from inventory.selling.backlog_limits import Permit
from inventory.selling.limits import Ahead
from inventory.selling.models import BacklogKind
from oms.kernel import clock, ids
from tests.factories import item, item_group, kit, location, location_group, selling_rule, shelf

WEB, SHOP = ids.new(), ids.new()


async def seen(session, *skus, channel_id=WEB):
    return await candidates.of_channel(session, skus=skus, channel_id=channel_id)


async def test_without_rules_the_buffer_alone_stays(session):
    level = await shelf(session, units=5)
    await buffers.keep_back(session, channel_id=WEB, units=2)

    found = await seen(session, "CUP")

    key = ("CUP", level.location_id)
    assert (found.available, found.kept, found.leaving(key)) == ({key: 3}, {}, 2)


async def test_a_threshold_stays_beside_the_buffer(session):
    cup, vase = await shelf(session, units=9), await shelf(session, sku="VASE", units=9)
    await item_group(session, "mugs", "CUP")
    await buffers.keep_back(session, channel_id=WEB, units=2)
    await selling_rule(session, "threshold", units=4, item_group="mugs")

    found = await seen(session, "CUP", "VASE")

    of_cup, of_vase = ("CUP", cup.location_id), ("VASE", vase.location_id)
    assert found.available == {of_cup: 3, of_vase: 7}
    assert (found.leaving(of_cup), found.leaving(of_vase)) == (6, 2)


async def test_a_safety_stock_by_rule_counts_where_it_is_the_larger(session):
    cup, vase = await shelf(session, units=9), await shelf(session, sku="VASE", units=9)
    await movements.apply(
        session,
        changes=[
            Change("CUP", cup.location_id, Reason.SAFETY_STOCK, safety_stock=1),
            Change("VASE", vase.location_id, Reason.SAFETY_STOCK, safety_stock=5),
        ],
    )
    await selling_rule(session, "safety_stock", units=3)

    found = await seen(session, "CUP", "VASE")

    assert sorted(found.available.values()) == [4, 6]
    assert found.available["CUP", cup.location_id] == 6


async def test_what_may_not_be_shipped_is_not_there(session):
    await shelf(session, units=9)
    await selling_rule(session, "shipping", allowed=False, channel_id=str(SHOP))
    await selling_rule(session, "pickup", allowed=False)

    assert list((await seen(session, "CUP")).available.values()) == [9]
    assert (await seen(session, "CUP", channel_id=SHOP)).available == {}


async def test_a_rule_that_ended_decides_nothing(session):
    await shelf(session, units=9)
    rule = await selling_rule(session, "shipping", allowed=False)
    rule.active = False
    await session.flush()

    assert list((await seen(session, "CUP")).available.values()) == [9]


async def test_several_channels_are_read_at_once(session):
    await shelf(session, units=9)
    await buffers.keep_back(session, channel_id=WEB, units=2)
    await selling_rule(session, "threshold", units=3, channel_id=str(SHOP))

    found = await candidates.of_channels(session, skus=["CUP"], channel_ids=[WEB, SHOP])

    assert {channel: list(one.available.values()) for channel, one in found.items()} == {
        WEB: [7],
        SHOP: [6],
    }


async def test_what_may_be_sold_ahead_is_told(session):
    await shelf(session, units=0)
    date = clock.now() + timedelta(days=9)
    await backlog_limits.permit(
        session, sku="CUP", channel_id=None, permit=Permit(BacklogKind.PREORDER, 9, date)
    )
    await backlog_limits.permit(
        session, sku="CUP", channel_id=SHOP, permit=Permit(BacklogKind.BACKORDER, 4)
    )

    assert (await seen(session, "CUP")).backlog == {"CUP": Ahead(9, BacklogKind.PREORDER, date)}
    shop = (await seen(session, "CUP", channel_id=SHOP)).backlog
    assert shop == {"CUP": Ahead(4, BacklogKind.PREORDER, date)}


async def test_a_preorder_ends_when_the_goods_should_be_there(session):
    await shelf(session, units=0)
    gone = datetime(2026, 1, 1, tzinfo=UTC)
    await backlog_limits.permit(
        session, sku="CUP", channel_id=None, permit=Permit(BacklogKind.PREORDER, 9, gone)
    )

    assert (await seen(session, "CUP")).backlog["CUP"].units == 0


async def test_a_kit_is_there_as_often_as_the_scarcest_of_its_parts(session):
    cup = await shelf(session, units=7)
    here = cup.location_id
    await shelf(session, sku="LID", units=3, location_id=here)
    await shelf(session, units=4)
    await kit(session, "SET", CUP=2, LID=1)
    await selling_rule(session, "threshold", units=2)

    found = await seen(session, "SET")

    assert found.kits == {"SET": {"CUP": 2, "LID": 1}}
    assert found.items.keys() == {"SET", "CUP", "LID"}
    assert [found.sellable("SET", at) for at in sorted(found.locations, key=here.__ne__)] == [1, 0]


async def test_what_is_not_tracked_cannot_run_out_nor_limit_a_kit(session):
    level = await shelf(session, units=7)
    await item(session, sku="CARD", tracked=False)
    await kit(session, "GIFT", CUP=2, CARD=1)
    await kit(session, "CARDS", CARD=2)

    found = await seen(session, "CARD", "GIFT", "CARDS", "CUP")

    assert [found.counted(sku) for sku in ("CARD", "GIFT", "CARDS", "CUP")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert found.sellable("GIFT", level.location_id) == 3


async def test_a_part_that_is_not_sold_alone_any_more_is_still_sold_in_a_kit(session):
    level = await shelf(session, units=7)
    cup = await session.scalar(select(Item).where(col(Item.sku) == "CUP"))
    cup.active = False
    await kit(session, "SET", CUP=2)

    assert (await seen(session, "SET")).sellable("SET", level.location_id) == 3
    assert (await seen(session, "SET", "CUP")).items.keys() == {"SET"}


async def test_a_rule_speaks_of_the_locations_in_its_group(session):
    north, south = await location(session), await location(session)
    for place in (north, south):
        await shelf(session, units=5, location_id=place.id)
    await location_group(session, "north", north)
    await selling_rule(session, "threshold", units=2, location_group="north")

    found = await seen(session, "CUP")

    assert found.available == {("CUP", north.id): 3, ("CUP", south.id): 5}


async def test_some_locations_can_be_asked_alone(session):
    here, there = await location(session), await location(session)
    for place in (here, there):
        await shelf(session, units=5, location_id=place.id)

    found = await candidates.of_channel(
        session, skus=["CUP"], channel_id=WEB, location_ids=[here.id]
    )

    assert (list(found.locations), found.available) == ([here.id], {("CUP", here.id): 5})
