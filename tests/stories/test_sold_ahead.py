"""Goods sold before they are there: promised, brought, handed out in turn, and shipped."""

from datetime import datetime, timedelta
from uuid import UUID

from oms.kernel import clock
from oms.payments.gateways import sandbox
from tests.drain import drain
from tests.stories.test_supply import bought, unload


async def opened(shop):
    """A shop without a cup that may sell ten of them all the same."""
    await shop.open(stock={"CUP": {}, "POT": {"TYO": 1}})
    limit = {"sku": "CUP", "kind": "backorder", "units": 10}
    await shop.do("admin", "PUT", "/backlog-limits", limit)


async def where(shop, *orders):
    """Tell how many units of each order wait and how many are in work."""
    read = [await shop.read(order["id"]) for order in orders]
    return [
        tuple(sum(line[name] for line in order["lines"]) for name in ("backordered", "in_work"))
        for order in read
    ]


async def test_what_a_purchase_order_brings_goes_to_who_waits_longest(shop):
    await opened(shop)
    purchase = await bought(shop, ("CUP", 6))
    first = await shop.place(("CUP", 3, 800), ("POT", 1, 2000))
    second = await shop.place(("CUP", 2, 800))
    assert await where(shop, first, second) == [(3, 1), (2, 0)]

    await unload(shop, purchase, {"sku": "CUP", "accepted": 4, "damaged": 1})
    await drain()
    assert await where(shop, first, second) == [(0, 4), (1, 1)]

    await unload(shop, purchase, {"sku": "CUP", "accepted": 1})
    await drain()
    assert await where(shop, second) == [(0, 2)]
    assert await shop.available("CUP") == 0
    told = await shop.timeline(first["id"])
    assert told.index("order.backordered") < len(told) - 1 - told[::-1].index("order.routed")
    for work in await shop.work("TYO"):
        await shop.ship("TYO", work)
    assert (await shop.read(first["id"]))["goods_status"] == "shipped"
    await shop.verified()


async def test_what_others_give_back_goes_to_who_waits(shop):
    await opened(shop)
    await shop.receive("TYO", "CUP", 2)
    holder = await shop.place(("CUP", 1, 800))
    sender = await shop.place(("CUP", 1, 800))
    [work] = [one for one in await shop.work("TYO") if one["order_id"] == sender["id"]]
    await shop.ship("TYO", work)
    waiting = [await shop.place(("CUP", 1, 800)) for _ in range(3)]

    await shop.do("support", "POST", f"/orders/{holder['id']}/cancel", {})
    await drain()
    assert await where(shop, *waiting) == [(0, 1), (1, 0), (1, 0)]

    await returned(shop, sender)
    await drain()
    assert await where(shop, *waiting) == [(0, 1), (0, 1), (1, 0)]

    found = {"location_id": shop.places["OSA"], "reason": "correction"}
    lines = [{"sku": "CUP", "on_hand": 1}]
    await shop.do("OSA", "POST", "/stock/adjustments", {**found, "lines": lines})
    await drain()
    assert await where(shop, *waiting) == [(0, 1), (0, 1), (0, 1)]
    await shop.verified()


async def returned(shop, order):
    """Send the only unit of an order back to Tokyo, where it is put on the shelf again."""
    [line] = order["lines"]
    wish = [{"order_line_id": line["id"], "quantity": 1, "reason": "unwanted"}]
    back = await shop.do("site", "POST", "/returns", {"order_id": order["id"], "lines": wish})
    path = f"/returns/{back['id']}"
    await shop.do("support", "POST", f"{path}/approve")
    came = [{"return_line_id": back["lines"][0]["id"], "quantity": 1}]
    arrived = {"location_id": shop.places["TYO"], "lines": came}
    back = await shop.do("TYO", "POST", f"{path}/receive", arrived)
    piece = {
        "receipt_id": back["receipts"][0]["id"],
        "quantity": 1,
        "disposition": "restocked",
    }
    await shop.do("TYO", "POST", f"{path}/inspect", {"pieces": [piece]})


async def test_who_has_not_paid_keeps_what_came_and_ships_once_the_money_is_safe(shop):
    await opened(shop)
    terms = {"gateway": "sandbox", "method": "konbini", "token": "tok_late"}
    order = await shop.place(("CUP", 1, 800), payment=terms)

    await shop.receive("TYO", "CUP", 1)
    await drain()

    assert await shop.work("TYO") == []
    [line] = (await shop.read(order["id"]))["lines"]
    assert (line["backordered"], line["allocated"]) == (0, 1)
    assert await shop.available("CUP") == 0

    [charge] = await sandbox.pending()
    paid = await sandbox.decide(key=UUID(charge.key), now=clock.now())
    path = "/v1/webhooks/payments/sandbox"
    assert (await shop.client.post(path, content=paid.body, headers=paid.headers)).is_success
    await drain()
    assert await where(shop, order) == [(0, 1)]
    await shop.verified()


def day(number):
    """A moment so many days from now."""
    return (clock.now() + timedelta(days=number)).replace(microsecond=0).isoformat()


async def promised(shop, sku="CUP", quantity=1):
    """Tell the first date for so many units, and how many may be promised from which date on."""
    body = {"items": [{"sku": sku, "quantity": quantity}]}
    [found] = (await shop.do("site", "POST", "/availability/promise", body))["items"]
    return found


def dates(found):
    """Tell how many units may be promised in how many days."""
    now = clock.now()
    return [
        (round((datetime.fromisoformat(step["at"]) - now).total_seconds() / 86400), step["units"])
        for step in found["steps"]
    ]


async def test_what_comes_is_promised_by_date_less_what_is_owed(shop):
    await opened(shop)
    lines = [
        {"sku": "CUP", "quantity": 6, "expected_at": day(5)},
        {"sku": "CUP", "quantity": 6, "expected_at": day(9)},
        {"sku": "CUP", "quantity": 2},
    ]
    purchase = await bought(shop, lines=lines)
    assert dates(await promised(shop)) == [(0, 0), (5, 6), (9, 12)]

    await shop.place(("CUP", 4, 800))
    found = await promised(shop, quantity=3)
    assert dates(found) == [(0, 0), (5, 2), (9, 8)]
    assert round_days(found["promised_at"]) == 9
    assert (found["owed"], found["undated"], found["overdue"], found["ahead"]) == (4, 2, 0, 6)
    assert (await promised(shop, quantity=9))["promised_at"] is None

    truck = {"expected_at": day(2), "lines": [{"sku": "CUP", "quantity": 6}]}
    await shop.do("TYO", "POST", f"/purchase-orders/{purchase['id']}/notices", truck)
    assert dates(await promised(shop)) == [(0, 0), (2, 2), (9, 8)]

    [told] = (await shop.do("site", "GET", "/availability/promise?sku=CUP"))["items"]
    assert dates(told) == [(0, 0), (2, 2), (9, 8)]
    nobody = await shop.do("site", "GET", "/availability/promise?sku=LAMP")
    assert (nobody["items"], nobody["unknown"]) == ([], ["LAMP"])


def round_days(moment):
    return round((datetime.fromisoformat(moment) - clock.now()).total_seconds() / 86400)


async def test_what_is_overdue_is_promised_to_nobody_until_it_has_a_new_date(shop):
    await opened(shop)
    purchase = await bought(shop, lines=[{"sku": "CUP", "quantity": 6, "expected_at": day(-1)}])
    found = await promised(shop)
    assert (found["promised_at"], found["overdue"], dates(found)) == (None, 6, [(0, 0)])

    change = {"lines": [{"line_id": purchase["lines"][0]["id"], "expected_at": day(3)}]}
    await shop.do("manager", "PATCH", f"/purchase-orders/{purchase['id']}", change)
    assert dates(await promised(shop)) == [(0, 0), (3, 6)]


async def test_a_kit_is_promised_with_the_last_of_its_parts(shop):
    await opened(shop)
    made = {"components": [{"sku": "POT", "quantity": 1}, {"sku": "CUP", "quantity": 2}]}
    await shop.do("admin", "POST", "/items", {"sku": "SET", "name": "Tea set", **made})
    await shop.do("admin", "POST", "/items", {"sku": "CARD", "name": "Card", "tracked": False})
    await bought(shop, lines=[{"sku": "CUP", "quantity": 5, "expected_at": day(4)}])

    assert dates(await promised(shop, "SET")) == [(0, 0), (4, 1)]
    card = await promised(shop, "CARD", 1000)
    assert (card["counted"], round_days(card["promised_at"]), card["steps"]) == (False, 0, [])


async def test_when_the_goods_come_later_who_waits_is_told_once(shop):
    await opened(shop)
    early = await shop.place(("CUP", 2, 800))
    late = await shop.place(("CUP", 2, 800))
    lines = [{"sku": "CUP", "quantity": 2, "expected_at": day(at)} for at in (4, 6)]
    purchase = await bought(shop, lines=lines)
    await drain()
    assert await expected(shop, early, late) == [4, 6]

    moved = [
        {"line_id": line["id"], "expected_at": day(at)}
        for line, at in zip(purchase["lines"], (8, 6), strict=True)
    ]
    path = f"/purchase-orders/{purchase['id']}"
    for _ in range(2):
        await shop.do("manager", "PATCH", path, {"lines": moved})
        await drain()
    assert await expected(shop, early, late) == [6, 8]
    assert [await delays(shop, one) for one in (early, late)] == [1, 1]

    truck = {"expected_at": day(2), "lines": [{"sku": "CUP", "quantity": 3}]}
    notice = await shop.do("TYO", "POST", f"{path}/notices", truck)
    await drain()
    assert await expected(shop, early, late) == [2, 8]
    await shop.do("TYO", "PATCH", f"/shipping-notices/{notice['id']}", {"expected_at": day(9)})
    await drain()
    assert await expected(shop, early, late) == [9, 9]
    assert [await delays(shop, one) for one in (early, late)] == [2, 2]

    await unload(shop, purchase, {"sku": "CUP", "accepted": 2})
    await drain()
    assert await where(shop, early, late) == [(0, 2), (2, 0)]
    await shop.verified()


async def test_a_preorder_is_never_expected_before_the_day_it_was_sold_for(shop):
    await opened(shop)
    limit = {"sku": "CUP", "kind": "preorder", "units": 10, "available_at": day(20)}
    await shop.do("admin", "PUT", "/backlog-limits", limit)
    order = await shop.place(("CUP", 2, 800))

    await bought(shop, lines=[{"sku": "CUP", "quantity": 2, "expected_at": day(5)}])
    await drain()

    assert await expected(shop, order) == [20]
    assert await delays(shop, order) == 0


async def expected(shop, *orders):
    """Tell in how many days the first line of each order is expected."""
    read = [await shop.read(order["id"]) for order in orders]
    return [round_days(order["lines"][0]["expected_at"]) for order in read]


async def delays(shop, order):
    """Tell how often an order was told of a later date."""
    return (await shop.timeline(order["id"])).count("order.promise_changed")
