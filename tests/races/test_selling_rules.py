"""A rule that is there before an order binds it, and what must stay stays under contention."""

import asyncio
from collections import Counter

from inventory.selling import buffers
from oms.kernel import db, ids
from oms.kernel.db import Busy
from oms.orders import placements
from oms.orders.allocations import Shortfall
from tests.factories import new_order, selling_rule, sites
from tests.inventory.standing import level
from tests.races.test_last_units import assert_it_adds_up

WEB = ids.new()
TRIES = 8


async def bought(channel_id=WEB, units=1):
    for attempt in range(TRIES):
        try:
            async with db.transaction() as session:
                if attempt:
                    await db.restart(session)
                new = new_order(("CUP", units, 1), channel_id=channel_id)
                await placements.place(session, new=new)
        except Busy:
            continue
        except Shortfall:
            return "short"
        return "bought"
    return "busy"


async def test_what_a_threshold_keeps_is_there_however_many_buy(database):
    async with db.transaction() as session:
        [place] = await sites(session, {"CUP": 20})
        await selling_rule(session, "threshold", units=5)
        await buffers.keep_back(session, channel_id=WEB, units=2)

    ended = Counter(await asyncio.gather(*(bought() for _ in range(30))))

    assert ended == {"bought": 13, "short": 17}
    async with db.transaction() as session:
        assert await level(session, "CUP", place.id) == {"on_hand": 20, "committed": 13}
    await assert_it_adds_up()


async def test_no_order_that_begins_after_a_rule_is_made_breaks_it(database):
    async with db.transaction() as session:
        [place] = await sites(session, {"CUP": 40})

    async def deny():
        async with db.transaction() as session:
            await selling_rule(session, "shipping", allowed=False)
        return [await bought() for _ in range(5)]

    before = [asyncio.create_task(bought()) for _ in range(15)]
    after = await deny()

    assert after == ["short"] * 5
    ended = Counter(await asyncio.gather(*before))
    assert set(ended) <= {"bought", "short"}
    async with db.transaction() as session:
        promised = (await level(session, "CUP", place.id)).get("committed", 0)
    assert promised == ended["bought"]
    await assert_it_adds_up()
