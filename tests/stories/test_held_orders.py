"""A cart that holds its stock is ordered, over HTTP."""

from uuid import uuid4

import pytest

from inventory.holds import expiry
from tests.shop import OSAKA
from tests.stories.test_holds import hold, kept, let_time_pass


@pytest.fixture
async def open_shop(shop):
    await shop.open(stock={"CUP": {"TYO": 4, "OSA": 3}, "BOWL": {"OSA": 5}})
    return shop


async def buy(shop, held, *lines, **given):
    order = shop.order(*lines, hold_id=held["id"], **given)
    return await shop.ask("site", "POST", "/orders", order)


async def reserved(shop, sku):
    found = await shop.do("admin", "GET", f"/stock/levels?sku={sku}")
    return {
        level["location_id"]: (level["reserved"], level["committed"]) for level in found["levels"]
    }


async def test_what_is_held_is_promised_where_it_stands_and_more_is_taken_beside_it(open_shop):
    """All of Osaka is held; one more cup comes from Tokyo, the bowl is given back."""
    shop = open_shop
    there = {name: OSAKA[name] for name in ("latitude", "longitude")}
    held = await hold(shop, ("CUP", 3), ("BOWL", 2), destination=there)
    other = await hold(shop, ("CUP", 3))

    order = (await buy(shop, held, ("CUP", 4, 100), ("BOWL", 1, 10))).json()

    assert await reserved(shop, "CUP") == {
        shop.places["OSA"]: (0, 3),
        shop.places["TYO"]: (3, 1),
    }
    assert await reserved(shop, "BOWL") == {shop.places["OSA"]: (0, 1)}
    ended = await shop.do("site", "GET", f"/holds/{held['id']}")
    assert (ended["status"], ended["order_id"], ended["actions"]) == ("converted", order["id"], [])
    again = await buy(shop, held, ("CUP", 1, 100))
    assert (again.status_code, again.json()["code"]) == (409, "illegal_move")
    await shop.do("site", "POST", f"/holds/{other['id']}/release")
    await shop.verified()


async def test_a_refused_order_leaves_its_hold_and_a_retry_changes_nothing(open_shop):
    shop = open_shop
    held = await hold(shop, ("CUP", 7))

    refused = await buy(shop, held, ("CUP", 8, 100))
    assert refused.json()["shortages"] == [{"sku": "CUP", "wanted": 8, "available": 7}]
    unpaid = await buy(shop, held, ("CUP", 7, 100), payment=None)
    assert unpaid.json()["code"] == "payment_missing"
    assert (await shop.do("site", "GET", f"/holds/{held['id']}"))["version"] == held["version"]

    order, key = shop.order(("CUP", 7, 100), hold_id=held["id"]), uuid4().hex
    first, second = [
        await shop.ask("site", "POST", "/orders", order, idempotency_key=key) for _ in range(2)
    ]
    assert (first.status_code, first.content) == (201, second.content)
    third = await shop.ask("site", "POST", "/orders", order)
    assert (third.status_code, third.json()["code"]) == (409, "order_exists")
    await shop.verified()


async def test_what_is_over_is_never_ordered(open_shop):
    shop = open_shop
    held = await hold(shop, ("CUP", 7))
    await let_time_pass(held["id"])

    for _ in range(2):
        late = await buy(shop, held, ("CUP", 1, 100))
        assert (late.status_code, late.json()["code"]) == (409, "hold_expired")
        await expiry.expire.run()
    strange = await buy(shop, {"id": str(uuid4())}, ("CUP", 1, 100))
    assert (strange.status_code, strange.json()["code"]) == (404, "unknown_hold")
    await shop.verified()


async def test_held_kits_are_ordered_as_kits(open_shop):
    shop = open_shop
    kit = {"sku": "SET", "name": "Set", "components": [
        {"sku": "CUP", "quantity": 1}, {"sku": "BOWL", "quantity": 1}]}  # fmt: skip
    await shop.do("admin", "POST", "/items", kit)
    held = await hold(shop, ("SET", 2), ("CUP", 1))
    assert kept(held)["SET", shop.places["OSA"]] == 2

    order = await buy(shop, held, ("SET", 2, 100), ("CUP", 1, 10))

    assert order.status_code == 201
    assert await reserved(shop, "BOWL") == {shop.places["OSA"]: (0, 2)}
    await shop.verified()


async def test_what_a_cart_gives_back_goes_to_who_waits(open_shop):
    """The only cups are held; an order that was sold ahead gets them when the time is over."""
    shop = open_shop
    held = await hold(shop, ("CUP", 7))
    await shop.do("admin", "PUT", "/backlog-limits", {"sku": "CUP", "units": 5})
    waiting = await shop.place(("CUP", 2, 100))
    assert waiting["lines"][0]["backordered"] == 2
    await let_time_pass(held["id"])

    await expiry.expire.run()
    await shop.verified()

    assert (await shop.read(waiting["id"]))["lines"][0]["backordered"] == 0
