"""Saying what may be sold, over HTTP: rules, groups, buffers and selling ahead."""

from uuid import uuid4

from oms.kernel import db
from tests.factories import item_group

RULE = {"name": "Shop windows", "kind": "threshold", "units": 2}


async def test_a_rule_keeps_units_back_until_it_ends(shop):
    await shop.open(stock={"CUP": {"TYO": 5}, "VASE": {"TYO": 5}})
    async with db.transaction() as session:
        await item_group(session, "mugs", "CUP")

    rule = await shop.do("manager", "POST", "/selling-rules", {**RULE, "item_group": "mugs"})

    assert (rule["active"], rule["priority"], rule["version"]) == (True, 100, 1)
    assert [await shop.available(sku) for sku in ("CUP", "VASE")] == [3, 5]
    short = await shop.ask("site", "POST", "/orders", shop.order(("CUP", 4, 100)))
    assert (short.status_code, short.json()["code"]) == (409, "out_of_stock")
    path = f"/selling-rules/{rule['id']}"
    stale = await shop.ask("manager", "PATCH", path, {"active": False}, if_match='"7"')
    assert (stale.status_code, stale.json()["code"]) == (412, "rule_changed")
    ended = await shop.do("manager", "PATCH", path, {"active": False}, if_match='"1"')
    assert (ended["active"], ended["version"]) == (False, 2)
    assert await shop.available("CUP") == 5
    await shop.place(("CUP", 4, 100))
    await shop.verified()


async def test_a_rule_decides_by_its_kind(shop):
    await shop.open(stock={})
    for wrong in ({"kind": "shipping"}, {"units": None}, {"allowed": True}):
        refused = await shop.ask("manager", "POST", "/selling-rules", {**RULE, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert (await shop.do("manager", "GET", "/selling-rules"))["rules"] == []
    rule = await shop.do("manager", "POST", "/selling-rules", RULE)
    path = f"/selling-rules/{rule['id']}"

    refused = await shop.ask("manager", "PATCH", path, {"allowed": True})

    assert (refused.status_code, refused.json()["code"]) == (422, "decides_otherwise")
    assert await shop.do("site", "GET", path) == rule


async def test_a_channel_sees_the_rules_that_bind_it(shop):
    await shop.open(stock={})
    await shop.token("site")
    first = shop.channel["id"]
    other = await shop.do(
        "admin", "POST", "/channels", {"code": "other", "name": "Other", "currency": "JPY"}
    )
    for channel_id in (None, first, other["id"]):
        await shop.do("manager", "POST", "/selling-rules", {**RULE, "channel_id": channel_id})

    seen = (await shop.do("site", "GET", "/selling-rules"))["rules"]

    assert [one["channel_id"] for one in seen] == [first, None]
    everything = (await shop.do("manager", "GET", "/selling-rules"))["rules"]
    hidden = await shop.ask("site", "GET", f"/selling-rules/{everything[0]['id']}")
    assert hidden.status_code == 404
    assert (await shop.do("site", "GET", f"/selling-rules/{seen[1]['id']}"))["units"] == 2
    made = await shop.ask("site", "POST", "/selling-rules", RULE)
    assert made.status_code == 403
    nothing = await shop.ask("manager", "POST", "/selling-rules", {**RULE, "item_group": "lamps"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "unknown_group")
    nowhere = await shop.ask(
        "manager", "POST", "/selling-rules", {**RULE, "channel_id": str(uuid4())}
    )
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_channel")


async def test_how_much_may_be_sold_ahead_is_set_and_told(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    given = {"sku": "CUP", "kind": "preorder", "units": 9, "available_at": "2030-01-10T00:00:00Z"}

    made = await shop.do("manager", "PUT", "/backlog-limits", given)
    again = await shop.do("manager", "PUT", "/backlog-limits", {**given, "units": 7})

    assert (made["id"], made["taken"]) == (again["id"], 0)
    [found] = (await shop.do("site", "GET", "/backlog-limits?sku=CUP"))["limits"]
    assert (found["units"], found["channel_id"]) == (7, None)
    [cup] = (await shop.do("site", "GET", "/availability?sku=CUP"))["items"]
    assert (cup["total"], cup["ahead"]) == (
        1,
        {"units": 7, "kind": "preorder", "available_at": "2030-01-10T00:00:00Z"},
    )
    dateless = await shop.ask("manager", "PUT", "/backlog-limits", {**given, "available_at": None})
    assert (dateless.status_code, dateless.json()["code"]) == (422, "date_missing")


async def test_a_buffer_is_read_as_it_was_set(shop):
    await shop.open(stock={})
    path = f"/channel-buffers/{shop.channel['id']}"

    assert (await shop.do("site", "GET", path))["units"] == 0
    await shop.do("manager", "PUT", path, {"units": 3})

    assert (await shop.do("site", "GET", path))["units"] == 3
