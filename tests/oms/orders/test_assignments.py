"""Handing goods that came to those who wait for them, the earliest promise first."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from fulfillment.states import RejectReason
from inventory import receipts
from inventory.events import Adjusted, Received, StockAdjusted
from inventory.models import Reason
from inventory.selling import backlog_limits, buffers
from inventory.selling.backlog_limits import Permit
from inventory.selling.models import BacklogKind
from oms.kernel import checks, clock
from oms.orders import assignments, queries, queues, rejections
from oms.orders.checks import CHECKS
from oms.orders.states import OrderStatus
from tests.factories import item, kit, placed_order, released_order, sites
from tests.inventory.standing import level
from tests.oms.orders.steps import counters, told, works


async def sold_ahead(session, *skus, units=100):
    """A location with empty shelves, and items that may be sold all the same."""
    [place] = await sites(session, {})
    for sku in skus or ("CUP",):
        await item(session, sku=sku)
        await permit(session, sku, units)
    return place


async def permit(session, sku, units=100):
    limit = Permit(BacklogKind.BACKORDER, units)
    await backlog_limits.permit(session, sku=sku, channel_id=None, permit=limit)


async def come(session, place, **units):
    """Receive units[sku] and hand them out; returns how many of them found who waits."""
    lines = [Received(sku=sku, quantity=count) for sku, count in units.items()]
    await receipts.receive(session, location_id=place.id, lines=lines)
    return await assignments.assign(session, skus=list(units))


async def expected(session, order, *days):
    """Promise the lines of an order within so many days; None is without a date."""
    for line, ahead in zip(await queries.lines(session, order_id=order.id), days, strict=True):
        line.promised_at = None if ahead is None else clock.now() + timedelta(days=ahead)
    await session.flush()


async def test_a_line_that_waits_goes_to_work_and_is_owed_nothing_any_more(session):
    place = await sold_ahead(session, units=2)
    order = await released_order(session, ("CUP", 2, 100))

    assert await come(session, place, CUP=3) == 2

    assert await counters(session, order) == [{"in_work": 2}]
    assert (await works(session, order)).keys() == {place.id}
    assert await level(session, "CUP", place.id) == {"on_hand": 3, "committed": 2}
    await released_order(session, ("CUP", 3, 100))  # two units may be sold ahead again


async def test_a_line_is_filled_in_part_and_the_next_one_gets_nothing(session):
    place = await sold_ahead(session)
    first = await released_order(session, ("CUP", 3, 100))
    second = await released_order(session, ("CUP", 1, 100))

    assert await come(session, place, CUP=2) == 2
    assert await counters(session, first) == [{"backordered": 1, "in_work": 2}]
    assert await counters(session, second) == [{"backordered": 1}]

    assert await come(session, place, CUP=2) == 2
    assert await counters(session, first) == [{"in_work": 3}]
    assert await counters(session, second) == [{"in_work": 1}]


async def test_an_order_that_is_not_paid_yet_keeps_its_units_without_work(session):
    place = await sold_ahead(session)
    order = await placed_order(session, ("CUP", 2, 100))

    await come(session, place, CUP=2)

    assert (await queries.find(session, order_id=order.id)).status is OrderStatus.PLACED
    assert await counters(session, order) == [{"allocated": 2}]
    assert await works(session, order) == {}


@pytest.mark.parametrize(
    ("days", "turn"),
    [((9, 2, None), [1, 0, 2]), ((None, None, 5), [2, 0, 1]), ((3, 3, 3), [0, 1, 2])],
)
async def test_the_earliest_promise_is_first_then_who_ordered_first(session, days, turn):
    place = await sold_ahead(session)
    now = clock.now()
    orders = [
        await released_order(session, ("CUP", 1, 100), placed_at=now + timedelta(seconds=number))
        for number in range(3)
    ]
    for order, ahead in zip(orders, days, strict=True):
        await expected(session, order, ahead)

    for number in turn:
        await come(session, place, CUP=1)
        assert await counters(session, orders[number]) == [{"in_work": 1}]


async def test_lines_of_an_order_that_follow_each_other_leave_in_one_parcel(session):
    place = await sold_ahead(session, "CUP", "POT")
    order = await released_order(session, ("CUP", 1, 100), ("POT", 1, 900))

    await come(session, place, CUP=1, POT=1)

    assert len(await works(session, order)) == 1
    assert (await told(session, order)).count("order.routed") == 2


async def test_a_line_never_gets_ahead_with_another_line_of_its_order(session):
    place = await sold_ahead(session, "CUP", "POT")
    first = await released_order(session, ("CUP", 1, 100), ("POT", 1, 900))
    second = await released_order(session, ("POT", 1, 900))
    await expected(session, first, 1, 9)
    await expected(session, second, 5)

    await come(session, place, CUP=1, POT=1)

    assert await counters(session, first) == [{"in_work": 1}, {"backordered": 1}]
    assert await counters(session, second) == [{"in_work": 1}]


async def test_who_rejected_the_goods_is_passed_over_and_the_next_one_gets_them(session):
    place = await sold_ahead(session)
    order = await released_order(session, ("CUP", 1, 100))
    await come(session, place, CUP=1)
    [work] = (await works(session, order)).values()
    await rejections.reject(session, work_id=work.id, lines=[], reason=RejectReason.OTHER)
    other = await released_order(session, ("CUP", 2, 100))

    assert await come(session, place, CUP=4) == 1

    assert await counters(session, order) == [{"backordered": 1}]
    assert await counters(session, other) == [{"in_work": 2}]


async def test_a_channel_that_leaves_units_on_the_shelf_is_passed_over(session):
    place = await sold_ahead(session)
    careful = await released_order(session, ("CUP", 1, 100))
    other = await released_order(session, ("CUP", 1, 100))
    await buffers.keep_back(session, channel_id=careful.channel_id, units=5)

    assert await come(session, place, CUP=5) == 1
    assert await counters(session, other) == [{"in_work": 1}]

    assert await come(session, place, CUP=2) == 1
    assert await counters(session, careful) == [{"in_work": 1}]


async def test_a_kit_waits_for_its_parts(session):
    [place] = await sites(session, {"POT": 1})
    await kit(session, "SET", POT=1, CUP=2)
    await permit(session, "SET")
    order = await released_order(session, ("SET", 1, 500))

    assert await come(session, place, CUP=1) == 0
    assert await queues.all_awaited(session) == ["CUP", "POT"]
    assert await come(session, place, CUP=1) == 1

    assert await counters(session, order) == [{"in_work": 1}]
    assert await level(session, "CUP", place.id) == {"on_hand": 2, "committed": 2}


async def test_more_orders_than_are_held_at_once_come_in_turns(session, monkeypatch):
    monkeypatch.setattr(assignments, "ORDERS_AT_ONCE", 2)
    monkeypatch.setattr(queues, "PAGE", 2)
    place = await sold_ahead(session)
    orders = [await released_order(session, ("CUP", 1, 100)) for _ in range(5)]

    assert await come(session, place, CUP=4) == 2
    assert [await assignments.assign(session, skus=["CUP"]) for _ in range(2)] == [2, 0]

    waiting = [(await counters(session, order))[0].get("backordered", 0) for order in orders]
    assert waiting == [0, 0, 0, 0, 1]


async def test_only_what_somebody_waits_for_is_handed_out(session):
    await sold_ahead(session, "CUP", "POT")
    await released_order(session, ("CUP", 1, 100))

    assert await queues.awaited(session, skus=["POT", "CUP", "VASE"]) == ["CUP"]


async def jobs_owed(session):
    """Return what is to be handed out by this session's commit."""
    rows = session.info.pop("rows", {})
    return [row["arguments"]["skus"] for added in rows.values() for row in added
            if row.get("name") == "assignments.hand_out"]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "owed"),
    [
        ({"on_hand": 1}, ['["CUP"]']),
        ({"on_hand": -1}, []),
        ({"safety_stock": -1}, ['["CUP"]']),
        ({"on_hand": 1, "damaged": 1}, []),
        ({"quality_control": -2}, ['["CUP"]']),
    ],
)
async def test_a_correction_is_handed_out_when_more_can_be_sold(session, change, owed):
    place = await sold_ahead(session)
    await released_order(session, ("CUP", 1, 100))
    await jobs_owed(session)

    told_of = StockAdjusted(
        location_id=place.id, reason=Reason.CORRECTION, reference=None,
        lines=[Adjusted(sku="CUP", **change)],
    )  # fmt: skip
    await assignments.adjusted(session, told_of)

    assert await jobs_owed(session) == owed


async def test_the_check_of_what_is_owed_sees_a_line_that_waits_no_more(session):
    [check] = [one for one in CHECKS if one.name == "lines.owed"]
    await sold_ahead(session)
    await placed_order(session, ("CUP", 2, 100))
    assert (await checks.run(session, check)).holds

    await session.execute(text("UPDATE order_line SET backordered = 1, allocated = 1"))

    assert len((await checks.run(session, check)).offenders) == 1
