"""What a program outside hears of an order's life: signed, whole, and in its present state."""

import json

import pytest
from standardwebhooks import Webhook

from oms.kernel import config
from tests.drain import drain
from tests.receiver import Receiver, listening


@pytest.fixture
async def receiver(monkeypatch):
    monkeypatch.setattr(config.settings(), "webhooks_allow_private", True)
    async with listening(Receiver()) as ready:
        yield ready


def facts(receiver, secret):
    """Verify and read everything that was received."""
    return [Webhook(secret).verify(one.body, one.headers) for one in receiver.requests]


async def test_an_integrator_hears_the_whole_story_of_an_order(shop, receiver):
    await shop.open(stock={"CUP": {"TYO": 3}})
    endpoint = await shop.do("site", "POST", "/webhook-endpoints", {"url": receiver.url})
    order = await shop.place(("CUP", 2, 1000))
    [work] = await shop.work("TYO")
    parcel = await shop.ship("TYO", work)
    await shop.scan(parcel, 1, "delivered", hours=24)

    heard = facts(receiver, endpoint["secret"])

    told = await shop.do("support", "GET", f"/orders/{order['id']}/timeline")
    sequences = sorted(one["data"]["event"]["sequence"] for one in heard)
    assert sequences == [one["sequence"] for one in told["entries"]]
    assert sorted(one["type"] for one in heard) == sorted(one["name"] for one in told["entries"])
    assert {one["data"]["order"]["number"] for one in heard} == {order["number"]}

    counted = {
        one["type"]: (one["data"]["order"]["lines"][0]["shipped"],
                      one["data"]["order"]["lines"][0]["delivered"])
        for one in heard
        if one["type"].startswith("shipment.")
    }  # fmt: skip
    assert counted == {"shipment.shipped": (2, 0), "shipment.delivered": (2, 2)}
    await shop.verified()


async def test_an_integrator_of_another_channel_hears_nothing(shop, receiver):
    await shop.open(stock={"CUP": {"TYO": 1}})
    other = await shop.do(
        "admin", "POST", "/channels",
        {"code": "other", "name": "Other", "currency": "JPY"},
    )  # fmt: skip
    asked = {"url": receiver.url, "channel_id": other["id"]}
    await shop.do("admin", "POST", "/webhook-endpoints", asked)

    await shop.place(("CUP", 1, 1000))

    assert receiver.requests == []


async def test_what_was_lost_by_the_integrator_is_sent_again(shop, receiver):
    await shop.open(stock={"CUP": {"TYO": 1}})
    endpoint = await shop.do(
        "site", "POST", "/webhook-endpoints", {"url": receiver.url, "events": ["order.placed"]}
    )
    await shop.place(("CUP", 1, 1000))
    page = await shop.do("site", "GET", f"/webhook-endpoints/{endpoint['id']}/messages")
    [message] = page["messages"]

    await shop.do("site", "POST", f"/webhook-messages/{message['id']}/redeliver")
    await drain()

    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == message["id"]
    assert json.loads(first.body) == json.loads(second.body)
    detail = await shop.do("site", "GET", f"/webhook-messages/{message['id']}")
    assert [one["status_code"] for one in detail["tried"]] == [204, 204]
