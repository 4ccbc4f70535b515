"""A cart over HTTP: it holds, grows, shrinks, waits for a late payment, or is given up."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from inventory.holds import expiry
from oms.kernel import db
from tests.shop import OSAKA, TOKYO, Shop


@pytest.fixture
async def open_shop(shop):
    await shop.open(stock={"CUP": {"TYO": 4, "OSA": 3}, "BOWL": {"OSA": 5}})
    return shop


def cart(*lines, **given):
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"external_id": f"cart-{uuid4().hex[:8]}", "lines": wanted, **given}


async def hold(shop, *lines, **given):
    return await shop.do("site", "POST", "/holds", cart(*lines, **given))


async def let_time_pass(hold_id):
    """Make a hold that was made long ago of one that was made now."""
    async with db.transaction() as session:
        await session.execute(
            text("""UPDATE hold SET expires_at = now() - interval '1 second',
                    began_at = began_at - interval '1 hour' WHERE id = :id"""),
            {"id": hold_id},
        )


def kept(shown):
    return {(one["sku"], one["location_id"]): one["quantity"] for one in shown["allocations"]}


async def test_what_a_cart_holds_nobody_else_can_buy_until_it_is_given_up(open_shop):
    shop = open_shop
    held = await hold(shop, ("CUP", 6), ("BOWL", 1))

    assert held["status"] == "active"
    assert held["actions"] == ["change", "extend", "release"]
    assert kept(held) == {
        ("CUP", shop.places["TYO"]): 4,
        ("CUP", shop.places["OSA"]): 2,
        ("BOWL", shop.places["OSA"]): 1,
    }
    assert await shop.available("CUP") == 1
    refused = await shop.ask("site", "POST", "/orders", shop.order(("CUP", 2, 10)))
    assert refused.json()["code"] == "out_of_stock"

    gone = await shop.do("site", "POST", f"/holds/{held['id']}/release")
    assert (gone["status"], gone["actions"]) == ("released", [])
    assert await shop.available("CUP") == 7
    await shop.verified()


async def test_all_or_nothing_and_every_shortage_is_named(open_shop):
    shop = open_shop
    refused = await shop.ask("site", "POST", "/holds", cart(("CUP", 8), ("BOWL", 9), ("CUP", 1)))

    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert refused.json()["shortages"] == [
        {"sku": "BOWL", "wanted": 9, "available": 5},
        {"sku": "CUP", "wanted": 9, "available": 7},
    ]
    assert await shop.available("CUP") == 7


async def test_the_nearest_stock_is_held_when_the_destination_is_known(open_shop):
    shop = open_shop
    there = {name: OSAKA[name] for name in ("latitude", "longitude")}

    near = await hold(shop, ("CUP", 4), destination=there)

    assert kept(near) == {("CUP", shop.places["OSA"]): 3, ("CUP", shop.places["TYO"]): 1}


async def test_a_cart_grows_beside_itself_and_shrinks_at_once(open_shop):
    """Of 7 it holds 3, another cart 2: with 2 free it grows to 5, but not to 6."""
    shop = open_shop
    mine = await hold(shop, ("CUP", 3))
    await hold(shop, ("CUP", 2))
    path = f"/holds/{mine['id']}"

    grown = await shop.do("site", "PATCH", path, {"lines": [{"sku": "CUP", "quantity": 5}]})
    assert sum(kept(grown).values()) == 5
    assert await shop.available("CUP") == 0
    refused = await shop.ask("site", "PATCH", path, {"lines": [{"sku": "CUP", "quantity": 6}]})
    assert refused.json()["shortages"] == [{"sku": "CUP", "wanted": 6, "available": 5}]
    shrunk = await shop.do(
        "site", "PATCH", path, {"lines": [{"sku": "CUP", "quantity": 1}]}, if_match='"2"'
    )
    assert await shop.available("CUP") == 4
    assert shrunk["version"] == 3
    stale = await shop.ask("site", "POST", f"{path}/release", if_match='"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "hold_changed")
    await shop.verified()


async def test_who_pays_later_holds_for_longer(open_shop):
    shop = open_shop
    held = await hold(shop, ("CUP", 1))
    path = f"/holds/{held['id']}"
    began = datetime.fromisoformat(held["recorded_at"])

    later = await shop.do("site", "POST", f"{path}/extend", {"payment_method": "konbini"})
    changed = await shop.do("site", "PATCH", path, {"lines": [{"sku": "CUP", "quantity": 2}]})
    card = await shop.do("site", "POST", f"{path}/extend", {"payment_method": "card"})
    refused = await shop.ask("site", "POST", f"{path}/extend", {"seconds": 9_000_000})

    lasts = [
        datetime.fromisoformat(one["expires_at"]) - began for one in (held, later, changed, card)
    ]
    hours = [round(one / timedelta(hours=1), 2) for one in lasts]
    assert hours == [0.25, 72, 72, 0.25]
    assert (refused.status_code, refused.json()["code"]) == (422, "hold_too_long")


async def test_what_is_over_cannot_be_used_before_it_is_swept_nor_after(open_shop):
    shop = open_shop
    held = await hold(shop, ("CUP", 7), external_id="cart-1")
    path = f"/holds/{held['id']}"
    again = await shop.ask("site", "POST", "/holds", cart(("CUP", 1), external_id="cart-1"))
    assert (again.status_code, again.json()["code"]) == (409, "hold_exists")
    assert again.json()["hold_id"] == held["id"]
    await let_time_pass(held["id"])

    for _ in range(2):
        assert (await shop.do("site", "GET", path))["status"] == "expired"
        refused = await shop.ask("site", "POST", f"{path}/extend", {})
        assert (refused.status_code, refused.json()["code"]) == (409, "hold_expired")
        await expiry.expire.run()
    assert await shop.available("CUP") == 7
    ledger = await shop.do("admin", "GET", "/stock/movements?sku=CUP&limit=2")
    assert {line["reason"] for line in ledger["movements"]} == {"reservation_expired"}
    await shop.verified()


async def test_a_cart_that_was_late_takes_over_what_it_had(open_shop):
    """All 7 were held for it and are not swept yet: its new hold gets them."""
    shop = open_shop
    held = await hold(shop, ("CUP", 7), external_id="cart-1")
    await let_time_pass(held["id"])

    new = await hold(shop, ("CUP", 7), external_id="cart-1")

    assert new["id"] != held["id"]
    assert await shop.available("CUP") == 0
    await shop.verified()


async def test_kits_hold_their_parts_and_what_is_not_tracked_holds_nothing(open_shop):
    shop = open_shop
    kit = {"sku": "SET", "name": "Set", "components": [
        {"sku": "CUP", "quantity": 2}, {"sku": "BOWL", "quantity": 1}]}  # fmt: skip
    await shop.do("admin", "POST", "/items", kit)
    await shop.do("admin", "POST", "/items", {"sku": "CARD", "name": "Card", "tracked": False})

    held = await hold(shop, ("SET", 1), ("CUP", 5), ("CARD", 99))

    assert await shop.available("CUP") == 0
    assert await shop.available("BOWL") == 4
    assert kept(held)["SET", shop.places["OSA"]] == 1
    assert {sku for sku, _ in kept(held)} == {"SET", "CUP"}
    await shop.verified()


async def test_a_hold_of_another_channel_is_not_there(open_shop, client):
    theirs = Shop(client)
    await theirs.open(stock={}, KIX=TOKYO)
    held = await hold(open_shop, ("CUP", 1))

    for verb, body in (("release", None), ("extend", {})):
        answer = await theirs.ask("site", "POST", f"/holds/{held['id']}/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_hold")
