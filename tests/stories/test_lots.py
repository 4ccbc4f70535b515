"""A lot with glass in it, over HTTP: quarantined, recalled, and everybody found who has it."""

from uuid import uuid4


async def delivered(shop, code, *lots, sku="MILK"):
    lines = [
        {"sku": sku, "quantity": units, "lot": {"code": lot, "expires_on": day}}
        for lot, day, units in lots
    ]
    await shop.do(
        code, "POST", "/stock/receipts",
        {"location_id": shop.places[code], "reference": "PO-7", "lines": lines},
    )  # fmt: skip


async def dairy(shop):
    """Two lots of milk in Tokyo, one of them in Osaka as well."""
    await shop.open(stock={})
    milk = {"sku": "MILK", "name": "Milk", "lot_tracked": True, "expiry_tracked": True}
    await shop.do("admin", "POST", "/items", milk)
    await delivered(shop, "TYO", ("A", "2031-05-31", 6), ("B", "2031-06-30", 4))
    await delivered(shop, "OSA", ("A", "2031-05-31", 2))
    [lot] = (await shop.do("manager", "GET", "/lots?sku=MILK&code=A"))["lots"]
    assert lot["actions"] == ["quarantine", "recall"]
    return f"/lots/{lot['id']}"


async def test_a_lot_is_quarantined_recalled_and_found_with_its_customers(shop):
    lot = await dairy(shop)
    sent = await shop.place(("MILK", 2, 300))
    [work] = await shop.work("TYO")
    parcel = await shop.ship("TYO", work)
    waiting = await shop.place(("MILK", 7, 300))
    assert await shop.available("MILK") == 3

    held = await shop.do(
        "manager", "POST", f"{lot}/quarantine", {"reason": "Glass"}, if_match='"1"'
    )
    assert (held["status"], held["reason"], held["version"]) == ("quarantined", "Glass", 2)
    told = {one["location_id"]: one for one in held["places"]}
    moved = sum(one["moved"] for one in told.values())
    assert moved + sum(one["still_promised"] for one in told.values()) == 6
    assert await shop.available("MILK") == 3 - moved
    await delivered(shop, "OSA", ("A", "2031-05-31", 5))
    assert await shop.available("MILK") == 3 - moved

    recalled = await shop.do("manager", "POST", f"{lot}/recall", {"reason": "Glass, sure"})
    assert (recalled["status"], recalled["actions"]) == ("recalled", ["release"])
    found = await shop.do("manager", "GET", f"{lot}/recall")
    [who] = found["recipients"]
    assert (who["quantity"], who["reference"], who["assumed"]) == (2, work["number"], True)
    assert who["parcel"]["order_number"] == sent["number"]
    assert who["parcel"]["shipment_id"] == parcel["id"]
    assert who["parcel"]["customer"]["email"] == "hanako@example.com"
    places = {one["location_id"]: one for one in found["places"]}
    tokyo, osaka = places[shop.places["TYO"]], places[shop.places["OSA"]]
    assert (tokyo["came"], tokyo["left"], tokyo["on_hand"]) == (6, 2, 4)
    assert (osaka["came"], osaka["left"], osaka["on_hand"]) == (7, 0, 7)
    assert found["under_way"] == []
    assert waiting["status"] == "released"
    await shop.verified()

    await shop.do("manager", "POST", f"{lot}/release", {"reason": "It was ice."})
    assert await shop.available("MILK") == 3 + 5
    await shop.verified()


async def test_asking_twice_moves_once_and_who_may_not_is_told(shop):
    lot = await dairy(shop)
    reason, key = {"reason": "Glass"}, {"idempotency_key": uuid4().hex}

    first = await shop.do("manager", "POST", f"{lot}/quarantine", reason, **key)
    again = await shop.do("manager", "POST", f"{lot}/quarantine", reason, **key)
    other = await shop.ask("manager", "POST", f"{lot}/quarantine", reason)
    stale = await shop.ask("manager", "POST", f"{lot}/release", reason, if_match='"1"')
    worker = await shop.ask("TYO", "POST", f"{lot}/release", reason)
    curious = await shop.ask("TYO", "GET", f"{lot}/recall")

    assert first == again
    assert (other.status_code, other.json()["possible"]) == (409, ["recall", "release"])
    assert stale.status_code == 412
    assert (worker.status_code, curious.status_code) == (403, 403)
    assert await shop.available("MILK") == 4
    await shop.verified()


async def test_a_picker_is_told_the_lots_that_expire_first_and_never_a_recalled_one(shop):
    lot = await dairy(shop)
    await shop.do("admin", "POST", "/items", {"sku": "CUP", "name": "Cup"})
    await shop.receive("TYO", "CUP", 5)
    parts = [{"sku": "MILK", "quantity": 4}, {"sku": "CUP", "quantity": 1}]
    await shop.do("admin", "POST", "/items", {"sku": "SET", "name": "Set", "components": parts})
    order = await shop.place(("SET", 1, 900), ("MILK", 3, 300))
    [work] = await shop.work("TYO")
    path = f"/fulfillment-orders/{work['id']}/pick-list"

    async def listed():
        found = (await shop.do("TYO", "GET", path))["lines"]
        return {
            (line["order_line_id"], line["sku"]): (
                line["lots"] and [(one["code"], one["quantity"]) for one in line["lots"]],
                line["lacking"],
            )
            for line in found
        }

    kit, milk = (line["id"] for line in order["lines"])
    told = await listed()
    assert told[kit, "CUP"] == (None, 0)
    both = [told[kit, "MILK"], told[milk, "MILK"]]
    assert sorted(both) in (
        [([("A", 2), ("B", 1)], 0), ([("A", 4)], 0)],
        [([("A", 3)], 0), ([("A", 3), ("B", 1)], 0)],
    )

    await shop.do("manager", "POST", f"{lot}/recall", {"reason": "Glass"})

    told = await listed()
    assert sum(lacking for _, lacking in told.values()) == 3
    assert {code for lots, _ in told.values() for code, _ in lots or []} == {"B"}
    elsewhere = await shop.ask("OSA", "GET", path)
    assert elsewhere.status_code == 404
    await shop.verified()
