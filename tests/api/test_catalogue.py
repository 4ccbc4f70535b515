"""Locations and items over HTTP: opened once, changed by those who have seen them."""

import pytest

GINZA = {
    "code": "GINZA",
    "name": "Ginza",
    "kind": "store",
    "country": "JP",
    "city": "Tokyo",
    "latitude": 35.67,
    "longitude": 139.77,
}


async def test_a_location_is_opened_changed_and_listed(shop):
    made = await shop.ask("manager", "POST", "/locations", GINZA)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = f"/locations/{made.json()['id']}"

    changed = await shop.ask("manager", "PATCH", path, {"ships": False}, if_match='"1"')
    stale = await shop.ask("manager", "PATCH", path, {"ships": True}, if_match='"1"')

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "location_changed")
    read = await shop.do("store", "GET", path)
    assert (read["ships"], read["name"], read["kind"]) == (False, "Ginza", "store")
    await shop.do("manager", "POST", "/locations", {**GINZA, "code": "AOYAMA"})
    first = await shop.do("store", "GET", "/locations?limit=1")
    second = await shop.do("store", "GET", f"/locations?limit=1&cursor={first['next_cursor']}")
    assert [one["code"] for page in (first, second) for one in page["locations"]] == [
        "AOYAMA",
        "GINZA",
    ]
    assert second["next_cursor"] is None


async def test_a_code_is_taken_once(shop):
    await shop.do("manager", "POST", "/locations", GINZA)

    again = await shop.ask("manager", "POST", "/locations", GINZA)

    assert (again.status_code, again.json()["code"]) == (409, "location_exists")


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": 91},
        {"longitude": "139"},
        {"country": "Japan"},
        {"time_zone": "Mars/Olympus"},
        {"kind": "barn"},
        {"code": ""},
        {"name": "a\u0007b"},
        {"colour": "red"},
    ],
)
async def test_what_is_no_place_is_refused(shop, wrong):
    answer = await shop.ask("manager", "POST", "/locations", {**GINZA, **wrong})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{name}" for name in wrong]
    assert (await shop.do("manager", "GET", "/locations"))["locations"] == []


async def test_an_item_is_added_once_and_found_by_any_sku(shop):
    for sku in ("85123A", "SET/6 RED", "POST"):
        made = await shop.ask("manager", "POST", "/items", {"sku": sku, "name": "A cup"})
        assert (made.status_code, made.headers["etag"]) == (201, '"1"')

    again = await shop.ask("manager", "POST", "/items", {"sku": "POST", "name": "A cup"})

    assert (again.status_code, again.json()["code"]) == (409, "item_exists")
    for path in ("85123A", "SET%2F6%20RED", "POST"):
        assert (await shop.do("support", "GET", f"/items/{path}"))["name"] == "A cup"
    missing = await shop.ask("support", "GET", "/items/LAMP")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_item")
    listed = await shop.do("support", "GET", "/items")
    assert [one["sku"] for one in listed["items"]] == ["85123A", "POST", "SET/6 RED"]


async def test_an_item_that_is_not_sold_any_more_cannot_be_ordered(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})

    retired = await shop.ask("manager", "PATCH", "/items/CUP", {"active": False}, if_match='"1"')

    assert (retired.status_code, retired.json()["version"]) == (200, 2)
    order = await shop.ask("site", "POST", "/orders", shop.order(("CUP", 1, 100)))
    assert (order.status_code, order.json()["code"]) == (422, "unknown_skus")


@pytest.mark.parametrize(("method", "path"), [("POST", "/locations"), ("POST", "/items")])
async def test_only_managers_say_what_there_is(shop, method, path):
    for who in ("support", "warehouse", "store"):
        answer = await shop.ask(who, method, path, {})
        assert answer.status_code == 403
