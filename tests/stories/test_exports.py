"""Exports over HTTP: everything there is, in files that spreadsheets and programs can read."""

import json

from tests.shop import OSAKA, TOKYO

CUP = {
    "sku": "CUP",
    "name": "=A cup",
    "names": {"ja": "湯呑み"},
    "size": {"length_millimetres": 80, "width_millimetres": 81, "height_millimetres": 82},
    "identifiers": [
        {"kind": "gtin", "value": "4901234567894"},
        {"kind": "supplier", "value": "X-1", "supplier": "Arita; Kilns", "pack": "case"},
    ],
    "packs": [{"code": "case", "units": 12}],
}
PAIR = {"sku": "A-PAIR", "name": "Two cups", "components": [{"sku": "CUP", "quantity": 2}]}


async def fetch(shop, path):
    answer = await shop.ask("manager", "GET", f"/exports/{path}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_items_are_exported_with_kits_below_their_parts(shop):
    for one in (CUP, PAIR):
        await shop.do("manager", "POST", "/items", one)

    lines = (await fetch(shop, "items.ndjson")).text.splitlines()
    sheet = await fetch(shop, "items.csv?bom=true")

    rows = [json.loads(line) for line in lines]
    assert [row["sku"] for row in rows] == ["CUP", "A-PAIR"]
    assert {name: rows[0][name] for name in CUP} == CUP
    assert rows[1]["components"] == PAIR["components"]
    assert sheet.content.startswith(b"\xef\xbb\xbfsku,name,unit,")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert "\r\nCUP,'=A cup,piece,0," in sheet.text
    assert (
        ',80,81,82,"4901234567894;""supplier:Arita; Kilns:X-1=case""",case=12,,,湯呑み'
        in sheet.text
    )
    assert sheet.text.splitlines()[2].endswith(",CUP=2,,")
    back = [{**row, "name": "Another"} for row in rows]
    changed = await shop.do("manager", "POST", "/bulk/items", {"rows": rows})
    assert [row["outcome"] for row in changed["rows"]] == ["unchanged", "unchanged"]
    changed = await shop.do("manager", "POST", "/bulk/items", {"rows": back})
    assert [row["outcome"] for row in changed["rows"]] == ["changed", "changed"]


async def test_stock_and_places_are_exported_by_their_codes(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 3}, "POT": {"OSA": 1}})
    kept = {
        "location_id": shop.places["OSA"],
        "reason": "safety_stock",
        "lines": [{"sku": "CUP", "safety_stock": 2}],
    }
    await shop.do("OSA", "POST", "/stock/adjustments", kept)

    levels = (await fetch(shop, "levels.csv")).text.splitlines()
    kept_back = (await fetch(shop, "safety_stocks.ndjson")).text.splitlines()
    places = (await fetch(shop, "locations.csv?charset=cp932")).content.decode("cp932")

    assert levels[0] == "sku,location,on_hand"
    assert sorted(levels[1:]) == ["CUP,OSA,3", "CUP,TYO,5", "POT,OSA,1"]
    assert {"sku": "CUP", "location": "OSA", "safety_stock": 2} in map(json.loads, kept_back)
    assert places.startswith("code,name,")
    assert [line[:8] for line in places.splitlines()[1:]] == ["OSA,OSA,", "TYO,TYO,"]


async def test_a_file_that_is_none_is_refused_by_the_names_of_those_there_are(shop):
    answer = await shop.ask("manager", "GET", "/exports/orders.xlsx")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_file")
    assert "items.csv" in answer.json()["possible"]


async def test_what_a_channel_may_sell_is_exported_with_kits_and_what_cannot_run_out(shop):
    store = {**TOKYO, "kind": "store", "pickup": True}
    stock = {"CUP": {"TYO": 5, "OSA": 1}, "POT": {"OSA": 1}}
    await shop.open(stock=stock, TYO=TOKYO, OSA=OSAKA, GINZA=store)
    await shop.do("manager", "POST", "/items", PAIR)
    await shop.do("manager", "POST", "/items", {"sku": "CARD", "name": "Card", "tracked": False})
    await shop.do("manager", "PUT", f"/channel-buffers/{shop.channel['id']}", {"units": 1})
    await shop.place(("CUP", 2, 100))

    sheet = await shop.ask("site", "GET", "/availability/export.csv")
    lines = await shop.ask("site", "GET", "/availability/export.ndjson")
    pickup = await shop.ask("site", "GET", "/availability/export.csv?method=pickup")

    told = [tuple(line.split(",")[:3]) for line in sheet.text.splitlines()]
    assert told == [
        ("sku", "location", "sellable"),
        ("A-PAIR", "OSA", "0"),
        ("A-PAIR", "TYO", "1"),
        ("CARD", "", ""),
        ("CUP", "OSA", "0"),
        ("CUP", "TYO", "2"),
        ("POT", "OSA", "0"),
    ]
    rows = [json.loads(line) for line in lines.text.splitlines()]
    assert [(row["sku"], row["location"] or "", row["sellable"]) for row in rows] == [
        (sku, location, int(units) if units else None) for sku, location, units in told[1:]
    ]
    assert len({row["as_of"] for row in rows}) == 1
    assert sheet.headers["content-disposition"] == 'attachment; filename="availability.csv"'
    assert [line.split(",")[0] for line in pickup.text.splitlines()] == ["sku", "CARD"]


async def test_whose_numbers_are_exported_must_be_said(shop):
    for form in ("csv", "ndjson"):
        refused = await shop.ask("manager", "GET", f"/availability/export.{form}")
        assert (refused.status_code, refused.json()["code"]) == (422, "channel_missing")
