"""A location gives work back: stock truth moves, another location takes over."""

import asyncio

import pytest

from fulfillment import work
from fulfillment.queries import FulfillmentOrderChanged, UnknownFulfillmentOrder
from fulfillment.states import RejectReason, WorkStatus
from fulfillment.work import UnitsNotInWork
from inventory.catalog import items
from inventory.catalog.views import ItemChangesIn
from oms.kernel import actors, db, ids, statements
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.states import IllegalMove
from oms.orders import queries, rejections
from oms.routing import decisions
from tests.factories import released_order, sites
from tests.inventory.standing import ledger, level
from tests.oms.orders.steps import counters, facts, told, works

EMPTY, DAMAGED, OTHER = (
    RejectReason.INVENTORY_OUT_OF_STOCK,
    RejectReason.DAMAGED,
    RejectReason.OTHER,
)


async def reject(session, row, *lines, reason=EMPTY, **given):
    return await rejections.reject(session, work_id=row.id, lines=lines, reason=reason, **given)


async def in_work(session, *stocks, wanted):
    """Release an order of these units; returns it, its places and the work of the first place."""
    places = await sites(session, *stocks)
    order = await released_order(session, *[(sku, count, 100) for sku, count in wanted])
    return order, places, (await works(session, order))[places[0].id]


async def test_another_location_takes_over_in_the_same_breath(session):
    order, (_, far), row = await in_work(session, {"CUP": 5}, {"CUP": 5}, wanted=[("CUP", 2)])

    rejected = await reject(session, row)

    assert rejected.status is WorkStatus.REJECTED
    assert (await works(session, order)).keys() == {far.id}
    assert await counters(session, order) == [{"in_work": 2}]
    assert await level(session, "CUP", far.id) == {"on_hand": 5, "committed": 2}
    assert await told(session, order) == [
        "order.placed",
        "order.routed",
        "order.released",
        "order.routed",
    ]


@pytest.mark.parametrize(
    ("reason", "left"),
    [(EMPTY, {"on_hand": 3}), (DAMAGED, {"on_hand": 5, "damaged": 2}), (OTHER, {"on_hand": 5})],
)
async def test_the_reason_decides_what_becomes_of_the_stock(session, reason, left):
    _, (near, _), row = await in_work(session, {"CUP": 5}, {"CUP": 5}, wanted=[("CUP", 2)])

    await reject(session, row, reason=reason)

    assert await level(session, "CUP", near.id) == left
    references = {
        line[1] for line in await ledger(session, "CUP") if line[0] in {"shrinkage", "damaged"}
    }
    assert references <= {f"fulfillment_order:{row.id}"}


async def test_who_rejected_is_not_asked_again_for_the_same_goods(session):
    order, (near, _), row = await in_work(session, {"CUP": 9}, {"CUP": 1}, wanted=[("CUP", 2)])

    await reject(session, row, reason=OTHER)

    assert await counters(session, order) == [{"backordered": 1, "in_work": 1}]
    excluded = await decisions.exclusions(session, order_id=order.id)
    assert excluded == {near.id: frozenset({"CUP"})}
    await statements.settle(session)
    [_, second] = await decisions.of_order(session, order_id=order.id)
    assert second.cause == f"rejected:{row.number}"
    assert {one["code"]: one["verdict"] for one in second.candidates}[
        near.code
    ] == "rejected_before"


async def test_a_part_is_given_back_and_the_rest_is_still_done_here(session):
    order, (near, far), row = await in_work(
        session, {"CUP": 5, "BOWL": 5}, {"CUP": 5, "BOWL": 5}, wanted=[("CUP", 3), ("BOWL", 1)]
    )
    cup, _ = await queries.lines(session, order_id=order.id)

    kept = await reject(session, row, (cup.id, 2))

    assert kept.status is WorkStatus.OPEN
    assert (await works(session, order)).keys() == {near.id, far.id}
    assert await level(session, "CUP", near.id) == {"on_hand": 3, "committed": 1}
    assert await level(session, "CUP", far.id) == {"on_hand": 5, "committed": 2}
    assert await counters(session, order) == [{"in_work": 3}, {"in_work": 1}]


async def test_what_nobody_has_waits_and_is_told(session):
    order, _, row = await in_work(session, {"CUP": 5}, wanted=[("CUP", 2)])

    await reject(session, row)

    assert await counters(session, order) == [{"backordered": 2}]
    fact = (await facts(session, order))[-1]
    assert fact.name == "order.backordered"
    assert [(line["sku"], line["quantity"]) for line in fact.data["lines"]] == [("CUP", 2)]


async def test_two_lines_of_one_sku_are_given_back_together(session):
    order, (_, far), row = await in_work(
        session, {"CUP": 5}, {"CUP": 5}, wanted=[("CUP", 2), ("CUP", 1)]
    )

    await reject(session, row)

    assert await counters(session, order) == [{"in_work": 2}, {"in_work": 1}]
    assert await level(session, "CUP", far.id) == {"on_hand": 5, "committed": 3}


async def test_goods_taken_off_sale_meanwhile_still_reach_who_bought_them(session):
    order, (_, far), row = await in_work(session, {"CUP": 5}, {"CUP": 5}, wanted=[("CUP", 2)])
    await items.change(session, sku="CUP", changes=ItemChangesIn(active=False))

    await reject(session, row)

    assert (await works(session, order)).keys() == {far.id}


async def test_more_than_is_left_is_refused_and_nothing_changes(session):
    order, (near, _), row = await in_work(session, {"CUP": 5}, {"CUP": 5}, wanted=[("CUP", 2)])
    [line] = await queries.lines(session, order_id=order.id)

    with pytest.raises(UnitsNotInWork):
        await reject(session, row, (line.id, 3))
    with pytest.raises(UnitsNotInWork):
        await reject(session, row, (ids.new(), 1))
    with pytest.raises(FulfillmentOrderChanged):
        await reject(session, row, version=9)

    assert await level(session, "CUP", near.id) == {"on_hand": 5, "committed": 2}
    assert await counters(session, order) == [{"in_work": 2}]


async def test_packed_work_is_not_given_back(session):
    _, _, row = await in_work(session, {"CUP": 5}, wanted=[("CUP", 2)])
    for step in (work.accept, work.pick, work.pack):
        await step(session, work_id=row.id)

    with pytest.raises(IllegalMove):
        await reject(session, row)


async def test_work_of_another_location_is_not_there(session):
    _, _, row = await in_work(session, {"CUP": 5}, wanted=[("CUP", 2)])
    stranger = Actor(ActorKind.STAFF, "Sato", location_ids=frozenset({ids.new()}))

    with actors.acting(stranger), pytest.raises(UnknownFulfillmentOrder):
        await reject(session, row)


async def test_locations_that_take_over_from_each_other_do_not_wait_crosswise(database):
    """Each frees units at home and takes some at the other's: levels are held in key order."""
    async with db.transaction() as session:
        await sites(session, {"CUP": 90}, {"CUP": 90})
        orders = [
            await released_order(
                session, ("CUP", 2, 1), ship_to={"latitude": north, "longitude": 139.76}
            )
            for north in [35.68, 36.68] * 15
        ]
        rows = [row for order in orders for row in (await works(session, order)).values()]

    async def give_back(row):
        async with db.transaction() as session:
            await reject(session, row, reason=OTHER)

    await asyncio.gather(*(give_back(row) for row in rows))

    async with db.transaction() as session:
        found = [(await works(session, order)).popitem()[0] for order in orders]
    assert all(now != row.location_id for now, row in zip(found, rows, strict=True))
