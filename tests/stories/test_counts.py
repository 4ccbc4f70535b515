"""Shelves are counted, over HTTP, by the people who work there, and the orders keep going."""


async def opened(shop, *, skus=("CUP",), who="TYO", **given):
    body = {"location_id": shop.places["TYO"], "skus": list(skus), **given}
    return await shop.do(who, "POST", "/counts", body)


async def step(shop, who, count, verb, body=None, **headers):
    return await shop.do(who, "POST", f"/counts/{count['id']}/{verb}", body, **headers)


async def asked(shop, who, count, verb, body=None, **headers):
    answer = await shop.ask(who, "POST", f"/counts/{count['id']}/{verb}", body, **headers)
    return answer.status_code, answer.json().get("code")


async def found(shop, who, count, **units):
    entries = [{"sku": sku, "units": quantity} for sku, quantity in units.items()]
    return await step(shop, who, count, "entries", {"entries": entries})


async def level(shop, sku="CUP", code="TYO"):
    told = await shop.do("admin", "GET", f"/stock/levels?sku={sku}&location_id={shop.places[code]}")
    [level] = told["levels"]
    return {name: units for name, units in level.items() if isinstance(units, int) and units}


async def picked(shop, work, code="TYO"):
    path = f"/fulfillment-orders/{work['id']}"
    await shop.do(code, "POST", f"{path}/accept")
    await shop.do(code, "POST", f"{path}/pick", {})
    return path


async def test_a_blind_count_is_entered_reviewed_and_approved_by_somebody_else(shop):
    await shop.open(stock={"CUP": {"TYO": 10}, "BOWL": {"TYO": 4}})
    count = await opened(shop, skus=["CUP", "BOWL"])
    assert (count["status"], count["actions"]) == ("open", ["enter", "cancel"])

    count = await found(shop, "TYO", count, CUP=8)
    assert count["status"] == "counting"
    cup = count["lines"][1]
    assert (cup["expected"], cup["variance"], cup["entries"][0]["expected"]) == (None, None, None)
    seen = await shop.do("support", "GET", f"/counts/{count['id']}")
    assert seen["lines"][1]["entries"] == []
    assert await asked(shop, "TYO", count, "submit") == (409, "count_incomplete")

    await found(shop, "TYO", count, BOWL=5)
    count = await step(shop, "TYO", count, "submit")
    assert (count["status"], count["actions"]) == ("in_review", ["recount", "approve", "cancel"])
    assert [(one["expected"], one["counted"], one["variance"]) for one in count["lines"]] == [
        (4, 5, 1),
        (10, 8, -2),
    ]
    assert await level(shop) == {"on_hand": 10, "available": 10}

    assert (await asked(shop, "TYO", count, "approve"))[0] == 403
    stale = await asked(shop, "manager", count, "approve", if_match='"1"')
    assert stale == (412, "count_changed")
    count = await step(shop, "manager", count, "approve")
    assert (count["status"], count["approved_by"]) == ("approved", "staff:manager")
    assert [one["delta"] for one in count["lines"]] == [1, -2]
    assert await level(shop) == {"on_hand": 8, "available": 8}
    ledger = await shop.do("admin", "GET", "/stock/movements?sku=CUP")
    assert ledger["movements"][0]["reason"] == "cycle_count_available"
    assert ledger["movements"][0]["reference"] == f"count:{count['id']}"
    await shop.verified()


async def test_picked_units_stand_on_no_shelf_and_are_not_missed(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    await shop.place(("CUP", 3, 100))
    [work] = await shop.work("TYO")
    await picked(shop, work)
    count = await opened(shop, blind=False)
    assert count["lines"][0]["expected"] == 7

    await found(shop, "TYO", count, CUP=7)
    count = await step(shop, "TYO", count, "submit")

    assert count["lines"][0]["variance"] == 0
    await step(shop, "manager", count, "approve")
    assert await level(shop) == {"on_hand": 10, "committed": 3, "available": 7}
    await shop.verified()


async def test_who_counted_does_not_approve(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    count = await opened(shop)
    await found(shop, "manager", count, CUP=9)
    await step(shop, "manager", count, "submit")

    assert await asked(shop, "manager", count, "approve") == (403, "own_count")
    assert await level(shop) == {"on_hand": 10, "available": 10}
    assert (await step(shop, "admin", count, "approve"))["status"] == "approved"


async def test_counters_who_do_not_agree_count_again(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    count = await opened(shop, counters=2)
    await found(shop, "TYO", count, CUP=8)
    assert await asked(shop, "TYO", count, "submit") == (409, "count_incomplete")
    await found(shop, "admin", count, CUP=9)
    count = await step(shop, "TYO", count, "submit")
    assert count["lines"][0]["state"] == "disputed"
    assert await asked(shop, "manager", count, "approve") == (409, "count_disputed")

    count = await step(shop, "manager", count, "recount", {})
    assert (count["status"], count["round"]) == ("counting", 2)
    assert await asked(shop, "TYO", count, "submit") == (409, "count_incomplete")
    await found(shop, "TYO", count, CUP=9)
    await found(shop, "admin", count, CUP=9)
    await step(shop, "TYO", count, "submit")

    await step(shop, "manager", count, "approve")
    assert await level(shop) == {"on_hand": 9, "available": 9}
    await shop.verified()


async def test_sales_between_two_counters_are_no_dispute(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    await shop.place(("CUP", 3, 100))
    count = await opened(shop, counters=2)
    await found(shop, "TYO", count, CUP=9)
    [work] = await shop.work("TYO")
    await shop.ship("TYO", work)
    await found(shop, "admin", count, CUP=6)

    count = await step(shop, "TYO", count, "submit")

    assert (count["lines"][0]["state"], count["lines"][0]["delta"]) == ("agreed", -1)
    await step(shop, "manager", count, "approve")
    assert await level(shop) == {"on_hand": 6, "available": 6}
    await shop.verified()


async def test_what_differs_by_less_than_the_limits_is_booked_at_once(shop):
    await shop.open(stock={"CUP": {"TYO": 100}})
    for units, status in ((98, "in_review"), (99, "approved")):
        count = await opened(shop, limit_units=2, limit_percent=1)
        await found(shop, "TYO", count, CUP=units)
        count = await step(shop, "TYO", count, "submit")
        assert count["status"] == status
    assert count["approved_by"] == "staff:TYO"
    assert await level(shop) == {"on_hand": 99, "available": 99}
    await shop.verified()


async def test_what_was_corrected_since_the_entry_is_not_corrected_twice(shop):
    """Two counts of one shelf, and a picker who reports the same empty place."""
    await shop.open(stock={"CUP": {"TYO": 10, "OSA": 10}})
    await shop.place(("CUP", 4, 100))
    [work] = await shop.work("TYO")
    first, second = await opened(shop), await opened(shop)
    for count in (first, second):
        await found(shop, "TYO", count, CUP=6)
        await step(shop, "TYO", count, "submit")
    reject = {"reason": "inventory_out_of_stock"}
    reject["lines"] = [{"order_line_id": work["lines"][0]["order_line_id"], "quantity": 1}]
    await shop.do("TYO", "POST", f"/fulfillment-orders/{work['id']}/reject", reject)
    assert (await level(shop))["on_hand"] == 9

    booked = [await step(shop, "manager", count, "approve") for count in (first, second)]

    assert [one["lines"][0]["delta"] for one in booked] == [-3, 0]
    assert (await level(shop))["on_hand"] == 6
    await shop.verified()


async def test_promises_a_shelf_cannot_keep_find_another_one_youngest_first(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 1}})
    old = await shop.place(("CUP", 2, 100))
    new = await shop.place(("CUP", 3, 100))
    assert await level(shop) == {"on_hand": 5, "committed": 5}
    count = await opened(shop)
    await found(shop, "TYO", count, CUP=3)
    await step(shop, "TYO", count, "submit")

    await step(shop, "manager", count, "approve")

    assert await level(shop) == {"on_hand": 3, "committed": 3}
    assert await level(shop, code="OSA") == {"on_hand": 1, "committed": 1}
    [line] = (await shop.read(new["id"]))["lines"]
    assert (line["in_work"], line["backordered"]) == (2, 1)
    [line] = (await shop.read(old["id"]))["lines"]
    assert (line["in_work"], line["backordered"]) == (2, 0)
    assert "order.backordered" in await shop.timeline(new["id"])
    await shop.verified()


async def test_an_order_that_is_not_paid_yet_moves_without_work_being_opened(shop):
    await shop.open(stock={"CUP": {"TYO": 2, "OSA": 2}})
    order = await shop.do("site", "POST", "/orders", shop.order(("CUP", 2, 100)))
    count = await opened(shop)
    await found(shop, "TYO", count, CUP=0)
    await step(shop, "TYO", count, "submit")

    await step(shop, "manager", count, "approve")

    assert await shop.work("OSA") == []
    assert await level(shop, code="OSA") == {"on_hand": 2, "committed": 2}
    [line] = (await shop.read(order["id"]))["lines"]
    assert line["allocated"] == 2
    await shop.verified()
    [work] = await shop.work("OSA")
    await shop.ship("OSA", work)
    await shop.verified()


async def test_what_is_held_for_a_transfer_goes_before_any_order(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    await shop.place(("CUP", 2, 100))
    ends = {"source_id": shop.places["TYO"], "destination_id": shop.places["OSA"]}
    wish = {**ends, "lines": [{"sku": "CUP", "quantity": 3}]}
    transfer = await shop.do("TYO", "POST", "/transfers", wish)
    await shop.do("TYO", "POST", f"/transfers/{transfer['id']}/reserve")
    count = await opened(shop)
    await found(shop, "TYO", count, CUP=3)
    await step(shop, "TYO", count, "submit")

    await step(shop, "manager", count, "approve")

    assert await level(shop) == {"on_hand": 3, "committed": 2, "reserved": 1}
    transfer = await shop.do("TYO", "POST", f"/transfers/{transfer['id']}/pick", {})
    assert transfer["lines"][0]["picked"] == 1
    await shop.verified()


async def test_a_count_below_what_is_in_hands_is_refused_and_names_them(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    await shop.place(("CUP", 3, 100))
    count = await opened(shop, limit_percent=100)
    await found(shop, "TYO", count, CUP=2)
    [work] = await shop.work("TYO")
    await picked(shop, work)

    count = await step(shop, "TYO", count, "submit")
    assert count["status"] == "in_review"
    answer = await shop.ask("manager", "POST", f"/counts/{count['id']}/approve")

    assert (answer.status_code, answer.json()["code"]) == (409, "count_too_low")
    assert answer.json()["shortages"] == [{"sku": "CUP", "short": 1}]
    assert answer.json()["in_hands"] == [work["number"]]
    assert await level(shop) == {"on_hand": 5, "committed": 3, "available": 2}
    await shop.verified()


async def test_a_kit_goes_whole_when_one_of_its_parts_is_missing(shop):
    await shop.open(stock={"CUP": {"TYO": 6}, "BOWL": {"TYO": 3}})
    parts = [{"sku": "CUP", "quantity": 2}, {"sku": "BOWL", "quantity": 1}]
    kit = {"sku": "SET", "name": "A set", "components": parts}
    await shop.do("admin", "POST", "/items", kit)
    order = await shop.place(("SET", 3, 100))
    count = await opened(shop)
    await found(shop, "TYO", count, CUP=5)
    await step(shop, "TYO", count, "submit")

    await step(shop, "manager", count, "approve")

    assert await level(shop) == {"on_hand": 5, "committed": 4, "available": 1}
    assert await level(shop, "BOWL") == {"on_hand": 3, "committed": 2, "available": 1}
    [line] = (await shop.read(order["id"]))["lines"]
    assert (line["in_work"], line["backordered"]) == (2, 1)
    await shop.verified()


async def test_goods_nobody_knew_of_are_found_and_a_count_can_be_cancelled(shop):
    await shop.open(stock={"CUP": {"TYO": 1}, "BOWL": {"OSA": 1}})
    count = await opened(shop, skus=["BOWL"])
    await found(shop, "TYO", count, BOWL=2)
    assert (await shop.do("admin", "GET", "/stock/levels?sku=BOWL"))["levels"][0]["on_hand"] == 1
    await step(shop, "TYO", count, "submit")
    await step(shop, "manager", count, "approve")
    assert await level(shop, "BOWL") == {"on_hand": 2, "available": 2}

    count = await opened(shop)
    count = await step(shop, "TYO", count, "cancel", {"reason": "The shop was open."})
    assert (count["status"], count["actions"]) == ("cancelled", [])
    entries = {"entries": [{"sku": "CUP", "units": 1}]}
    assert await asked(shop, "TYO", count, "entries", entries) == (409, "illegal_move")
    await shop.verified()


async def test_counts_are_for_those_who_work_there(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    count = await opened(shop)

    assert (await shop.ask("OSA", "GET", f"/counts/{count['id']}")).status_code == 404
    assert (await shop.do("OSA", "GET", "/counts"))["counts"] == []
    [listed] = (await shop.do("TYO", "GET", "/counts?status=open"))["counts"]
    assert listed["number"] == count["number"]
    body = {"location_id": shop.places["TYO"], "skus": ["CUP"]}
    assert (await shop.ask("OSA", "POST", "/counts", body)).status_code == 404


async def test_what_a_count_finds_goes_to_those_who_wait(shop):
    await shop.open(stock={"CUP": {"TYO": 2}})
    order = await shop.place(("CUP", 2, 100))
    for units, told in ((0, (0, 2)), (1, (1, 1))):
        count = await opened(shop)
        await found(shop, "TYO", count, CUP=units)
        await step(shop, "TYO", count, "submit")
        await step(shop, "manager", count, "approve")
        await shop.verified()
        [line] = (await shop.read(order["id"]))["lines"]
        assert (line["in_work"], line["backordered"]) == told


async def test_a_cart_goes_before_an_order(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    await shop.place(("CUP", 2, 100))
    cart = {"external_id": "cart-1", "lines": [{"sku": "CUP", "quantity": 3}]}
    hold = await shop.do("site", "POST", "/holds", cart)
    assert await level(shop) == {"on_hand": 5, "committed": 2, "reserved": 3}
    count = await opened(shop)
    await found(shop, "TYO", count, CUP=4)
    await step(shop, "TYO", count, "submit")

    await step(shop, "manager", count, "approve")

    assert await level(shop) == {"on_hand": 4, "committed": 2, "available": 2}
    hold = await shop.do("site", "GET", f"/holds/{hold['id']}")
    assert hold["status"] == "released"
    await shop.verified()
