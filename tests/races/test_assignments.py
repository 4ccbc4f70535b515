"""Goods that come while others wait, buy and cancel: nobody is overtaken, nothing is sold twice."""

import asyncio
from collections import Counter

import pytest

from oms.kernel import db
from oms.kernel.db import Busy
from oms.orders import assignments
from tests.drain import drain

ORDERS = 12


async def opened(shop, *skus, owed=ORDERS):
    """Open a shop with empty shelves that sells ahead."""
    await shop.open(stock={sku: {} for sku in skus})
    for sku in skus:
        limit = {"sku": sku, "kind": "backorder", "units": owed}
        await shop.do("admin", "PUT", "/backlog-limits", limit)


async def waiting(shop, count=ORDERS, *lines):
    """Place orders that wait, one after the other."""
    return [(await shop.place(*(lines or [("CUP", 1, 100)])))["id"] for _ in range(count)]


async def in_turn(shop, orders):
    """Return how many units of each order have a location."""
    return [
        sum(line["ordered"] - line["backordered"] for line in (await shop.read(one))["lines"])
        for one in orders
    ]


async def hand_out(*skus):
    """Do what a worker does, until nothing is left."""
    while True:
        try:
            async with db.transaction() as session:
                if not await assignments.assign(session, skus=skus):
                    return
        except Busy:
            continue


async def test_two_receipts_at_once_serve_the_earliest_and_nobody_twice(shop):
    await opened(shop, "CUP")
    orders = await waiting(shop)

    await asyncio.gather(shop.receive("TYO", "CUP", 3), shop.receive("OSA", "CUP", 4))
    await asyncio.gather(*(drain() for _ in range(4)))

    assert await in_turn(shop, orders) == [1] * 7 + [0] * 5
    await shop.verified()


async def test_units_that_trickle_in_never_pass_who_came_earlier(shop, monkeypatch):
    monkeypatch.setattr(assignments, "ORDERS_AT_ONCE", 2)
    await opened(shop, "CUP", owed=24)
    orders = await waiting(shop, 8, ("CUP", 3, 100))

    async def come():
        for _ in range(5):
            await shop.receive("TYO", "CUP", 1)
            await hand_out("CUP")

    await asyncio.gather(*(come() for _ in range(3)))
    await drain()

    assert await in_turn(shop, orders) == [3] * 5 + [0] * 3
    await shop.verified()


async def test_goods_named_crosswise_do_not_deadlock(shop):
    await opened(shop, "CUP", "POT")
    first = await waiting(shop, 4, ("CUP", 1, 100), ("POT", 1, 900))
    second = await waiting(shop, 4, ("POT", 1, 900), ("CUP", 1, 100))
    for sku in ("CUP", "POT"):
        await shop.receive("TYO", sku, 8)

    async with asyncio.timeout(60):
        await asyncio.gather(hand_out("CUP"), hand_out("POT"), hand_out("POT", "CUP"))
    await drain()

    assert await in_turn(shop, first + second) == [2] * 8
    await shop.verified()


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_receipt_and_new_orders_for_the_same_units(shop, turn):
    await opened(shop, "CUP")
    orders = await waiting(shop, 4)

    async def buy():
        return (await shop.ask("site", "POST", "/orders", shop.order(("CUP", 1, 100)))).status_code

    async def come():
        await shop.receive("TYO", "CUP", 6)
        await hand_out("CUP")

    ended = Counter(await asyncio.gather(*[come(), *(buy() for _ in range(6))][::turn]))
    await drain()

    assert ended[201] == 6  # on the shelf or ahead, there is enough for all of them
    served = await in_turn(shop, orders)
    assert served == sorted(served, reverse=True)
    assert (await levels(shop))["committed"] == 6
    await shop.verified()


async def test_a_receipt_and_the_cancellation_of_who_waits(shop):
    await opened(shop, "CUP")
    orders = await waiting(shop, 6)
    await shop.receive("TYO", "CUP", 4)

    async def cancel(order_id):
        answer = await shop.ask("support", "POST", f"/orders/{order_id}/cancel", {})
        assert answer.status_code in {200, 201}, answer.text

    await asyncio.gather(hand_out("CUP"), *(cancel(one) for one in orders[:3]), hand_out("CUP"))
    await drain()

    assert await in_turn(shop, orders[3:]) == [1, 1, 1]
    assert (await levels(shop))["committed"] == 3
    await shop.verified()


async def levels(shop):
    [level] = (await shop.do("admin", "GET", "/stock/levels?sku=CUP"))["levels"]
    return level
