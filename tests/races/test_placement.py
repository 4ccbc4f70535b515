"""Many shoppers at once, over HTTP: every unit is sold once, every request gets a plain answer."""

import asyncio
import random
from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from oms.cli import verify
from oms.kernel import db
from tests.shop import OSAKA, TOKYO

SENDAI = {"city": "Sendai", "country": "JP", "latitude": 38.27, "longitude": 140.87}
PLACES = {"TYO": TOKYO, "OSA": OSAKA, "SDJ": SENDAI}
CLIENTS, TRIES, UNITS = 64, 160, 100


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
    order = shop.order(*lines, **given)
    return shop.ask("site", "POST", "/orders", order, idempotency_key=key or uuid4().hex)


async def holds():
    """Run every check of `oms verify` on what stands there now."""
    broken = verify.broken(await verify.findings())
    assert [(finding.check.name, finding.offenders) for finding in broken] == []


async def orders_kept() -> int:
    async with db.reading() as connection:
        return await connection.scalar(text('SELECT count(*) FROM "order"'))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("runs", "spread"), [(10, {"TYO": UNITS}), (3, {"TYO": 40, "OSA": 35, "SDJ": 25})]
)
async def test_160_tries_at_100_units_sell_exactly_100_every_time(shop, runs, spread):
    skus = [f"CUP-{run}" for run in range(runs)]
    await shop.open(stock=dict.fromkeys(skus, spread), **PLACES)
    await shop.token("site")

    for sku in skus:
        answers = await at_once(*(buy(shop, (sku, 1, 10)) for _ in range(TRIES)))

        assert ends(answers) == {(201, None): UNITS, (409, "out_of_stock"): TRIES - UNITS}
        named = [answer.json()["shortages"] for answer in answers if answer.status_code == 409]
        assert named == [[{"sku": sku, "wanted": 1, "available": 0}]] * (TRIES - UNITS)
        assert await shop.available(sku) == 0
    await holds()


async def test_crossing_carts_over_three_locations_never_wait_crosswise(shop):
    """Who chose too late holds locks out of order by then, so it begins anew, held in order."""
    skus = [f"SKU-{number}" for number in range(6)]
    await shop.open(stock={sku: dict.fromkeys(PLACES, 10) for sku in skus}, **PLACES)
    await shop.token("site")

    carts = [[(sku, random.randint(1, 3), 10) for sku in random.sample(skus, 4)] for _ in range(60)]
    with capture_logs() as logged:
        answers = await at_once(*(buy(shop, *cart) for cart in carts))

    reasons = Counter(one["reason"] for one in logged if one["event"] == "request.restarted")
    assert reasons.keys() <= {"overtaken"}  # and no 40P01, which is a deadlock
    assert ends(answers).keys() == {(201, None), (409, "out_of_stock")}
    sold = Counter()
    for cart, answer in zip(carts, answers, strict=True):
        if answer.is_success:
            sold.update({sku: quantity for sku, quantity, _ in cart})
    for sku in skus:
        assert await shop.available(sku) == 30 - sold[sku]
    await holds()


async def test_one_key_sent_50_times_at_once_makes_one_order(shop):
    await shop.open(stock={"CUP": {"TYO": UNITS}})
    await shop.token("site")
    order, key = shop.order(("CUP", 1, 10)), uuid4().hex

    answers = await at_once(
        *(shop.ask("site", "POST", "/orders", order, idempotency_key=key) for _ in range(50))
    )

    assert ends(answers).keys() <= {(201, None), (409, "idempotency_key_in_use")}
    placed = [answer for answer in answers if answer.is_success]
    assert len({answer.content for answer in placed}) == 1
    fresh = [answer for answer in placed if "idempotent-replayed" not in answer.headers]
    assert (len(fresh), await orders_kept()) == (1, 1)
    assert await shop.available("CUP") == UNITS - 1
    again = await shop.ask("site", "POST", "/orders", order, idempotency_key=key)
    assert (again.content, again.headers["idempotent-replayed"]) == (fresh[0].content, "true")
    await shop.verified()


async def test_one_receipt_sent_50_times_at_once_counts_once(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    key, lines = uuid4().hex, [{"sku": "CUP", "quantity": 7}]
    receipt = {"location_id": shop.places["TYO"], "lines": lines}

    answers = await at_once(
        *(shop.ask("TYO", "POST", "/stock/receipts", receipt, idempotency_key=key)
          for _ in range(50))
    )  # fmt: skip

    assert ends(answers).keys() <= {(201, None), (409, "idempotency_key_in_use")}
    assert await shop.available("CUP") == 8
    await shop.verified()


@pytest.mark.parametrize("units", [1, 100])
async def test_one_external_id_under_many_keys_makes_one_order(shop, units):
    """Also when the first one took the last unit: then it is the order that is in the way."""
    await shop.open(stock={"CUP": {"TYO": units}})
    await shop.token("site")
    order = shop.order(("CUP", 1, 10))

    answers = await at_once(*(shop.ask("site", "POST", "/orders", order) for _ in range(30)))

    assert ends(answers) == {(201, None): 1, (409, "order_exists"): 29}
    [placed] = [answer.json()["id"] for answer in answers if answer.is_success]
    named = {answer.json()["order_id"] for answer in answers if not answer.is_success}
    assert named == {placed}
    assert await shop.available("CUP") == units - 1
    await shop.verified()


async def test_a_channels_buffer_is_left_on_the_shelf_however_many_ask(shop):
    await shop.open(stock={"CUP": {"TYO": 20, "OSA": 20}})
    await shop.token("site")
    await shop.do("admin", "PUT", f"/channel-buffers/{shop.channel['id']}", {"units": 5})

    answers = await at_once(*(buy(shop, ("CUP", 3, 10)) for _ in range(30)))

    assert ends(answers) == {(201, None): 10, (409, "out_of_stock"): 20}
    assert await shop.available("CUP") == 0
    await holds()


async def test_a_lot_of_good_and_bad_orders_gives_each_its_own_answer(shop):
    """All of one caller, sent at once: they share transactions, never their fate."""
    await shop.open(stock={"CUP": {"TYO": 10}})
    await shop.token("site")
    twice = uuid4().hex

    answers = await at_once(
        *(buy(shop, ("CUP", 1, 10)) for _ in range(8)),
        *(buy(shop, ("CUP", 50, 10)) for _ in range(8)),
        *(buy(shop, ("NONE", 1, 10)) for _ in range(8)),
        *(buy(shop, ("CUP", 1, 10), total={"amount": 11, "currency": "JPY"}) for _ in range(8)),
        *(buy(shop, ("CUP", 1, 10), external_id="S-1", key=twice) for _ in range(1)),
        *(buy(shop, ("CUP", 1, 10), external_id="S-1") for _ in range(3)),
    )

    assert ends(answers) == {
        (201, None): 9,
        (409, "out_of_stock"): 8,
        (422, "unknown_skus"): 8,
        (422, "totals_disagree"): 8,
        (409, "order_exists"): 3,
    }
    assert await orders_kept() == 9
    assert await shop.available("CUP") == 1
    await shop.verified()
