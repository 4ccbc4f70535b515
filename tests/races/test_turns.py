"""Levels that turn under races: of those who come at once one tells it, nobody twice."""

import asyncio
from collections import Counter

import pytest

from inventory import commitments, movements
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change
from oms.kernel import db, ids
from tests.factories import item, location
from tests.inventory.standing import told
from tests.races.test_last_units import at_once, stocked, tried, until_somebody_waits


async def all_told():
    async with db.transaction() as session:
        return await told(session)


@pytest.mark.parametrize("units", [2, 40])
async def test_of_the_buyers_of_the_last_units_one_tells_that_they_are_gone(database, units):
    [here] = await stocked("CUP", units=units)

    ended = await at_once(
        tried(commitments.make, Promise(ids.new(), "CUP", here, 1)) for _ in range(units + 20)
    )

    assert ended == {("done", 0): units, ("out_of_stock", 1): 20}
    assert await all_told() == [("stock.out", 0)]


async def test_units_that_come_and_go_tell_out_and_back_in_turns(database):
    [here] = await stocked("CUP", units=1)

    async def borrowed():
        one = Promise(ids.new(), "CUP", here, 1)
        ended = await tried(commitments.make, one)
        if ended == ("done", 0):
            await tried(commitments.release, one)
        return ended

    ended = await at_once(borrowed() for _ in range(60))

    turned = Counter(name for name, _ in await all_told())
    lent = ended["done", 0]
    assert turned == {"stock.out": lent, "stock.back": lent}


async def test_what_comes_to_a_level_that_somebody_opens_meanwhile_turns_it(database):
    async with db.transaction() as session:
        here = (await location(session)).id
        await item(session, sku="CUP")
    came = Change("CUP", here, Reason.RECEIVED, on_hand=3)

    async def receive():
        async with db.transaction() as session:
            await movements.apply(session, changes=[came])

    async with db.transaction() as session:
        ordered = Change("CUP", here, Reason.MOVEMENT_CREATED, incoming=3)
        await movements.apply(session, changes=[ordered])
        late = asyncio.create_task(receive())
        await until_somebody_waits()
    await late

    assert await all_told() == [("stock.back", 3)]
