"""Many rows of stock over HTTP: what each became, once per key, within the caller's reach."""

import pytest

from oms.kernel import db
from tests.factories import item


@pytest.fixture
async def open_shop(shop):
    """Ten cups in Tokyo, five in Osaka."""
    await shop.open(stock={"CUP": {"TYO": 10, "OSA": 5}})
    return shop


def rows(*given, mode="row_by_row", **said):
    return {"mode": mode, "reason": "correction", "reference": "ERP-1", "rows": list(given), **said}


async def test_rows_are_done_or_refused_each_on_its_own_and_once_per_key(open_shop):
    shop, tokyo, osaka = open_shop, open_shop.places["TYO"], open_shop.places["OSA"]
    cup = {"sku": "CUP", "location_id": tokyo}
    body = rows(
        {**cup, "bucket": "on_hand", "value": 12, "change_from": 10},
        {**cup, "bucket": "available", "value": 1, "change_from": 10},
        {**cup, "bucket": "safety_stock", "value": 2, "change_from": None},
        {**cup, "bucket": "on_hand", "value": 3},
        {**cup, "location_id": osaka, "bucket": "on_hand", "value": 6, "change_from": 5},
    )

    done = await shop.ask("manager", "POST", "/stock/set", body, idempotency_key="one")
    again = await shop.ask("manager", "POST", "/stock/set", body, idempotency_key="one")

    assert done.status_code == 200, done.text
    assert again.text == done.text
    assert again.headers["idempotent-replayed"] == "true"
    told = [
        (one["row"], one["outcome"], [(p["pointer"], p["code"]) for p in one["problems"]])
        for one in done.json()["rows"]
    ]
    assert told == [
        (0, "changed", []),
        (1, "refused", [("/rows/1/change_from", "change_from_stale")]),
        (2, "changed", []),
        (3, "refused", [("/rows/3/change_from", "missing")]),
        (4, "changed", []),
    ]
    levels = [one["level"] for one in done.json()["rows"]]
    assert (levels[1]["on_hand"], levels[1]["available"]) == (12, 12)
    assert (levels[2]["available"], levels[2]["safety_stock"]) == (10, 2)
    assert levels[3] is None
    assert await shop.available("CUP") == 16
    await shop.verified()


async def test_all_or_nothing_is_refused_whole_naming_every_row(open_shop):
    shop, cup = open_shop, {"sku": "CUP", "location_id": open_shop.places["TYO"]}
    moved = {**cup, "from_bucket": "available", "to_bucket": "damaged"}
    body = rows(
        {**moved, "quantity": 4},
        {**moved, "quantity": 7},
        {**moved, "sku": "LAMP", "quantity": 1},
        mode="all_or_nothing",
    )

    refused = await shop.ask("manager", "POST", "/stock/moves", body)

    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/rows/1/quantity", "out_of_stock"),
        ("/rows/2/sku", "unknown_sku"),
    ]
    assert await shop.available("CUP") == 15
    await shop.verified()


async def test_units_move_where_they_stand(open_shop):
    shop, cup = open_shop, {"sku": "CUP", "location_id": open_shop.places["TYO"]}
    moved = {**cup, "from_bucket": "available", "to_bucket": "quality_control", "quantity": 3}

    done = await shop.do("TYO", "POST", "/stock/moves", rows(moved, reason="quality_control"))

    level = done["rows"][0]["level"]
    assert (level["on_hand"], level["available"], level["quality_control"]) == (10, 7, 3)
    [line] = (await shop.do("TYO", "GET", "/stock/movements?limit=1"))["movements"]
    assert (line["reason"], line["reference"]) == ("quality_control", "ERP-1")
    assert (line["on_hand"], line["quality_control"]) == (0, 3)


async def test_rows_at_another_location_are_as_unknown(open_shop):
    shop = open_shop
    places = (shop.places["TYO"], shop.places["OSA"], shop.channel["id"])
    body = rows(*({"sku": "CUP", "location_id": place, "on_hand": 1} for place in places))

    done = await shop.do("TYO", "POST", "/bulk/stock/adjustments", body)

    assert [one["outcome"] for one in done["rows"]] == ["changed", "refused", "refused"]
    assert done["rows"][1]["problems"][0]["code"] == "unknown_location"
    assert await shop.available("CUP") == 16


async def test_a_thousand_rows_are_written_at_once(open_shop):
    shop = open_shop
    async with db.transaction() as session:
        for n in range(500):
            await item(session, sku=f"CUP-{n:03}")
    body = rows(
        *(
            {"sku": f"CUP-{n:03}", "location_id": shop.places[code], "on_hand": 5}
            for n in range(500)
            for code in ("TYO", "OSA")
        )
    )

    done = await shop.do("manager", "POST", "/bulk/stock/adjustments", body)

    assert {one["level"]["on_hand"] for one in done["rows"]} == {5}
    await shop.verified()
