"""Carts at once, over HTTP: a unit is held or sold once, and a hold ends in one way."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from inventory.holds import expiry
from oms.kernel import db
from tests.races.test_placement import PLACES, at_once, buy, ends
from tests.stories.test_holds import cart, hold


@pytest.fixture
async def open_shop(shop):
    await shop.open(stock={"CUP": {"TYO": 4, "OSA": 3, "SDJ": 3}}, **PLACES)
    await shop.token("site")
    return shop


def keep(shop, *lines):
    return shop.ask("site", "POST", "/holds", cart(*lines))


async def expiring(hold_id, after):
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE hold SET expires_at = clock_timestamp() + :after WHERE id = :id"),
            {"id": hold_id, "after": after},
        )


async def test_50_carts_at_10_units_hold_exactly_10(open_shop):
    shop = open_shop

    answers = await at_once(*(keep(shop, ("CUP", 1)) for _ in range(50)))

    assert ends(answers) == {(201, None): 10, (409, "out_of_stock"): 40}
    assert await shop.available("CUP") == 0
    await shop.verified()


async def test_a_hold_is_sold_or_expires_but_never_both(open_shop):
    """Orders come while the time runs out and sweepers are at work."""
    shop = open_shop
    held = [await hold(shop, ("CUP", 1)) for _ in range(10)]
    for number, one in enumerate(held):
        await expiring(one["id"], timedelta(milliseconds=25 * number))

    async def sweep():
        for _ in range(15):
            await expiry.sweep(limit=2)
            await asyncio.sleep(0.02)

    async def late(number, one):
        await asyncio.sleep(0.025 * number)
        return await buy(shop, ("CUP", 1, 10), hold_id=one["id"])

    answers, *_ = await asyncio.gather(
        at_once(*(late(number, one) for number, one in enumerate(held))), sweep(), sweep()
    )
    await asyncio.sleep(0.3)
    await expiry.expire.run()

    assert ends(answers).keys() <= {(201, None), (409, "hold_expired")}
    for one, answer in zip(held, answers, strict=True):
        end = (await shop.do("site", "GET", f"/holds/{one['id']}"))["status"]
        assert end == ("converted" if answer.is_success else "expired")
    sold = sum(answer.is_success for answer in answers)
    assert await shop.available("CUP") == 10 - sold
    await shop.verified()


async def test_of_two_orders_with_one_hold_one_has_it(open_shop):
    shop = open_shop
    for _ in range(3):
        held = await hold(shop, ("CUP", 2))
        answers = await at_once(*(buy(shop, ("CUP", 2, 10), hold_id=held["id"]) for _ in range(6)))
        assert ends(answers) == {(201, None): 1, (409, "illegal_move"): 5}
    assert await shop.available("CUP") == 4
    await shop.verified()


async def test_a_cart_that_grows_and_a_buyer_share_what_is_there(open_shop):
    shop = open_shop
    held = await hold(shop, ("CUP", 6))
    more = {"lines": [{"sku": "CUP", "quantity": 9}]}

    grown, *bought = await at_once(
        shop.ask("site", "PATCH", f"/holds/{held['id']}", more),
        *(buy(shop, ("CUP", 1, 10)) for _ in range(6)),
    )

    sold = sum(answer.is_success for answer in bought)
    assert ends([grown, *bought]).keys() <= {(200, None), (201, None), (409, "out_of_stock")}
    assert await shop.available("CUP") == 10 - sold - (9 if grown.is_success else 6)
    assert sold == (1 if grown.is_success else 4)
    await shop.verified()


async def test_one_cart_asked_for_twice_at_once_has_one_hold(open_shop):
    shop = open_shop
    wanted = cart(("CUP", 1))

    answers = await at_once(*(shop.ask("site", "POST", "/holds", wanted) for _ in range(8)))

    assert ends(answers) == {(201, None): 1, (409, "hold_exists"): 7}
    assert await shop.available("CUP") == 9


async def test_crossing_carts_change_and_are_ordered_without_waiting_crosswise(shop):
    """Carts of many lines are made, changed, ordered and given up at once; nobody is told 503."""
    skus = [f"SKU-{number}" for number in range(4)]
    await shop.open(stock={sku: dict.fromkeys(PLACES, 8) for sku in skus}, **PLACES)
    await shop.token("site")

    def some():
        return [(sku, random.randint(1, 3)) for sku in random.sample(skus, 3)]

    async def life():
        made = await keep(shop, *some())
        if not made.is_success:
            return [made]
        path = f"/holds/{made.json()['id']}"
        lines = cart(*(wanted := some()))["lines"]
        changed = await shop.ask("site", "PATCH", path, {"lines": lines})
        if random.random() < 0.5:
            order = [(sku, quantity, 10) for sku, quantity in wanted]
            last = await buy(shop, *order, hold_id=made.json()["id"])
        else:
            last = await shop.ask("site", "POST", f"{path}/release")
        return [made, changed, last]

    lives = await at_once(*(life() for _ in range(24)), clients=12)

    seen = Counter(end for answers in lives for end in ends(answers))
    assert seen.keys() <= {(200, None), (201, None), (409, "out_of_stock")}
    await shop.verified()
