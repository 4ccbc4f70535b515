"""Finding orders over HTTP, as an agent on the phone does."""

from tests.shop import Shop


async def test_an_agent_finds_an_order_by_what_the_shopper_tells(client):
    shop = Shop(client)
    await shop.open(stock={"CUP": {"TYO": 5}})
    order = await shop.place(("CUP", 1, 500))
    await shop.place(("CUP", 1, 500), customer={"name": "Taro Example"})
    [work] = [one for one in await shop.work("TYO") if one["order_id"] == order["id"]]
    parcel = await shop.ship("TYO", work)

    async def found(query):
        told = await shop.do("support", "GET", f"/orders?{query}")
        return [one["id"] for one in told["orders"]]

    for query in (
        f"tracking_number={parcel['tracking_number']}",
        "goods_status=shipped",
        "email=HANAKO@example.com&name=han",
        f"number={order['number']}&placed_from=2020-01-01T00:00:00Z",
        f"goods_status=shipped&location_id={shop.places['TYO']}",
    ):
        assert await found(query) == [order["id"]], query
    assert await found(f"location_id={shop.places['OSA']}") == []
    assert await found("sku=CUP&goods_status=in_work") != [order["id"]]
    [shown] = (await shop.do("support", "GET", f"/orders?number={order['number']}"))["orders"]
    assert (shown["customer_name"], shown["headline"]) == ("Hanako Example", "OrderInTransit")


async def test_what_cannot_be_looked_for_is_refused(client):
    shop = Shop(client)
    await shop.open(stock={})
    for query in ("placed_from=yesterday", "placed_to=2026-01-01", "goods_status=lost", "sku="):
        answer = await shop.ask("support", "GET", f"/orders?{query}")
        assert answer.status_code in {400, 422}, query
    for query in ("email=%00", "name=%00"):
        answer = await shop.ask("support", "GET", f"/orders?{query}")
        assert answer.status_code in {400, 422}, query
