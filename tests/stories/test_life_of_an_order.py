"""The whole life of an order over HTTP, from receiving stock to money going back."""

from tests.shop import yen


async def test_an_order_lives_its_whole_life_and_its_story_can_be_read(shop):
    await shop.open(stock={"CUP": {"TYO": 10, "OSA": 10}, "BOWL": {"TYO": 5}})

    order = await shop.place(("CUP", 3, 1000), ("BOWL", 1, 2500), shipping=yen(500))
    assert (order["status"], order["payment_status"]) == ("released", "authorised")
    assert order["goods_status"] == "in_work"

    [work] = await shop.work("TYO")
    parcel = await shop.ship("TYO", work)
    order = await shop.read(order["id"])
    assert (order["goods_status"], order["payment_status"]) == ("shipped", "paid")

    assert await shop.scan(parcel, 1, "in_transit", hours=3) == 202
    assert await shop.scan(parcel, 3, "delivered", hours=24) == 202
    assert await shop.scan(parcel, 3, "delivered", hours=24) == 202
    assert await shop.scan(parcel, 2, "out_for_delivery", hours=20) == 202
    await shop.verified()
    order = await shop.read(order["id"])
    assert (order["goods_status"], order["headline"]) == ("delivered", "OrderDelivered")

    back = await send_back(shop, order, line=0, units=2, receive_at="OSA")
    assert back["lines"][0]["received"] == 2
    order = await shop.read(order["id"])
    assert order["returns_status"] == "partially_returned"
    assert order["payment_status"] == "partially_refunded"
    assert await refunded(shop, order["id"]) == 2000
    assert await shop.available("CUP") == 10 - 3 + 10 + 2

    told = await shop.timeline(order["id"])
    assert [name for name in told if name.startswith(("order.", "shipment.", "return."))] == [
        "order.placed",
        "order.routed",
        "order.released",
        "shipment.shipped",
        "shipment.tracked",
        "shipment.delivered",
        "return.requested",
        "return.approved",
        "return.received",
        "return.inspected",
        "return.closed",
    ]
    assert {"payment.authorised", "payment.captured", "refund.granted", "refund.processed"} <= set(
        told
    )
    await shop.verified()


async def test_the_shopper_can_read_the_story_in_japanese_and_english(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    order = await shop.place(("CUP", 1, 1980))
    link = await shop.do("support", "GET", f"/orders/{order['id']}/timeline-link")
    path = link["url"].split("/", 3)[3]

    japanese = await shop.client.get(f"/{path}?lang=ja")
    english = await shop.client.get(f"/{path}?lang=en")
    forged = await shop.client.get(f"/{path[:-2]}xx")

    assert (japanese.status_code, english.status_code, forged.status_code) == (200, 200, 404)
    assert order["number"] in japanese.text
    assert "ご注文" in japanese.text
    assert "Order" in english.text


async def test_a_rejected_work_is_shipped_by_another_location(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 5}})
    order = await shop.place(("CUP", 2, 1000))
    [work] = await shop.work("TYO")

    given_back = await shop.do(
        "TYO",
        "POST",
        f"/fulfillment-orders/{work['id']}/reject",
        {"reason": "inventory_out_of_stock"},
    )
    await shop.verified()

    assert given_back["status"] == "rejected"
    assert await shop.work("TYO") == []
    [elsewhere] = await shop.work("OSA")
    assert [line["quantity"] for line in elsewhere["lines"]] == [2]
    assert await shop.available("CUP") == 3 + 3  # the empty shelf in Tokyo is true now
    await shop.ship("OSA", elsewhere)
    assert (await shop.read(order["id"]))["goods_status"] == "shipped"
    await shop.verified()


async def test_what_nobody_can_ship_waits_and_can_be_cancelled_or_routed_again(shop):
    await shop.open(stock={"CUP": {"TYO": 2, "OSA": 1}})
    order = await shop.place(("CUP", 2, 1000))
    [work] = await shop.work("TYO")
    await shop.do(
        "TYO", "POST", f"/fulfillment-orders/{work['id']}/reject",
        {"reason": "inventory_out_of_stock"},
    )  # fmt: skip
    order = await shop.read(order["id"])
    assert [line["backordered"] for line in order["lines"]] == [1]
    assert [line["in_work"] for line in order["lines"]] == [1]

    await shop.receive("OSA", "CUP", 1)
    order = await shop.do("support", "POST", f"/orders/{order['id']}/route")

    assert [line["backordered"] for line in order["lines"]] == [0]
    assert len(await shop.work("OSA")) == 2
    await shop.verified()


async def test_an_order_nobody_pays_for_is_cancelled_and_its_stock_is_free_again(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})

    order = await shop.place(
        ("CUP", 1, 1000), payment={"gateway": "sandbox", "method": "card", "token": "tok_declined"}
    )

    assert (order["status"], order["cancel_reason"]) == ("cancelled", "declined")
    assert order["payment_status"] == "declined"
    assert await shop.available("CUP") == 1
    await shop.verified()


async def test_a_cancelled_order_is_voided_and_its_work_disappears(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    order = await shop.place(("CUP", 1, 1000))

    cancelled = await shop.do("support", "POST", f"/orders/{order['id']}/cancel", {})
    await shop.verified()

    assert cancelled["status"] == "cancelled"
    assert await shop.work("TYO") == []
    assert (await shop.read(order["id"]))["payment_status"] == "voided"
    assert await shop.available("CUP") == 1


async def test_work_that_has_begun_cannot_be_cancelled(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    order = await shop.place(("CUP", 1, 1000))
    [work] = await shop.work("TYO")
    await shop.do("TYO", "POST", f"/fulfillment-orders/{work['id']}/accept")

    answer = await shop.ask("support", "POST", f"/orders/{order['id']}/cancel", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "work_started")
    assert answer.json()["fulfillment_orders"] == [work["number"]]
    assert (await shop.read(order["id"]))["goods_status"] == "in_work"
    await shop.verified()


async def test_an_order_out_of_stock_names_every_shortage_and_leaves_nothing(shop):
    await shop.open(stock={"CUP": {"TYO": 1, "OSA": 1}, "BOWL": {"TYO": 1}, "POT": {"TYO": 9}})

    answer = await shop.ask(
        "site", "POST", "/orders",
        shop.order(("CUP", 2, 10), ("CUP", 1, 10), ("BOWL", 4, 10), ("POT", 1, 10)),
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_stock")
    assert answer.json()["shortages"] == [
        {"sku": "BOWL", "wanted": 4, "available": 1},
        {"sku": "CUP", "wanted": 3, "available": 2},
    ]
    assert (await shop.do("site", "GET", "/orders"))["orders"] == []
    assert await shop.available("POT") == 9
    await shop.verified()


async def test_parts_of_an_order_sum_to_the_whole_whatever_comes_back(shop):
    await shop.open(stock={"CUP": {"TYO": 9}, "BOWL": {"TYO": 9}})
    order = await shop.place(
        ("CUP", 3, 333),
        ("BOWL", 2, 101),
        discount=yen(100),
        tax=yen(77),
    )
    [work] = await shop.work("TYO")
    await shop.ship("TYO", work)
    for units in (1, 1, 1):
        await send_back(shop, order, line=0, units=units, receive_at="TYO")
    await send_back(shop, order, line=1, units=2, receive_at="OSA")

    order = await shop.read(order["id"])
    assert await refunded(shop, order["id"]) == order["total"]["amount"] == 999 + 202 - 100 + 77
    assert (order["payment_status"], order["returns_status"]) == ("refunded", "returned")
    await shop.verified()


async def send_back(shop, order, *, line, units, receive_at):
    """Return units of a line: asked for, approved, received, found good, closed."""
    wish = {
        "order_id": order["id"],
        "lines": [
            {"order_line_id": order["lines"][line]["id"], "quantity": units, "reason": "unwanted"}
        ],
    }
    back = await shop.do("site", "POST", "/returns", wish)
    path = f"/returns/{back['id']}"
    await shop.do("support", "POST", f"{path}/approve")
    arrival = {
        "location_id": shop.places[receive_at],
        "lines": [{"return_line_id": back["lines"][0]["id"], "quantity": units}],
    }
    back = await shop.do(receive_at, "POST", f"{path}/receive", arrival)
    piece = {
        "receipt_id": back["receipts"][-1]["id"],
        "quantity": units,
        "disposition": "restocked",
    }
    await shop.do(receive_at, "POST", f"{path}/inspect", {"pieces": [piece]})
    back = await shop.do("support", "POST", f"{path}/close")
    await shop.verified()
    return back


async def refunded(shop, order_id):
    found = await shop.do("support", "GET", f"/refunds?order_id={order_id}")
    return sum(refund["processed"]["amount"] for refund in found["refunds"])
