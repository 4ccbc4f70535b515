"""Everybody at the same order at once: what comes of it could have happened one after the other."""

import asyncio
import random

import pytest

from oms.kernel import clock, db, work
from tests.drain import drain

ROUNDS = 5


async def opened(shop):
    await shop.open(stock={"CUP": {"TYO": 2 * ROUNDS, "OSA": 2 * ROUNDS}})


async def released(shop):
    """Place an order of two cups that Tokyo works on; returns its id and that of its work."""
    order = await shop.place(("CUP", 2, 100))
    [row] = (await shop.do("support", "GET", f"/fulfillment-orders?order_id={order['id']}"))[
        "fulfillment_orders"
    ]
    return order["id"], row["id"]


def cancel(shop, order_id):
    return shop.ask("support", "POST", f"/orders/{order_id}/cancel", {})


def accept(shop, work_id):
    return shop.ask("admin", "POST", f"/fulfillment-orders/{work_id}/accept")


def reject(shop, work_id):
    reason = {"reason": "other"}
    return shop.ask("admin", "POST", f"/fulfillment-orders/{work_id}/reject", reason)


async def together(*asked):
    """Send requests at nearly the same moment; returns status and code of each."""

    async def one(request):
        await asyncio.sleep(random.random() / 100)
        return await request

    answers = await asyncio.gather(*(one(request) for request in asked))
    return tuple(
        answer.status_code if answer.is_success else answer.json()["code"] for answer in answers
    )


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_cancellation_and_the_release_of_an_order(shop, turn):
    await opened(shop)
    for _ in range(ROUNDS):
        order = await shop.do("site", "POST", "/orders", shop.order(("CUP", 2, 100)))
        await _until_authorised()

        await asyncio.gather(*[cancel(shop, order["id"]), drain()][::turn])
        await shop.verified()

        order = await shop.read(order["id"])
        assert (order["status"], order["payment_status"]) == ("cancelled", "voided")
        assert await shop.work("TYO") == []
    assert await shop.available("CUP") == 4 * ROUNDS


async def _until_authorised():
    """Let the gateway say yes, and do nothing of what follows."""
    async with db.transaction() as session:
        jobs = [one for one in await work.overdue(session, now=clock.now()) if one[0] == "job"]
    for kind, row_id in jobs:
        await work.do(kind, row_id)


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_cancellation_and_the_first_step_of_work(shop, turn):
    await opened(shop)
    for _ in range(ROUNDS):
        order_id, work_id = await released(shop)

        ended = (await together(*[cancel(shop, order_id), accept(shop, work_id)][::turn]))[::turn]
        await shop.verified()

        assert ended in {(200, "illegal_move"), ("work_started", 200)}
        order = await shop.read(order_id)
        assert order["status"] == ("cancelled" if ended[0] == 200 else "released")


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_cancellation_and_a_rejection(shop, turn):
    await opened(shop)
    for _ in range(ROUNDS):
        order_id, work_id = await released(shop)

        ended = (await together(*[cancel(shop, order_id), reject(shop, work_id)][::turn]))[::turn]
        await shop.verified()

        assert ended in {(200, 200), (200, "illegal_move")}
        assert (await shop.read(order_id))["status"] == "cancelled"
        assert await shop.available("CUP") == 4 * ROUNDS


@pytest.mark.parametrize("turn", [1, -1])
async def test_a_first_step_and_a_rejection(shop, turn):
    await opened(shop)
    for _ in range(ROUNDS):
        order_id, work_id = await released(shop)

        ended = (await together(*[accept(shop, work_id), reject(shop, work_id)][::turn]))[::turn]
        await shop.verified()

        assert ended in {(200, 200), ("illegal_move", 200)}
        [row] = await shop.work("OSA")
        assert row["status"] == "open"
        await cancel(shop, order_id)


async def test_cancelled_by_everybody_at_once_is_cancelled_once(shop):
    await opened(shop)
    order_id, _ = await released(shop)

    ended = await together(*[cancel(shop, order_id) for _ in range(8)])

    assert sorted(map(str, ended)) == ["200", *["nothing_to_cancel"] * 7]
    assert (await shop.timeline(order_id)).count("order.cancelled") == 1
    await shop.verified()


async def test_rejected_by_everybody_at_once_is_rejected_once(shop):
    await opened(shop)
    order_id, work_id = await released(shop)

    ended = await together(*[reject(shop, work_id) for _ in range(8)])

    assert sorted(map(str, ended)) == ["200", *["illegal_move"] * 7]
    assert len(await shop.work("OSA")) == 1
    assert (await shop.timeline(order_id)).count("order.routed") == 2
    await shop.verified()


async def test_everything_at_once_is_still_one_story(shop):
    await opened(shop)
    for _ in range(ROUNDS):
        order_id, work_id = await released(shop)
        asked = [cancel(shop, order_id), accept(shop, work_id), reject(shop, work_id)]
        random.shuffle(asked)

        ended = await together(*asked)
        await shop.verified()

        assert set(ended) <= {200, "illegal_move", "work_started"}
        order = await shop.read(order_id)
        [line] = order["lines"]
        assert line["cancelled"] + line["in_work"] + line["backordered"] == 2
        assert order["status"] == ("cancelled" if line["cancelled"] else "released")
