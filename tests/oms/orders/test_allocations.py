"""Choosing locations and promising their stock."""

import asyncio

import pytest
from sqlalchemy import text

from inventory import commitments
from inventory.catalog.models import Item
from inventory.commitments import Promise
from inventory.selling import buffers
from oms.kernel import db, events, ids, statements
from oms.kernel.db import Busy
from oms.orders import allocations
from oms.orders.allocations import Shortfall, Task, UnknownSkus, Wanted
from oms.routing import decisions
from oms.routing.sourcing import Place
from tests.factories import sites
from tests.inventory.standing import level, promises

TOKYO = Place(35.68, 139.76)
WAITING = """SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'"""


def wish(*wanted, **given) -> Task:
    """Units by SKU for one order to Tokyo, a line each."""
    lines = [Wanted(ids.new(), sku, quantity) for sku, quantity in wanted]
    told = {"order_id": ids.new(), "channel_id": ids.new(), "reference": "order:1", **given}
    return Task(cause="placed", wanted=lines, destination=TOKYO, **told)


async def allocate_too_late(task, place_id):
    """Allocate while another shopper, a moment faster, takes a cup and has not committed yet."""
    async with db.transaction() as faster:
        taken = [Promise(ids.new(), "CUP", place_id, 1)]
        await commitments.make(faster, promises=taken, reference="another order")
        slower = asyncio.create_task(_allocate(task))
        while not await _somebody_waits():  # noqa: ASYNC110 -- PostgreSQL tells nobody
            await asyncio.sleep(0.01)
    return await slower


async def _somebody_waits():
    async with db.reading() as connection:
        return await connection.scalar(text(WAITING))


async def _allocate(task):
    async with db.transaction() as session:
        return await allocations.allocate(session, task=task, partly=False)


async def test_lines_of_one_sku_share_what_is_picked_in_their_order(session):
    near, far = await sites(session, {"CUP": 3}, {"CUP": 9})
    task = wish(("CUP", 2), ("CUP", 4), ("CUP", 1))
    await session.execute(text("UPDATE stock_level SET safety_stock = 5 WHERE on_hand = 9"))

    made = await allocations.allocate(session, task=task, partly=False)

    first, second, third = (line.line_id for line in task.wanted)
    assert sorted(made.promises, key=lambda one: (one.claimant_id, one.quantity)) == [
        Promise(first, "CUP", near.id, 2),
        Promise(second, "CUP", near.id, 1),
        Promise(second, "CUP", far.id, 3),
        Promise(third, "CUP", far.id, 1),
    ]
    assert made.units == {first: 2, second: 4, third: 1}
    assert made.sourcing.parcels == 2
    assert await level(session, "CUP", far.id) == {"on_hand": 9, "committed": 4, "safety_stock": 5}


async def test_what_nobody_has_is_refused_or_left_out(session):
    [place] = await sites(session, {"CUP": 3})
    task = wish(("CUP", 2), ("CUP", 2), ("BOWL", 1))
    session.add(Item(sku="BOWL", name="A bowl"))
    await session.flush()

    with pytest.raises(Shortfall) as refusal:
        await allocations.allocate(session, task=task, partly=False)
    assert refusal.value.shortages == [
        {"sku": "BOWL", "wanted": 1, "available": 0},
        {"sku": "CUP", "wanted": 4, "available": 3},
    ]
    assert await promises(session) == 0

    made = await allocations.allocate(session, task=task, partly=True)
    assert [made.units[line.line_id] for line in task.wanted] == [2, 1, 0]
    assert made.sourcing.missing == {"CUP": 1, "BOWL": 1}
    assert await level(session, "CUP", place.id) == {"on_hand": 3, "committed": 3}


async def test_nothing_at_all_is_promised_when_nobody_has_anything(session):
    await sites(session, {"CUP": 0})

    made = await allocations.allocate(session, task=wish(("CUP", 1)), partly=True)

    assert (made.promises, made.sourcing.missing) == ([], {"CUP": 1})


async def test_goods_that_are_not_sold_any_more_still_find_a_way_to_who_bought_them(session):
    [place] = await sites(session, {"CUP": 3})
    await session.execute(text("UPDATE item SET active = false"))
    task = wish(("CUP", 2))

    with pytest.raises(UnknownSkus):
        await allocations.allocate(session, task=task, partly=False)
    made = await allocations.allocate(session, task=task, partly=True)

    assert made.promises == [Promise(task.wanted[0].line_id, "CUP", place.id, 2)]


async def test_a_location_that_rejected_a_sku_is_not_asked_for_it_again(session):
    near, far = await sites(session, {"CUP": 3, "BOWL": 3}, {"CUP": 3, "BOWL": 3})
    task = wish(("CUP", 1), ("BOWL", 1), excluded={near.id: frozenset({"CUP"})})

    made = await allocations.allocate(session, task=task, partly=False)

    assert {(one.sku, one.location_id) for one in made.promises} == {
        ("CUP", far.id),
        ("BOWL", far.id),
    }


async def test_who_was_overtaken_begins_anew(database):
    async with db.transaction() as session:
        [place] = await sites(session, {"CUP": 1})

    with pytest.raises(Busy) as refusal:
        await allocate_too_late(wish(("CUP", 1)), place.id)

    assert (refusal.value.status_code, refusal.value.sqlstate) == (503, "overtaken")
    async with db.transaction() as session:
        assert await promises(session) == 1


async def test_the_buffer_of_a_channel_is_kept_even_by_who_was_overtaken(database):
    task = wish(("CUP", 2))
    async with db.transaction() as session:
        [place] = await sites(session, {"CUP": 5})
        await buffers.keep_back(session, channel_id=task.channel_id, units=3)

    with pytest.raises(Busy):
        await allocate_too_late(task, place.id)


async def test_who_was_overtaken_where_enough_is_left_need_not_begin_anew(database):
    task = wish(("CUP", 2))
    async with db.transaction() as session:
        [place] = await sites(session, {"CUP": 3})

    made = await allocate_too_late(task, place.id)

    assert made.promises == [Promise(task.wanted[0].line_id, "CUP", place.id, 2)]


async def test_who_begins_anew_waits_in_line_and_so_do_promises_already_given(database):
    async with db.transaction() as session:
        await sites(session, {"CUP": 5}, {"CUP": 5})
    for restarted, partly, held in [
        (False, False, False),
        (True, False, True),
        (False, True, True),
    ]:
        async with db.transaction() as session:
            if restarted:
                await db.restart(session)
            await allocations.allocate(session, task=wish(("CUP", 1)), partly=partly)
            async with db.transaction() as other:
                free = await other.execute(
                    text("SELECT 1 FROM stock_level FOR NO KEY UPDATE SKIP LOCKED")
                )
                assert len(free.all()) == (0 if held else 1)


async def test_a_decision_is_kept_with_every_candidate_and_told(session):
    near, far = await sites(session, {"CUP": 3}, {"CUP": 3})
    task = wish(("CUP", 2))

    made = await allocations.allocate(session, task=task, partly=False)
    allocations.decide(session, task=task, made=made)
    await statements.settle(session)

    [kept] = await decisions.of_order(session, order_id=task.order_id)
    assert (kept.cause, kept.rule, kept.parcels, kept.cost) == ("placed", "least_cost", 1, 600)
    assert kept.plan == [{"location_id": str(near.id), "sku": "CUP", "quantity": 2}]
    assert [(one["code"], one["verdict"], one["distance_km"]) for one in kept.candidates] == [
        (near.code, "chosen", 0),
        (far.code, "dearer", 111),
    ]
    [fact] = session.info["events"]
    assert (fact["name"], fact["subject_id"]) == ("order.routed", task.order_id)
    assert fact["data"]["decision_id"] == str(kept.id)
    await events.flush(session)
