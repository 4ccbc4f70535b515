"""Stock over HTTP: receiving, correcting, reading, and what is refused."""

from uuid import uuid4

import pytest


async def test_goods_come_in_once_per_key_and_can_be_seen_with_their_ledger(shop):
    await shop.open(stock={"CUP": {}, "LID": {}})
    paper = {
        "location_id": shop.places["TYO"],
        "reference": "PO-1",
        "lines": [{"sku": "CUP", "quantity": 5}, {"sku": "LID", "quantity": 2}],
    }
    key = uuid4().hex

    first = await shop.ask("TYO", "POST", "/stock/receipts", paper, idempotency_key=key)
    again = await shop.ask("TYO", "POST", "/stock/receipts", paper, idempotency_key=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    standing = [(one["sku"], one["on_hand"], one["available"]) for one in first.json()["levels"]]
    assert standing == [("CUP", 5, 5), ("LID", 2, 2)]
    ledger = await shop.do("support", "GET", "/stock/movements?sku=CUP")
    assert [
        (one["on_hand"], one["reason"], one["reference"], one["actor"])
        for one in ledger["movements"]
    ] == [(5, "received", "PO-1", "staff:TYO")]
    await shop.verified()


async def test_a_correction_below_what_is_promised_is_refused_by_name(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    await shop.place(("CUP", 4, 1000))
    found = {
        "location_id": shop.places["TYO"],
        "reason": "cycle_count_available",
        "lines": [{"sku": "CUP", "on_hand": -2}],
    }

    answer = await shop.ask("TYO", "POST", "/stock/adjustments", found)

    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_stock")
    assert answer.json()["shortages"] == [
        {"sku": "CUP", "location_id": shop.places["TYO"], "wanted": 2, "available": 1}
    ]
    [level] = (await shop.do("support", "GET", "/stock/levels?sku=CUP"))["levels"]
    assert (level["on_hand"], level["committed"], level["available"]) == (5, 4, 1)
    await shop.verified()


@pytest.mark.parametrize("path", ["/stock/receipts", "/stock/adjustments"])
async def test_nobody_moves_stock_of_another_location(shop, path):
    await shop.open(stock={"CUP": {"TYO": 5}})
    lines = {"lines": [{"sku": "CUP", "quantity": 1}]}
    if path == "/stock/adjustments":
        lines = {"reason": "other", "lines": [{"sku": "CUP", "on_hand": 1}]}

    foreign = await shop.ask("OSA", "POST", path, {"location_id": shop.places["TYO"], **lines})
    own = await shop.ask("OSA", "POST", path, {"location_id": shop.places["OSA"], **lines})
    support = await shop.ask("support", "POST", path, {"location_id": shop.places["OSA"], **lines})

    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown_location")
    assert own.status_code == 201
    assert (support.status_code, support.json()["code"]) == (403, "not_allowed")
    await shop.verified()


@pytest.mark.parametrize(
    ("path", "lines", "pointer"),
    [
        ("/stock/receipts", [], "/lines"),
        ("/stock/receipts", [{"sku": "CUP", "quantity": 0}], "/lines/0/quantity"),
        ("/stock/receipts", [{"sku": "CUP", "quantity": "5"}], "/lines/0/quantity"),
        ("/stock/receipts", [{"sku": "CUP", "quantity": 1, "x": 1}], "/lines/0/x"),
        ("/stock/receipts", [{"sku": "C\u0000P", "quantity": 1}], "/lines/0/sku"),
        ("/stock/adjustments", [{"sku": "CUP"}], "/lines/0"),
        ("/stock/adjustments", [{"sku": "CUP", "committed": 1}], "/lines/0/committed"),
        ("/stock/adjustments", [{"sku": "CUP", "on_hand": 1.5}], "/lines/0/on_hand"),
        ("/stock/adjustments", [{"sku": "CUP", "on_hand": 10**7}], "/lines/0/on_hand"),
    ],
)
async def test_what_is_not_a_stock_document_is_refused_at_its_place(shop, path, lines, pointer):
    await shop.open(stock={"CUP": {"TYO": 5}})
    body = {"location_id": shop.places["TYO"], "lines": lines}
    if path == "/stock/adjustments":
        body["reason"] = "other"

    answer = await shop.ask("TYO", "POST", path, body)

    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    ledger = await shop.do("support", "GET", "/stock/movements")
    assert [one["on_hand"] for one in ledger["movements"]] == [5]


async def test_unknown_skus_are_named_together(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    lines = [{"sku": sku, "quantity": 1} for sku in ("VASE", "CUP", "LAMP")]

    answer = await shop.ask(
        "TYO", "POST", "/stock/receipts", {"location_id": shop.places["TYO"], "lines": lines}
    )

    assert (answer.status_code, answer.json()["skus"]) == (422, ["LAMP", "VASE"])


async def test_orders_alone_commit_and_ship(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    body = {"location_id": shop.places["TYO"], "lines": [{"sku": "CUP", "on_hand": 1}]}

    answer = await shop.ask(
        "TYO", "POST", "/stock/adjustments", {**body, "reason": "order_shipped"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "reason_not_by_hand")


async def test_levels_and_ledger_are_read_page_by_page(shop):
    await shop.open(
        stock={"CUP": {"TYO": 1, "OSA": 2}, "LID": {"TYO": 3}, "VASE": {"TYO": 4, "OSA": 5}}
    )

    async def pages(path, name):
        found, cursor = [], ""
        while cursor is not None:
            page = await shop.do("support", "GET", f"{path}limit=2{cursor and '&cursor=' + cursor}")
            assert len(page[name]) <= 2
            found += [(one["sku"], one["location_id"], one["on_hand"]) for one in page[name]]
            cursor = page["next_cursor"]
        return found

    tokyo, osaka = shop.places["TYO"], shop.places["OSA"]
    everything = [("CUP", tokyo, 1), ("CUP", osaka, 2), ("LID", tokyo, 3), ("VASE", tokyo, 4)]
    everything.append(("VASE", osaka, 5))
    assert await pages("/stock/levels?", "levels") == sorted(everything)
    assert await pages("/stock/movements?", "movements") == everything[::-1]
    at_osaka = f"location_id={osaka}&"
    assert [one[2] for one in await pages(f"/stock/levels?{at_osaka}", "levels")] == [2, 5]
    assert [one[2] for one in await pages("/stock/levels?sku=CUP&", "levels")] == [
        one[2] for one in sorted(everything[:2])
    ]
    assert await pages(f"/stock/movements?{at_osaka}sku=CUP&", "movements") == [("CUP", osaka, 2)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("skus=CUP", "unknown_parameter"),
        ("limit=0", "validation"),
        ("limit=201", "validation"),
        ("location_id=here", "validation"),
        ("cursor=nonsense", "invalid_cursor"),
        ("cursor=WzFd", "invalid_cursor"),
        ("cursor=WyJhIiwiYiJd", "invalid_cursor"),
        ("sku=%00", "invalid_value"),
    ],
)
async def test_what_cannot_be_asked_is_refused(shop, query, code):
    answer = await shop.ask("support", "GET", f"/stock/levels?{query}")

    assert answer.status_code in {400, 422}
    assert answer.json()["code"] == code
