"""Goods move from one warehouse to the other, over HTTP, by the people who work there."""


async def requested(shop, quantity=5, who="OSA"):
    return await shop.do(
        who, "POST", "/transfers",
        {
            "source_id": shop.places["TYO"],
            "destination_id": shop.places["OSA"],
            "lines": [{"sku": "CUP", "quantity": quantity}],
        },
    )  # fmt: skip


async def step(shop, who, transfer, verb, body=None):
    return await shop.do(who, "POST", f"/transfers/{transfer['id']}/{verb}", body)


def pieces(*told):
    return {
        "lines": [
            {"sku": "CUP", "outcome": outcome, "quantity": quantity}
            | ({} if outcome == "accepted" else {"reason": "other"})
            for outcome, quantity in told
        ]
    }


async def levels(shop, code):
    found = await shop.do("admin", "GET", f"/stock/levels?sku=CUP&location_id={shop.places[code]}")
    return {
        name: units
        for name, units in (found["levels"] or [{}])[0].items()
        if isinstance(units, int) and units
    }


async def test_a_transfer_is_asked_for_held_picked_short_shipped_and_received_in_parts(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    transfer = await requested(shop)
    assert (transfer["status"], transfer["actions"]) == ("draft", ["cancel"])
    shown = await shop.do("TYO", "GET", f"/transfers/{transfer['id']}")
    assert shown["actions"] == ["reserve", "cancel"]

    await step(shop, "TYO", transfer, "reserve")
    assert await shop.available("CUP") == 5
    found = {"lines": [{"sku": "CUP", "quantity": 4}]}
    transfer = await step(shop, "TYO", transfer, "pick", found)
    assert (transfer["status"], transfer["actions"]) == ("picked", ["ship", "cancel"])
    assert await shop.available("CUP") == 6
    transfer = await step(shop, "TYO", transfer, "ship", {"carrier": "yamato"})
    assert await levels(shop, "TYO") == {"on_hand": 6, "available": 6}
    assert await levels(shop, "OSA") == {"incoming": 4}
    await shop.verified()

    transfer = await step(shop, "OSA", transfer, "receive", pieces(("accepted", 2)))
    assert transfer["status"] == "partially_received"
    assert (transfer["lines"][0]["under_way"], transfer["actions"]) == (2, ["receive"])
    transfer = await step(shop, "OSA", transfer, "receive", pieces(("lost", 1), ("damaged", 1)))
    assert (transfer["status"], transfer["actions"]) == ("received", [])
    assert await levels(shop, "OSA") == {"on_hand": 3, "available": 2, "damaged": 1}
    assert [one["outcome"] for one in transfer["receipts"]] == ["accepted", "lost", "damaged"]
    await shop.verified()


async def test_what_turns_round_is_taken_back_by_the_source(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    transfer = await requested(shop)
    for verb, body in [("reserve", None), ("pick", {}), ("ship", {})]:
        await step(shop, "TYO", transfer, verb, body)
    await step(shop, "OSA", transfer, "receive", pieces(("rejected", 1), ("accepted", 1)))

    transfer = await step(shop, "TYO", transfer, "cancel", {"reason": "A wrong box"})
    assert (transfer["status"], transfer["actions"]) == ("returning", ["take_back"])
    assert transfer["lines"][0]["returning"] == 4
    await shop.verified()
    transfer = await step(shop, "TYO", transfer, "take-back", pieces(("accepted", 4)))

    assert transfer["status"] == "received"
    assert await levels(shop, "TYO") == {"on_hand": 9, "available": 9}
    assert await levels(shop, "OSA") == {"on_hand": 1, "available": 1}
    await shop.verified()


async def test_a_transfer_never_takes_what_is_promised_to_an_order(shop):
    await shop.open(stock={"CUP": {"TYO": 5}})
    await shop.place(("CUP", 3, 100))
    transfer = await requested(shop, quantity=3)

    refused = await shop.ask("TYO", "POST", f"/transfers/{transfer['id']}/reserve")

    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    [short] = refused.json()["shortages"]
    assert (short["wanted"], short["available"]) == (3, 2)
    assert (await shop.do("TYO", "GET", f"/transfers/{transfer['id']}"))["status"] == "draft"
    await shop.verified()


async def test_each_end_sees_its_transfers_and_does_its_own_part(shop):
    here = {"city": "Tokyo", "country": "JP", "latitude": 35.68, "longitude": 139.76}
    await shop.open(stock={"CUP": {"TYO": 10}}, TYO=here, OSA=here, KYO=here)
    transfer = await requested(shop)
    path = f"/transfers/{transfer['id']}"

    for who, method, where, body in [
        ("KYO", "GET", path, None),
        ("KYO", "POST", f"{path}/cancel", {}),
        ("OSA", "POST", f"{path}/reserve", None),
        ("OSA", "POST", f"{path}/pick", {}),
        ("OSA", "POST", f"{path}/ship", {}),
        ("TYO", "POST", f"{path}/receive", pieces(("accepted", 1))),
        ("OSA", "POST", f"{path}/take-back", pieces(("accepted", 1))),
    ]:
        answer = await shop.ask(who, method, where, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_transfer"), where
    assert (await shop.do("KYO", "GET", "/transfers"))["transfers"] == []
    for who in ("TYO", "OSA", "manager"):
        assert len((await shop.do(who, "GET", "/transfers"))["transfers"]) == 1
    for verb, body in [("reserve", None), ("pick", {}), ("ship", {})]:
        await step(shop, "manager", transfer, verb, body)
    done = await step(shop, "manager", transfer, "receive", pieces(("accepted", 5)))
    assert done["status"] == "received"
    await shop.verified()


async def test_a_receipt_told_twice_is_booked_once(shop):
    await shop.open(stock={"CUP": {"TYO": 10}})
    transfer = await requested(shop)
    for verb, body in [("reserve", None), ("pick", {}), ("ship", {})]:
        await step(shop, "TYO", transfer, verb, body)
    path, body = f"/transfers/{transfer['id']}/receive", pieces(("accepted", 2))

    first = await shop.do("OSA", "POST", path, body, idempotency_key="box-1")
    again = await shop.do("OSA", "POST", path, body, idempotency_key="box-1")
    stale = await shop.ask("OSA", "POST", path, body, if_match=f'"{transfer["version"]}"')

    assert first == again
    assert (stale.status_code, stale.json()["code"]) == (412, "transfer_changed")
    assert await levels(shop, "OSA") == {"on_hand": 2, "available": 2, "incoming": 3}
    await shop.verified()
