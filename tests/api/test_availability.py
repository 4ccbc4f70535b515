"""Availability over HTTP: what a site may sell, of its own channel only."""

from uuid import uuid4

from tests.shop import TOKYO


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


async def test_the_same_is_asked_by_post_with_totals_only(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 1}})

    asked = {"skus": ["CUP", "LAMP"], "by_location": False}
    found = await shop.do("site", "POST", "/availability", asked)

    assert found["items"] == [{"sku": "CUP", "total": 6, "ahead": None, "locations": []}]
    assert (found["unknown"], found["method"]) == (["LAMP"], "shipping")
    other = {**asked, "channel_id": str(uuid4())}
    assert (await shop.ask("site", "POST", "/availability", other)).status_code == 404


async def test_what_can_be_picked_up_is_asked_for_itself(shop):
    store = {"kind": "store", "ships": False}
    await shop.open(stock={"CUP": {"TYO": 5, "GINZA": 2}}, TYO=TOKYO, GINZA={**TOKYO, **store})

    found = await shop.do("site", "GET", "/availability?sku=CUP&method=pickup")

    [cup] = found["items"]
    assert [(at["location_code"], at["available"]) for at in cup["locations"]] == [("GINZA", 2)]
    assert await shop.available("CUP") == 5


async def test_a_number_is_explained_term_by_term(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 1}})
    await shop.place(("CUP", 2, 1000))
    rule = {"name": "Window", "kind": "threshold", "units": 2}
    made = await shop.do("manager", "POST", "/selling-rules", rule)

    found = await shop.do("site", "GET", "/availability/explain?sku=CUP")

    assert found["total"] == await shop.available("CUP") == 1
    osaka, tokyo = found["locations"]
    told = [(term["name"], term["units"]) for term in tokyo["terms"]]
    assert told == [("on_hand", 5), ("committed", -2), ("threshold_rule", -2)]
    assert tokyo["terms"][2]["rule_id"] == made["id"]
    assert [(term["name"], term["units"]) for term in osaka["terms"]] == [
        ("on_hand", 1),
        ("threshold_rule", -2),
        ("not_below_zero", 1),
    ]
    alone = await shop.do(
        "site", "GET", f"/availability/explain?sku=CUP&location_id={shop.places['TYO']}"
    )
    assert (alone["total"], len(alone["locations"])) == (1, 1)


async def test_an_explanation_is_for_the_own_channel_and_for_what_is_sold(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})

    other = await shop.ask("site", "GET", f"/availability/explain?sku=CUP&channel_id={uuid4()}")
    lamp = await shop.ask("site", "GET", "/availability/explain?sku=LAMP")

    assert (other.status_code, other.json()["code"]) == (404, "unknown_channel")
    assert (lamp.status_code, lamp.json()["code"]) == (404, "unknown_item")


async def test_who_is_near_and_has_it_is_told(shop):
    store = {"kind": "store", "ships": False, "pickup": True, "country": "JP", "city": "Tokyo"}
    ginza = {**store, "latitude": 35.6717, "longitude": 139.765}
    ueno = {**store, "latitude": 35.7141, "longitude": 139.7774, "handling_minutes": 45}
    stock = {"CUP": {"GINZA": 1, "UENO": 5, "TYO": 9}, "LID": {"UENO": 1}}
    await shop.open(stock=stock, TYO=TOKYO, GINZA=ginza, UENO=ueno)

    near = "/availability/nearby?postal_code=104-0061"
    one = await shop.do("site", "GET", f"{near}&sku=CUP")
    both = await shop.do("site", "GET", f"{near}&sku=CUP&sku=CUP&sku=LID&radius_km=10")
    there = "latitude=35.7141&longitude=139.7774&radius_km=1"
    around = await shop.do("site", "GET", f"/availability/nearby?sku=CUP&{there}")

    assert [at["location_code"] for at in one["stores"]] == ["GINZA", "UENO"]
    [at] = both["stores"]
    assert at["location_code"] == "UENO"
    assert at["items"] == [{"sku": "CUP", "available": 5}, {"sku": "LID", "available": 1}]
    assert (at["open_now"], at["closes_at"]) == (True, None)
    assert at["ready_by"] > max(at["next_opening"], both["as_of"])
    assert [(at["location_code"], at["distance_metres"]) for at in around["stores"]] == [
        ("UENO", 0)
    ]


async def test_near_needs_a_place_that_there_is(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    codes = {
        "": "place_missing",
        "&latitude=35": "place_missing",
        "&postal_code=000-0000": "unknown_postal_code",
    }
    for where, code in codes.items():
        refused = await shop.ask("site", "GET", f"/availability/nearby?sku=CUP{where}")
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    for wrong in ("latitude=91", "latitude=nan", "latitude=inf", "radius_km=0", "limit=51"):
        path = f"/availability/nearby?sku=CUP&longitude=139&{wrong}"
        assert (await shop.ask("site", "GET", path)).status_code == 400, wrong
