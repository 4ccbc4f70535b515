"""A buyer for the shops hears what runs low, what is gone and what is back, and nothing twice."""

import json

import pytest

from oms.kernel import config
from tests.drain import drain
from tests.receiver import Receiver, listening

TURNS = ["stock.low", "stock.out", "stock.back"]


@pytest.fixture
async def receiver(monkeypatch):
    monkeypatch.setattr(config.settings(), "webhooks_allow_private", True)
    async with listening(Receiver()) as ready:
        yield ready


async def test_a_webhook_hears_how_a_level_turns_as_its_units_are_sold_and_come_in(shop, receiver):
    await shop.open(stock={"CUP": {"TYO": 5}, "LID": {"TYO": 5}})
    await shop.do("admin", "POST", "/webhook-endpoints", {"url": receiver.url, "events": TURNS})
    kept = {"sku": "CUP", "safety_stock": 2}
    await shop.do(
        "admin", "POST", "/stock/adjustments",
        {"location_id": shop.places["TYO"], "reason": "safety_stock", "lines": [kept]},
    )  # fmt: skip

    await shop.place(("CUP", 1, 1000), ("LID", 1, 1000))
    last = await shop.place(("CUP", 2, 1000))
    refused = await shop.ask("site", "POST", "/orders", shop.order(("CUP", 1, 1000)))
    await shop.do("support", "POST", f"/orders/{last['id']}/cancel", {"reason": "customer"})
    await shop.receive("TYO", "CUP", 9)
    await drain()

    assert refused.status_code == 409
    heard = [json.loads(one.body) for one in receiver.requests]
    heard.sort(key=lambda one: one["data"]["event"]["sequence"])
    assert [one["type"] for one in heard] == ["stock.low", "stock.out", "stock.back"]
    facts = [one["data"]["event"] for one in heard]
    assert [fact["sequence"] for fact in facts] == [1, 2, 3]
    assert [(fact["sku"], fact["available"], fact["safety_stock"]) for fact in facts] == [
        ("CUP", 2, 2), ("CUP", 0, 2), ("CUP", 2, 2),
    ]  # fmt: skip
    assert {fact["location_id"] for fact in facts} == {shop.places["TYO"]}
    await shop.verified()
