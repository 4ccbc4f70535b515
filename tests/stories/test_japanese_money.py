"""An order as a Japanese shop writes it: two rates, prices with tax, points, cash on delivery."""

from tests.shop import Shop, yen


async def test_two_rates_points_and_a_fee_are_kept_to_the_yen(client):
    shop = Shop(client)
    await shop.open(stock={"TEA": {"TYO": 9}, "CUP": {"TYO": 9}})
    order = shop.order(
        ("CUP", 3, 550), ("TEA", 1, 930),
        shipping=yen(500), shipping_tax_rate=1000,
        fees=[{"kind": "cod", "name": "代引手数料", "amount": yen(330), "tax_rate": 1000}],
        discounts=[{"name": "新春セール", "code": "NY26", "amount": yen(100)}],
        taxing={"included": True, "per": "rate", "rounding": "down"},
        tenders=[{"kind": "points", "amount": yen(310), "reference": "P-1"}],
        total=yen(3310),
        payment={"gateway": "manual", "method": "cod"},
    )  # fmt: skip
    order["lines"][0]["tax_rate"], order["lines"][1]["tax_rate"] = 1000, 800

    placed = await shop.do("site", "POST", "/orders", order)
    assert placed["taxes"] == [
        {"rate": 1000, "taxable": 2416, "tax": 219}, {"rate": 800, "taxable": 894, "tax": 66},
    ]  # fmt: skip
    assert placed["tax"] == yen(285)
    assert placed["discounts"] == [{"name": "新春セール", "code": "NY26", "amount": 100}]
    paid = await shop.do("support", "GET", f"/payments?order_id={placed['id']}")
    assert {(one["method"], one["amount"]["amount"]) for one in paid["payments"]} == {
        ("points", 310), ("cod", 3000),
    }  # fmt: skip

    await shop.verified()
    [work] = await shop.work("TYO")
    await shop.ship("TYO", work)
    assert (await shop.read(placed["id"]))["payment_status"] == "paid"

    wish = {"order_line_id": placed["lines"][0]["id"], "quantity": 3, "reason": "unwanted"}
    back = await shop.do("site", "POST", "/returns", {"order_id": placed["id"], "lines": [wish]})
    await shop.do("support", "POST", f"/returns/{back['id']}/approve")
    came = {"return_line_id": back["lines"][0]["id"], "quantity": 3}
    back = await shop.do(
        "TYO", "POST", f"/returns/{back['id']}/receive",
        {"location_id": shop.places["TYO"], "lines": [came]},
    )  # fmt: skip
    piece = {"receipt_id": back["receipts"][0]["id"], "quantity": 3, "disposition": "restocked"}
    await shop.do("TYO", "POST", f"/returns/{back['id']}/inspect", {"pieces": [piece]})
    due = await shop.do("support", "GET", f"/refunds?order_id={placed['id']}")
    assert due["refunds"][0]["amount"] == yen(1650 - 64)
    await shop.verified()


async def test_what_is_wrong_with_the_taxes_is_told_term_by_term(client):
    shop = Shop(client)
    await shop.open(stock={"CUP": {"TYO": 9}})
    order = shop.order(("CUP", 3, 99), taxes=[{"rate": 1000, "amount": yen(27)}], total=yen(324))
    order["lines"][0]["tax_rate"] = 1000

    answer = await shop.ask("site", "POST", "/orders", order)

    assert (answer.status_code, answer.json()["code"]) == (422, "taxes_disagree")
    assert answer.json()["rates"] == [
        {"rate": 1000, "taxable": 297, "computed": 29, "stated": 27, "difference": -2}
    ]
    over = shop.order(("CUP", 1, 99), tenders=[{"kind": "points", "amount": yen(100)}])
    answer = await shop.ask("site", "POST", "/orders", over)
    assert (answer.status_code, answer.json()["code"]) == (422, "tenders_exceed_total")
    await shop.verified()
