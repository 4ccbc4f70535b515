"""Many shoppers at once, over HTTP: every unit is sold once, every request gets a plain answer."""

import asyncio
import random
from collections import Counter
from uuid import uuid4

from oms.cli import verify
from tests.shop import OSAKA, TOKYO
from tests.drain import drain

SENDAI = {"city": "Sendai", "country": "JP", "latitude": 38.27, "longitude": 140.87}
CLIENTS, TRIES, UNITS, RUNS = 64, 160, 100, 10


async def at_once(*asked, clients=CLIENTS):
    """Send all requests, as many at a time as there are clients; returns the answers in order."""
    gate = asyncio.Semaphore(clients)

    async def one(request):
        async with gate:
            return await request

    return await asyncio.gather(*(one(request) for request in asked))


def ends(answers):
    """Count how requests ended: status and code."""
    return Counter(
        (answer.status_code, None if answer.is_success else answer.json()["code"])
        for answer in answers
    )


def buy(shop, *lines, key=None, **given):
    order = shop.order(*lines, payment=None, **given) if given.get("total") else None
    order = order or shop.order(*lines, **given)
    headers = {} if key is None else {"idempotency_key": key}
    return shop.ask("site", "POST", "/orders", order, **headers)


async def holds():
    """Run every check of `oms verify` on what stands there now."""
    broken = verify.broken(await verify.findings())
    assert [(finding.check.name, finding.offenders) for finding in broken] == []


async def sell_out(shop, sku):
    await shop.token("site")
    answers = await at_once(*(buy(shop, (sku, 1, 10)) for _ in range(TRIES)))

    assert ends(answers) == {(201, None): UNITS, (409, "out_of_stock"): TRIES - UNITS}
    named = [answer.json()["shortages"] for answer in answers if answer.status_code == 409]
    assert named == [[{"sku": sku, "wanted": 1, "available": 0}]] * (TRIES - UNITS)
    assert await shop.available(sku) == 0


async def test_160_tries_at_100_units_sell_exactly_100_in_ten_runs_of_ten(shop):
    await shop.open(stock={f"CUP-{run}": {"TYO": UNITS} for run in range(RUNS)})

    for run in range(RUNS):
        await sell_out(shop, f"CUP-{run}")

    await holds()


async def test_units_spread_over_three_locations_sell_out_just_the_same(shop):
    stock = {f"CUP-{run}": {"TYO": 40, "OSA": 35, "SDJ": 25} for run in range(RUNS)}
    await shop.open(stock=stock, TYO=TOKYO, OSA=OSAKA, SDJ=SENDAI)

    for run in range(RUNS):
        await sell_out(shop, f"CUP-{run}")

    await holds()


async def test_crossing_carts_over_three_locations_never_deadlock(shop):
    skus = [f"SKU-{number}" for number in range(6)]
    stock = {sku: {"TYO": 20, "OSA": 20, "SDJ": 20} for sku in skus}
    await shop.open(stock=stock, TYO=TOKYO, OSA=OSAKA, SDJ=SENDAI)
    await shop.token("site")

    answers = await at_once(
        *(
            buy(shop, *((sku, 3, 10) for sku in random.sample(skus, len(skus))))
            for _ in range(60)
        )
    )

    assert ends(answers) == {(201, None): 20, (409, "out_of_stock"): 40}
    assert [await shop.available(sku) for sku in skus] == [0] * len(skus)
    await holds()
