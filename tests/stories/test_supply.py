"""Goods on their way over HTTP: ordered, announced, unloaded in parts, and closed short."""

from uuid import uuid4


async def bought(shop, *lines, order=True, **given):
    """Draft a purchase order of (sku, quantity) for Tokyo and, if wanted, order it."""
    paper = {
        "supplier": "Arita Kilns",
        "location_id": shop.places["TYO"],
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
        **given,
    }
    made = await shop.do("manager", "POST", "/purchase-orders", paper)
    if order:
        made = await shop.do("manager", "POST", f"/purchase-orders/{made['id']}/order")
    return made


async def unload(shop, purchase, *lines, who="TYO", **given):
    body = {"lines": [dict(line) for line in lines], **given}
    return await shop.do(who, "POST", f"/purchase-orders/{purchase['id']}/receipts", body)


async def departed(shop, purchase, *lines):
    """Announce a truck of (sku, quantity) and let it depart."""
    truck = {
        "external_id": f"AK-D-{uuid4().hex[:6]}",
        "carrier": "sagawa",
        "tracking_number": "1",
        "expected_at": "2030-01-01T00:00:00Z",
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
    }
    notice = await shop.do("TYO", "POST", f"/purchase-orders/{purchase['id']}/notices", truck)
    assert notice["status"] == "announced"
    notice = await shop.do("TYO", "POST", f"/shipping-notices/{notice['id']}/depart")
    assert (notice["status"], notice["actions"]) == ("in_transit", ["change", "receive", "cancel"])
    return notice


async def level(shop, sku, code="TYO"):
    path = f"/stock/levels?sku={sku}&location_id={shop.places[code]}"
    [found] = (await shop.do("site", "GET", path))["levels"]
    return {name: found[name] for name in ("available", "damaged", "quality_control", "incoming")}


async def test_a_purchase_order_is_ordered_announced_unloaded_in_parts_and_closed_short(shop):
    await shop.open(stock={"CUP": {"TYO": 2}, "BOWL": {}, "POT": {}})
    purchase = await bought(shop, ("CUP", 10), ("BOWL", 4), over_tolerance_percent=10)
    assert (purchase["status"], purchase["version"]) == ("ordered", 2)
    assert purchase["actions"] == ["change", "announce", "receive", "cancel"]
    assert await level(shop, "CUP") == {
        "available": 2, "damaged": 0, "quality_control": 0, "incoming": 10,
    }  # fmt: skip

    notice = await departed(shop, purchase, ("CUP", 6))
    came = [
        {"sku": "CUP", "accepted": 5, "damaged": 1, "note": "One box fell."},
        {"sku": "POT", "accepted": 2},
        {"sku": "4901234567894", "accepted": 3, "note": "No label in our words."},
    ]
    answer = await shop.do(
        "TYO", "POST", f"/shipping-notices/{notice['id']}/receipts", {"lines": came}
    )
    purchase = answer["purchase_order"]
    assert purchase["status"] == "partially_received"
    assert [(one["kind"], one["sku"], one["quantity"]) for one in purchase["discrepancies"]] == [
        ("damaged", "CUP", 1),
        ("unexpected", "POT", 2),
        ("unknown", "4901234567894", 3),
    ]
    assert [(line["sku"], line["due"], line["received"]) for line in purchase["lines"]] == [
        ("CUP", 4, 6),
        ("BOWL", 4, 0),
    ]
    told = await shop.do("TYO", "GET", f"/shipping-notices/{notice['id']}")
    assert (told["status"], told["lines"][0]["received"]) == ("received", 6)
    assert await level(shop, "CUP") == {
        "available": 7, "damaged": 1, "quality_control": 0, "incoming": 4,
    }  # fmt: skip
    assert await shop.available("POT") == 0

    path = f"/purchase-orders/{purchase['id']}/receipts"
    refused = await shop.ask("TYO", "POST", path, {"lines": [{"sku": "CUP", "accepted": 6}]})
    assert (refused.status_code, refused.json()["code"]) == (409, "more_than_ordered")
    assert refused.json()["lines"] == [{"sku": "CUP", "arrived": 6, "acceptable": 5}]

    purchase = (await unload(shop, purchase, {"sku": "CUP", "accepted": 5}))["purchase_order"]
    assert purchase["discrepancies"][-1]["kind"] == "over"
    assert await shop.available("CUP") == 12
    await shop.verified()

    ended = await shop.do(
        "manager", "POST", f"/purchase-orders/{purchase['id']}/close", {"reason": "Kiln broke."}
    )
    assert (ended["status"], ended["actions"]) == ("closed", [])
    assert [(one["kind"], one["sku"], one["quantity"]) for one in ended["discrepancies"]][-1] == (
        "short", "BOWL", 4,
    )  # fmt: skip
    assert (await level(shop, "BOWL"))["incoming"] == 0
    listed = await shop.do("manager", "GET", f"{path}?limit=1")
    assert [line["sku"] for one in listed["receipts"] for line in one["lines"]] == ["CUP"]
    assert listed["next_cursor"]
    await shop.verified()


async def test_what_is_wanted_can_be_changed_and_incoming_follows(shop):
    await shop.open(stock={"CUP": {}, "BOWL": {}})
    purchase = await bought(shop, ("CUP", 10), order=False)
    assert purchase["status"] == "draft"
    path = f"/purchase-orders/{purchase['id']}"
    levels = await shop.do("site", "GET", "/stock/levels?sku=CUP")
    assert levels["levels"] == []
    purchase = await shop.do("manager", "POST", f"{path}/order", if_match='"1"')

    line = purchase["lines"][0]["id"]
    changes = {"lines": [{"line_id": line, "ordered": 7}, {"sku": "BOWL", "ordered": 3}]}
    changed = await shop.ask("manager", "PATCH", path, changes, if_match='"2"')
    stale = await shop.ask("manager", "PATCH", path, changes, if_match='"2"')

    assert (changed.status_code, changed.headers["etag"]) == (200, '"3"')
    assert (stale.status_code, stale.json()["code"]) == (412, "purchase_order_changed")
    assert (await level(shop, "CUP"))["incoming"] == 7
    assert (await level(shop, "BOWL"))["incoming"] == 3

    purchase = (await unload(shop, purchase, {"sku": "CUP", "accepted": 5}))["purchase_order"]
    fewer = {"lines": [{"line_id": line, "ordered": 4}]}
    refused = await shop.ask("manager", "PATCH", path, fewer)
    assert (refused.status_code, refused.json()["code"]) == (409, "fewer_than_received")
    rest = [one["id"] for one in purchase["lines"] if one["sku"] == "BOWL"]
    enough = {"lines": [{"line_id": line, "ordered": 5}, {"line_id": rest[0], "ordered": 0}]}
    purchase = await shop.do("manager", "PATCH", path, enough)
    assert purchase["status"] == "received"
    assert (await level(shop, "CUP"))["incoming"] == (await level(shop, "BOWL"))["incoming"] == 0
    await shop.verified()


async def test_a_cancelled_purchase_order_brings_nothing_and_takes_nothing_in(shop):
    await shop.open(stock={"CUP": {}})
    purchase = await bought(shop, ("CUP", 10))
    path = f"/purchase-orders/{purchase['id']}"

    cancelled = await shop.do("manager", "POST", f"{path}/cancel", {"reason": "Too dear."})

    assert (cancelled["status"], cancelled["reason"]) == ("cancelled", "Too dear.")
    assert (await level(shop, "CUP"))["incoming"] == 0
    late = await shop.ask(
        "TYO", "POST", f"{path}/receipts", {"lines": [{"sku": "CUP", "accepted": 1}]}
    )
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")
    assert await shop.available("CUP") == 0
    await shop.verified()


async def test_a_receipt_can_close_the_paper_and_accept_what_nobody_ordered(shop):
    await shop.open(stock={"CUP": {}, "POT": {}})
    purchase = await bought(shop, ("CUP", 10))
    came = [{"sku": "CUP", "accepted": 8}, {"sku": "POT", "accepted": 2, "accept_unexpected": True}]

    answer = await unload(shop, purchase, *came, close=True)

    assert answer["purchase_order"]["status"] == "closed"
    assert [
        (one["kind"], one["sku"], one["quantity"])
        for one in answer["purchase_order"]["discrepancies"]
    ] == [("unexpected", "POT", 2), ("short", "CUP", 2)]
    assert (await shop.available("CUP"), await shop.available("POT")) == (8, 2)
    await shop.verified()


async def test_a_receipt_sent_twice_counts_once_and_a_paper_of_a_supplier_exists_once(shop):
    await shop.open(stock={"CUP": {}})
    purchase = await bought(shop, ("CUP", 10), external_id="AK-1")
    path = f"/purchase-orders/{purchase['id']}/receipts"
    key, body = uuid4().hex, {"lines": [{"sku": "CUP", "accepted": 4}]}

    first = await shop.ask("TYO", "POST", path, body, idempotency_key=key)
    again = await shop.ask("TYO", "POST", path, body, idempotency_key=key)

    assert (first.status_code, again.content) == (201, first.content)
    assert await shop.available("CUP") == 4
    paper = {
        "supplier": "Arita Kilns",
        "external_id": "AK-1",
        "location_id": shop.places["TYO"],
        "lines": [{"sku": "CUP", "quantity": 1}],
    }
    twin = await shop.ask("manager", "POST", "/purchase-orders", paper)
    assert (twin.status_code, twin.json()["code"]) == (409, "purchase_order_exists")
    assert twin.json()["purchase_order_id"] == purchase["id"]
    await shop.verified()


async def test_staff_of_another_location_see_no_supply_of_this_one(shop):
    await shop.open(stock={"CUP": {}})
    purchase = await bought(shop, ("CUP", 10))
    path = f"/purchase-orders/{purchase['id']}"
    truck = {"lines": [{"sku": "CUP", "quantity": 6}]}
    notice = await shop.do("TYO", "POST", f"{path}/notices", truck)

    for method, at, body in (
        ("GET", path, None),
        ("GET", f"{path}/receipts", None),
        ("GET", f"/shipping-notices/{notice['id']}", None),
        ("POST", f"{path}/receipts", {"lines": [{"sku": "CUP", "accepted": 1}]}),
        ("POST", f"/shipping-notices/{notice['id']}/depart", None),
    ):
        answer = await shop.ask("OSA", method, at, body)
        assert answer.status_code == 404, at
    assert (await shop.do("OSA", "GET", "/purchase-orders"))["purchase_orders"] == []
    assert (await shop.do("OSA", "GET", "/shipping-notices"))["notices"] == []
    bound = await shop.ask("site", "GET", path)
    assert (bound.status_code, bound.json()["code"]) == (403, "not_allowed")
    await shop.verified()
