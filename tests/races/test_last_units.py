"""Many buyers, few units: every unit is sold once, nobody waits crosswise, and it all adds up."""

import asyncio
import random
from collections import Counter

from sqlalchemy import text

from inventory import checks as inventory_checks
from inventory import commitments, movements
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change, NotPromised, OutOfStock
from oms.kernel import checks, db, ids
from tests.factories import item, location
from tests.inventory.standing import level, promises

BUYERS = 64


async def stocked(*skus, units, places=1):
    """Put units of each SKU at each of some new places; returns the ids of the places."""
    async with db.transaction() as session:
        found = [(await location(session)).id for _ in range(places)]
        for sku in skus:
            await item(session, sku=sku)
        received = [Change(sku, at, Reason.RECEIVED, on_hand=units) for sku in skus for at in found]
        await movements.apply(session, changes=received)
    return found


async def tried(verb, *made):
    """Try a verb on promises in a transaction of its own; returns how it ended."""
    try:
        async with db.transaction() as session:
            await verb(session, promises=made, reference="SO-1")
    except (OutOfStock, NotPromised) as refusal:
        return refusal.code, len(refusal.shortages)
    return "done", 0


async def at_once(attempts, limit=BUYERS):
    """Make all attempts, as many at the same time as there are buyers; counts how they ended."""
    gate = asyncio.Semaphore(limit)

    async def one(attempt):
        async with gate:
            return await attempt

    return Counter(await asyncio.gather(*(one(attempt) for attempt in attempts)))


async def until_somebody_waits():
    """Wait until another transaction waits for a lock of ours."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with db.reading() as connection, asyncio.timeout(10):
        while not await connection.scalar(waiting):  # noqa: ASYNC110 -- the database does not call back
            await asyncio.sleep(0.01)


async def assert_it_adds_up():
    async with db.transaction() as session:
        for check in inventory_checks.CHECKS:
            assert (await checks.run(session, check)).offenders == [], check.name


async def test_160_tries_at_100_units_sell_exactly_100(database):
    [here] = await stocked("CUP", units=100)

    ended = await at_once(
        tried(commitments.make, Promise(ids.new(), "CUP", here, 1)) for _ in range(160)
    )

    assert ended == {("done", 0): 100, ("out_of_stock", 1): 60}
    async with db.transaction() as session:
        assert await level(session, "CUP", here) == {"on_hand": 100, "committed": 100}
        assert await promises(session) == 100
    await assert_it_adds_up()


async def test_orders_that_want_the_same_goods_in_another_order_do_not_deadlock(database):
    skus = ["CUP", "LAMP", "LID", "VASE"]
    places = await stocked(*skus, units=50, places=2)
    levels = [(sku, at) for sku in skus for at in places]

    def basket():
        return [Promise(ids.new(), sku, at, 1) for sku, at in random.sample(levels, len(levels))]

    ended = await at_once(tried(commitments.make, *basket()) for _ in range(80))

    assert ended == {("done", 0): 50, ("out_of_stock", 8): 30}
    await assert_it_adds_up()


async def test_a_promise_is_given_back_once_however_many_ask(database):
    [here] = await stocked("CUP", units=9)
    bought = Promise(ids.new(), "CUP", here, 3)
    await tried(commitments.make, bought, Promise(ids.new(), "CUP", here, 6))

    ended = await at_once(
        tried(verb, bought) for verb in [commitments.release, commitments.ship] * 20
    )

    assert ended == {("done", 0): 1, ("not_promised", 1): 39}
    async with db.transaction() as session:
        assert await promises(session) == 6
    await assert_it_adds_up()


async def test_a_promise_given_back_in_parts_is_never_given_back_twice(database):
    [here] = await stocked("CUP", units=50)
    line = ids.new()
    await tried(commitments.make, Promise(line, "CUP", here, 50))

    ended = await at_once(
        tried(commitments.release, Promise(line, "CUP", here, 1)) for _ in range(80)
    )

    assert ended == {("done", 0): 50, ("not_promised", 1): 30}
    async with db.transaction() as session:
        assert await level(session, "CUP", here) == {"on_hand": 50}
    await assert_it_adds_up()


async def test_who_waits_for_units_that_come_back_gets_them(database):
    [here] = await stocked("CUP", units=1)
    bought = Promise(ids.new(), "CUP", here, 1)
    await tried(commitments.make, bought)

    async with db.transaction() as session:
        await commitments.release(session, promises=[bought], reference="SO-1")
        waiting = asyncio.create_task(tried(commitments.make, Promise(ids.new(), "CUP", here, 1)))
        await until_somebody_waits()
    assert await waiting == ("done", 0)

    await assert_it_adds_up()


async def test_receipts_that_open_the_same_levels_at_once_all_count(database):
    async with db.transaction() as session:
        here = (await location(session)).id
        for sku in ("CUP", "LID"):
            await item(session, sku=sku)

    async def receive():
        async with db.transaction() as session:
            received = [Change(sku, here, Reason.RECEIVED, on_hand=1) for sku in ("CUP", "LID")]
            await movements.apply(session, changes=random.sample(received, 2))
        return "done"

    assert await at_once(receive() for _ in range(40)) == {"done": 40}

    async with db.transaction() as session:
        assert await level(session, "CUP", here) == {"on_hand": 40}
    await assert_it_adds_up()


async def test_counts_and_buyers_at_once_never_oversell(database):
    [here] = await stocked("CUP", units=60)

    async def lose():
        lost = Change("CUP", here, Reason.SHRINKAGE, on_hand=-1)
        try:
            async with db.transaction() as session:
                await movements.apply(session, changes=[lost])
        except OutOfStock:
            return "kept"
        return "lost"

    async def buy():
        return (await tried(commitments.make, Promise(ids.new(), "CUP", here, 1)))[0]

    ended = await at_once(attempt() for _ in range(50) for attempt in (lose, buy))

    assert ended["done"] + ended["lost"] == 60
    async with db.transaction() as session:
        found = await level(session, "CUP", here)
    assert found == {"on_hand": 60 - ended["lost"], "committed": ended["done"]}
    await assert_it_adds_up()


async def test_a_busy_day_in_any_order_adds_up(database):
    skus = ["CUP", "LID", "VASE"]
    places = await stocked(*skus, units=20, places=2)
    bought = []

    async def act():
        sku, at, units = random.choice(skus), random.choice(places), random.randint(1, 4)
        match random.randrange(4):
            case 0:
                promise = Promise(ids.new(), sku, at, units)
                if (await tried(commitments.make, promise))[0] == "done":
                    bought.append(promise)
            case 1 if bought:
                await tried(commitments.release, bought.pop(random.randrange(len(bought))))
            case 2 if bought:
                await tried(commitments.ship, bought.pop(random.randrange(len(bought))))
            case _:
                bucket = random.choice(["on_hand", "damaged", "quality_control", "safety_stock"])
                change = Change(sku, at, Reason.CORRECTION, **{bucket: random.randint(-3, 4)})
                try:
                    async with db.transaction() as session:
                        await movements.apply(session, changes=[change])
                except OutOfStock:
                    pass

    await at_once([act() for _ in range(400)], limit=16)

    async with db.transaction() as session:
        assert await promises(session) == sum(one.quantity for one in bought)
    await assert_it_adds_up()
