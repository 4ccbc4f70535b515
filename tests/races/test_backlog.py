"""The last unit that may be sold ahead is sold once, and limits count what is owed."""

import asyncio
from collections import Counter

from inventory.selling import backlog, backlog_limits
from inventory.selling.backlog import BacklogFull, NotOwed, Owed
from inventory.selling.backlog_limits import BelowOwed, Permit
from inventory.selling.checks import CHECKS
from inventory.selling.models import BacklogKind
from oms.kernel import checks, clock, db, ids
from tests.factories import item

WEB, SHOP = ids.new(), ids.new()


async def permit(units, *, sku="CUP", channel_id=None):
    async with db.transaction() as session:
        made = Permit(BacklogKind.BACKORDER, units)
        await backlog_limits.permit(session, sku=sku, channel_id=channel_id, permit=made)


async def stock(*skus):
    async with db.transaction() as session:
        for sku in skus:
            await item(session, sku=sku)


async def taken(*rows):
    try:
        async with db.transaction() as session:
            await backlog.take(session, rows=rows, now=clock.now())
    except BacklogFull:
        return "full"
    return "taken"


async def given_back(*rows):
    try:
        async with db.transaction() as session:
            await backlog.give_back(session, rows=rows)
    except NotOwed:
        return "not owed"
    return "given back"


async def limited(units, channel_id):
    try:
        await permit(units, channel_id=channel_id)
    except BelowOwed:
        return "below owed"
    return "limited"


async def assert_it_adds_up():
    async with db.transaction() as session:
        for check in CHECKS:
            assert (await checks.run(session, check)).offenders == [], check.name


async def test_60_buyers_of_20_units_that_are_not_there_get_exactly_20(database):
    await stock("CUP")
    await permit(20)

    ended = Counter(
        await asyncio.gather(
            *(taken(Owed(ids.new(), "CUP", (WEB, SHOP)[buyer % 2], 1)) for buyer in range(60))
        )
    )

    assert ended == {"taken": 20, "full": 40}
    await assert_it_adds_up()


async def test_orders_that_name_the_same_goods_in_another_order_do_not_deadlock(database):
    await stock("CUP", "VASE")
    await permit(15)
    await permit(15, sku="VASE")

    def basket(turned):
        rows = [Owed(ids.new(), sku, WEB, 1) for sku in ("CUP", "VASE")]
        return rows[::-1] if turned else rows

    ended = Counter(await asyncio.gather(*(taken(*basket(buyer % 2)) for buyer in range(40))))

    assert ended == {"taken": 15, "full": 25}
    await assert_it_adds_up()


async def test_what_is_owed_is_given_back_once_however_many_ask(database):
    await stock("CUP")
    await permit(5)
    owed = Owed(ids.new(), "CUP", WEB, 2)
    await taken(owed)

    ended = Counter(await asyncio.gather(*(given_back(owed) for _ in range(20))))

    assert ended == {"given back": 1, "not owed": 19}
    await assert_it_adds_up()


async def test_a_limit_that_is_made_while_others_buy_counts_every_unit(database):
    await stock("CUP")
    await permit(100)

    await asyncio.gather(
        *(taken(Owed(ids.new(), "CUP", WEB, 1)) for _ in range(20)),
        limited(30, WEB),
        *(taken(Owed(ids.new(), "CUP", WEB, 1)) for _ in range(20)),
    )

    await assert_it_adds_up()
