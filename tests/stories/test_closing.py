"""A store closes: nothing is promised there any more, and what was goes to others."""

from tests.drain import drain


async def _close(shop, code, **given):
    return await shop.ask("manager", "POST", f"/locations/{shop.places[code]}/deactivate", given)


async def test_a_location_with_promises_is_not_closed_unasked(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    await shop.place(("CUP", 2, 100))
    path = f"/locations/{shop.places['TYO']}"

    patched = await shop.ask("manager", "PATCH", path, {"active": False})

    for refused in (patched, await _close(shop, "TYO")):
        told = refused.json()
        assert (refused.status_code, told["code"], told["committed"]) == (409, "location_in_use", 2)
    seen = await shop.do("manager", "GET", path)
    assert (seen["active"], seen["version"]) == (True, 1)
    await shop.verified()


async def test_what_is_on_its_way_is_named(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 1}})
    ends = {"source_id": shop.places["TYO"], "destination_id": shop.places["OSA"]}
    lines = [{"sku": "CUP", "quantity": 2}]
    moved = await shop.do("manager", "POST", "/transfers", {**ends, "lines": lines})

    refused = (await _close(shop, "OSA")).json()

    assert (refused["code"], refused["transfers"]) == ("location_in_use", [moved["number"]])
    await shop.verified()


async def test_an_idle_location_closes_and_opens_again(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 1}})
    path = f"/locations/{shop.places['TYO']}"

    closed = await shop.do("manager", "PATCH", path, {"active": False}, if_match='"1"')

    assert (closed["active"], closed["actions"], closed["version"]) == (False, ["activate"], 2)
    assert await shop.available("CUP") == 1
    again = await shop.do("manager", "POST", f"{path}/deactivate", {})
    assert again["version"] == 2
    await shop.do("manager", "PATCH", path, {"active": True})
    assert await shop.available("CUP") == 6
    await shop.verified()


async def test_work_of_a_closed_location_goes_elsewhere_and_begun_work_stays(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 4}})
    kept = await shop.place(("CUP", 1, 100))
    [begun] = await shop.work("TYO")
    await shop.do("TYO", "POST", f"/fulfillment-orders/{begun['id']}/accept")
    moved = [await shop.place(("CUP", 1, 100)) for _ in range(2)]

    closed = (await _close(shop, "TYO", reroute=True)).json()
    await drain()

    assert (closed["active"], closed["committed"]) == (False, 3)
    assert closed["begun"] == [begun["number"]]
    assert [one["id"] for one in await shop.work("TYO")] == [begun["id"]]
    assert {one["order_id"] for one in await shop.work("OSA")} == {one["id"] for one in moved}
    assert await shop.available("CUP") == 2
    story = await shop.timeline(moved[0]["id"])
    assert story.index("order.stranded") < story.index("fulfillment_order.rejected")
    assert "order.stranded" in await shop.timeline(kept["id"])
    await shop.do("manager", "PATCH", f"/locations/{shop.places['TYO']}", {"active": True})
    assert await shop.available("CUP") == 6  # of nine, three are promised: nothing was lost
    await shop.verified()


async def test_units_that_nobody_else_has_wait(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    order = await shop.place(("CUP", 2, 100))

    await _close(shop, "TYO", reroute=True)
    await drain()

    [line] = (await shop.read(order["id"]))["lines"]
    assert (line["backordered"], line["in_work"]) == (2, 0)
    await shop.do("manager", "PATCH", f"/locations/{shop.places['TYO']}", {"active": True})
    await shop.verified()


async def test_promises_of_an_order_that_is_not_paid_yet_go_elsewhere(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 5}})
    placed = await shop.do("site", "POST", "/orders", shop.order(("CUP", 2, 100)))

    await _close(shop, "TYO", reroute=True)
    await drain()

    assert await shop.work("TYO") == []
    [work] = await shop.work("OSA")
    assert work["order_id"] == placed["id"]
    await shop.verified()
