"""Goods coming back: approved by an agent, received and inspected by staff, closed, paid."""

import asyncio
from collections.abc import Collection
from typing import Any

from oms.cli.demo import chances, network, retries
from oms.cli.demo.client import Answer, User
from oms.cli.demo.documents import CreditNote
from oms.cli.demo.network import Location
from oms.cli.demo.shop import Shop

AT_STORE_PER_MILLE = 600
NOT_CAPTURED = "refund_exceeds_captured"
TRIES = 60
LONGEST_PAUSE_SECONDS = 15

# What inspection finds, and how often of a hundred times.
DISPOSITIONS = (("restocked", 80), ("quality_control", 8), ("damaged", 8), ("scrapped", 4))


async def see_through(shop: Shop, note: CreditNote, asked: dict[str, Any]) -> None:
    """Bring a return from its approval to its end. Raises Surprise."""
    agent, path = shop.people.agent, f"/v1/returns/{asked['id']}"
    place = _arrives_at(note)
    crew = shop.people.crews[place.code]
    await _do(agent, path, "approve")
    arrived = {
        "location_id": shop.premises.locations[place.code],
        "lines": [
            {"return_line_id": line["id"], "quantity": line["quantity"]} for line in asked["lines"]
        ],
    }
    received = await _do(crew, path, "receive", arrived)
    skus = {line["id"]: line["sku"] for line in asked["lines"]}
    pieces = [
        _piece(note, receipt, skus[receipt["return_line_id"]])
        for receipt in received.body["receipts"]
    ]
    inspected = await _inspect(shop, crew, path, {"pieces": pieces})
    await _do(agent, path, "close")
    shop.tally.add("returns" if asked["order_id"] else "blind returns")
    units = sum(line["received"] for line in inspected.body["lines"])
    shop.tally.add("units returned" if asked["order_id"] else "units returned blind", units)


async def settle_by_hand(shop: Shop) -> None:
    """Send the money of blind returns, which no gateway can send back, by bank transfer."""
    agent = shop.people.agent
    query: dict[str, str | int] = {"status": "granted", "limit": 200}
    while True:
        page = await agent.get("/v1/refunds", **query)
        for refund in page["refunds"]:
            if "settle" in refund["actions"]:
                transfer = {"reference": f"transfer-{refund['id']}"}
                await _do(agent, f"/v1/refunds/{refund['id']}", "settle", transfer)
                shop.tally.add("refunds settled by hand")
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


def _arrives_at(note: CreditNote) -> Location:
    """At home most customers bring goods to the nearest store, the others send them in."""
    home = network.home(note)
    if not home.is_abroad and chances.happens(AT_STORE_PER_MILLE, "brings", note.number):
        return network.nearest_store(home.place)
    return network.WAREHOUSES[chances.draw(len(network.WAREHOUSES), "sends", note.number)]


def _piece(note: CreditNote, receipt: dict[str, Any], sku: str) -> dict[str, Any]:
    return {
        "receipt_id": receipt["id"],
        "quantity": receipt["quantity"],
        "disposition": chances.pick(DISPOSITIONS, "finds", note.number, sku),
    }


async def _inspect(shop: Shop, crew: User, path: str, found: dict[str, Any]) -> Answer:
    """Inspect; a parcel that came back faster than its money was taken waits a little."""
    for attempt in range(TRIES):
        answer = await _do(crew, path, "inspect", found, attempt=attempt, refusals={NOT_CAPTURED})
        if answer.refusal is None:
            return answer
        shop.tally.add("inspections before the money was taken")
        await asyncio.sleep(min(2**attempt, LONGEST_PAUSE_SECONDS))
    return await _do(crew, path, "inspect", found, attempt=TRIES)


async def _do(
    user: User,
    path: str,
    verb: str,
    body: object = None,
    *,
    attempt: int = 0,
    refusals: Collection[str] = (),
) -> Answer:
    key = retries.idempotency_key(verb, f"{path}:{attempt}")
    return await user.post(f"{path}/{verb}", body, key=key, refusals=refusals)
