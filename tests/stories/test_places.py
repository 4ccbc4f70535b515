"""A store opens its doors, belongs to a region, and knows where its goods lie."""

from uuid import uuid4

SUNDAYS_TOO = [
    {"weekday": day, "open": [{"opens": "10:00", "closes": "20:00"}]} for day in range(1, 8)
]


async def test_a_store_tells_when_it_opens_and_has_an_order_ready(shop):
    await shop.open(stock={})
    path = f"/locations/{shop.places['TYO']}"
    always = await shop.do("site", "GET", path)
    assert always["hours"]["open_now"]

    told = {"week": SUNDAYS_TOO, "special_days": []}
    shown = await shop.do("manager", "PUT", f"{path}/hours", told, if_match='"1"')

    assert (shown["week"], shown["version"]) == (SUNDAYS_TOO, 2)
    assert shown["next_opening"] <= shown["ready_by"]
    seen = await shop.do("site", "GET", path)
    assert (seen["version"], seen["hours"]["week"]) == (2, SUNDAYS_TOO)
    stale = await shop.ask("manager", "PUT", f"{path}/hours", told, if_match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "location_changed")
    nowhere = await shop.ask("manager", "PUT", f"/locations/{uuid4()}/hours", told)
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_location")


async def test_a_region_is_named_filled_and_used_by_a_rule(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 5}})
    kanto = {"name": "Kanto", "location_ids": [shop.places["TYO"]]}

    made = await shop.do("manager", "PUT", "/location-groups/kanto", kanto)

    assert made["location_ids"] == kanto["location_ids"]
    again = await shop.ask("manager", "PUT", "/location-groups/kanto", kanto)
    assert again.headers["etag"] == f'"{made["version"]}"'
    rule = {"name": "No", "kind": "shipping", "allowed": False, "location_group": "kanto"}
    await shop.do("manager", "POST", "/selling-rules", rule)
    assert await shop.available("CUP") == 5
    used = await shop.ask("manager", "DELETE", "/location-groups/kanto")
    assert used.status_code == 409
    empty = {"name": "Kanto", "location_ids": []}
    seen = f'"{made["version"]}"'
    await shop.do("manager", "PUT", "/location-groups/kanto", empty, if_match=seen)
    assert await shop.available("CUP") == 10
    stale = await shop.ask("manager", "PUT", "/location-groups/kanto", kanto, if_match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "location_group_changed")


async def test_a_group_without_rules_is_forgotten_and_its_locations_stay(shop):
    await shop.open(stock={})
    west = {"name": "West", "location_ids": [shop.places["OSA"]]}
    await shop.do("manager", "PUT", "/location-groups/west", west)
    kept = await shop.do("manager", "PUT", "/location-groups/west", {"name": "The west"})
    assert (kept["name"], kept["location_ids"]) == ("The west", west["location_ids"])

    await shop.do("manager", "DELETE", "/location-groups/west")

    gone = await shop.ask("manager", "GET", "/location-groups/west")
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_location_group")
    assert (await shop.do("manager", "GET", "/location-groups"))["groups"] == []
    await shop.do("manager", "GET", f"/locations/{shop.places['OSA']}")
    nobody = {"name": "West", "location_ids": [str(uuid4())]}
    wrong = await shop.ask("manager", "PUT", "/location-groups/west", nobody)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_locations")
    assert (await shop.do("manager", "GET", "/location-groups"))["groups"] == []


async def test_staff_say_where_goods_lie(shop):
    await shop.open(stock={"CUP": {"TYO": 5}, "VASE": {"TYO": 5}})
    path = f"/locations/{shop.places['TYO']}/bins"
    await shop.do("TYO", "PUT", f"{path}/A-01", {"zone": "A", "skus": ["CUP", "VASE"]})
    await shop.do("TYO", "PUT", f"{path}/B-01", {"zone": "B", "skus": ["CUP"]})

    async def codes(query):
        return [one["code"] for one in (await shop.do("TYO", "GET", path + query))["bins"]]

    assert await codes("?sku=CUP") == ["A-01", "B-01"]
    assert await codes("?sku=VASE") == ["A-01"]
    assert await codes("?zone=B") == ["B-01"]
    moved = await shop.do("TYO", "PUT", f"{path}/A-01", {"zone": "C"}, if_match='"1"')
    assert (moved["zone"], moved["skus"], moved["version"]) == ("C", ["CUP", "VASE"], 2)
    stale = await shop.ask("TYO", "PUT", f"{path}/A-01", {"zone": "D"}, if_match='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "bin_changed")
    wrong = await shop.ask("TYO", "PUT", f"{path}/A-01", {"skus": ["CUP", "WHAT"]})
    assert (wrong.status_code, wrong.json()["skus"]) == (422, ["WHAT"])
    foreign = await shop.ask("OSA", "PUT", f"{path}/A-01", {"zone": "D"})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown_location")
    await shop.do("TYO", "DELETE", f"{path}/A-01")
    assert await codes("") == ["B-01"]
    assert await shop.available("CUP") == 5
    await shop.verified()
