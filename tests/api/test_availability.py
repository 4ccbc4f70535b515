"""Availability over HTTP: what a site may sell, of its own channel only."""

from uuid import uuid4


async def test_a_site_sees_what_its_channel_may_sell(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 1}, "LID": {}})
    await shop.place(("CUP", 2, 1000))

    path = f"/channel-buffers/{shop.channel['id']}"
    assert (await shop.do("manager", "PUT", path, {"units": 1}))["units"] == 1
    found = await shop.do("site", "GET", "/availability?sku=CUP&sku=LID&sku=LAMP")

    assert found["channel_id"] == shop.channel["id"]
    assert [(one["sku"], one["total"]) for one in found["items"]] == [("CUP", 2), ("LID", 0)]
    at = {one["location_code"]: one["available"] for one in found["items"][0]["locations"]}
    assert at == {"TYO": 2, "OSA": 0}
    assert found["unknown"] == ["LAMP"]
    assert found["as_of"].endswith("Z")


async def test_a_site_may_not_ask_or_set_for_another_channel(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    first = shop.channel
    await shop.token("site")
    shop.channel = await shop.do(
        "admin", "POST", "/channels", {"code": "other", "name": "Other", "currency": "JPY"}
    )
    other = shop.channel["id"]

    asked = await shop.ask("site", "GET", f"/availability?sku=CUP&channel_id={other}")
    put = await shop.ask("site", "PUT", f"/channel-buffers/{other}", {"units": 9})

    assert [asked.status_code, put.status_code] == [404, 404]
    own = f"/availability?sku=CUP&channel_id={first['id']}"
    assert (await shop.do("site", "GET", own))["items"][0]["total"] == 5
    foreign = await shop.do("support", "GET", f"/availability?sku=CUP&channel_id={other}")
    assert foreign["items"][0]["total"] == 5


async def test_who_has_no_channel_names_one_that_exists(shop):
    missing = await shop.ask("support", "GET", "/availability?sku=CUP")
    unknown = await shop.ask("support", "GET", f"/availability?sku=CUP&channel_id={uuid4()}")

    assert (missing.status_code, missing.json()["code"]) == (422, "channel_missing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_channel")


async def test_up_to_500_skus_are_answered_at_once(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})

    many = "&".join(f"sku=X{number}" for number in range(500))
    found = await shop.do("site", "GET", f"/availability?{many}")
    more = await shop.ask("site", "GET", f"/availability?{many}&sku=CUP")
    none = await shop.ask("site", "GET", "/availability")

    assert (len(found["unknown"]), found["items"]) == (500, [])
    assert [more.status_code, none.status_code] == [400, 400]
