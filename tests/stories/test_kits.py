"""Kits, untracked goods and goods sold ahead, from the shelf to the shopper and back."""

from datetime import timedelta

from oms.kernel import clock
from tests.drain import drain
from tests.shop import Shop


async def opened(client):
    """A tea set of a pot and two cups, and a card that nobody counts."""
    shop = Shop(client)
    await shop.open(stock={"POT": {"TYO": 2, "OSA": 1}, "CUP": {"TYO": 6}})
    made = {"components": [{"sku": "POT", "quantity": 1}, {"sku": "CUP", "quantity": 2}]}
    await shop.do("admin", "POST", "/items", {"sku": "SET", "name": "Tea set", **made})
    await shop.do("admin", "POST", "/items", {"sku": "CARD", "name": "Card", "tracked": False})
    return shop


async def levels(shop, sku):
    found = await shop.do("admin", "GET", f"/stock/levels?sku={sku}")
    return {
        level["location_id"]: (level["on_hand"], level["committed"]) for level in found["levels"]
    }


async def test_a_kit_is_sold_as_one_and_lives_as_its_parts(client):
    shop = await opened(client)
    tokyo = shop.places["TYO"]
    assert await shop.available("SET") == 2

    order = await shop.place(("SET", 1, 5000), ("CUP", 3, 800), ("CARD", 9, 10))
    assert [line["parts"] for line in order["lines"]] == [{"CUP": 2, "POT": 1}, None, {"CARD": 0}]
    assert (await levels(shop, "CUP"))[tokyo] == (6, 5)
    assert (await levels(shop, "POT"))[tokyo] == (2, 1)
    assert await shop.available("SET") == 0

    [work] = await shop.work("TYO")
    assert {line["sku"]: line["parts"] for line in work["lines"]} == {
        "SET": {"CUP": 2, "POT": 1}, "CUP": None, "CARD": {"CARD": 0},
    }  # fmt: skip
    await shop.ship("TYO", work)
    assert (await levels(shop, "CUP"))[tokyo] == (1, 0)
    assert (await levels(shop, "POT"))[tokyo] == (1, 0)

    wish = [
        {"order_line_id": line["id"], "quantity": 1, "reason": "unwanted"}
        for line in order["lines"]
    ]
    back = await shop.do("site", "POST", "/returns", {"order_id": order["id"], "lines": wish})
    await shop.do("support", "POST", f"/returns/{back['id']}/approve")
    came = [{"return_line_id": line["id"], "quantity": 1} for line in back["lines"]]
    back = await shop.do(
        "TYO", "POST", f"/returns/{back['id']}/receive", {"location_id": tokyo, "lines": came}
    )
    pieces = [
        {"receipt_id": receipt["id"], "quantity": 1, "disposition": "restocked"}
        for receipt in back["receipts"]
    ]
    await shop.do("TYO", "POST", f"/returns/{back['id']}/inspect", {"pieces": pieces})
    assert (await levels(shop, "CUP"))[tokyo] == (4, 0)
    assert (await levels(shop, "POT"))[tokyo] == (2, 0)
    assert await levels(shop, "SET") == await levels(shop, "CARD") == {}
    await shop.verified()


async def test_of_a_kit_the_part_that_lacks_is_named(client):
    shop = await opened(client)
    order = await shop.place(("SET", 2, 5000))
    [work] = await shop.work("TYO")
    path = f"/fulfillment-orders/{work['id']}"
    await shop.do("TYO", "POST", f"{path}/accept")
    lacking = {"order_line_id": order["lines"][0]["id"], "quantity": 1}
    why = {"reason": "inventory_out_of_stock"}

    vague = await shop.ask("TYO", "POST", f"{path}/reject", {**why, "lines": [lacking]})
    assert (vague.status_code, vague.json()["code"]) == (422, "part_unnamed")
    assert vague.json()["possible"] == ["CUP", "POT"]
    lacking["part"] = "CUP"
    await shop.do("TYO", "POST", f"{path}/reject", {**why, "lines": [lacking]})
    await drain()

    assert (await levels(shop, "CUP"))[shop.places["TYO"]] == (4, 2)
    assert (await levels(shop, "POT"))[shop.places["TYO"]] == (2, 1)
    [line] = (await shop.read(order["id"]))["lines"]
    assert (line["in_work"], line["backordered"]) == (1, 1)
    await shop.verified()


async def test_a_kit_is_never_brought_together_from_two_places(client):
    shop = await opened(client)
    await shop.receive("OSA", "CUP", 1)

    answer = await shop.ask("site", "POST", "/orders", shop.order(("SET", 3, 5000)))

    assert answer.status_code == 409
    assert answer.json()["shortages"] == [{"sku": "SET", "wanted": 3, "available": 2}]


async def test_what_is_not_there_is_sold_ahead_as_far_as_allowed(client):
    shop = await opened(client)
    date = (clock.now() + timedelta(days=20)).isoformat()
    limit = {"sku": "CUP", "kind": "preorder", "units": 4, "available_at": date}
    await shop.do("admin", "PUT", "/backlog-limits", limit)

    order = await shop.place(("CUP", 9, 800))
    [line] = order["lines"]
    assert (line["in_work"], line["backordered"]) == (6, 3)
    assert line["expected_at"] is not None
    assert "order.backordered" in await shop.timeline(order["id"])

    more = await shop.ask("site", "POST", "/orders", shop.order(("CUP", 2, 800)))
    assert more.json()["shortages"] == [{"sku": "CUP", "wanted": 2, "available": 1}]

    await shop.receive("OSA", "CUP", 2)
    await drain()
    await shop.do("support", "POST", f"/orders/{order['id']}/route")
    [line] = (await shop.read(order["id"]))["lines"]
    assert (line["in_work"], line["backordered"]) == (8, 1)
    last = await shop.place(("CUP", 3, 800))
    assert last["lines"][0]["backordered"] == 3
    await shop.do("support", "POST", f"/orders/{order['id']}/cancel", {"reason": "customer"})
    assert (await shop.place(("CUP", 1, 800)))["lines"][0]["backordered"] == 0
    await shop.verified()
