"""What lies outside a caller's channel or locations is not there for them."""

from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from api.app import create_app
from oms.accounts.models import Scope
from oms.kernel import db
from tests.api import routes
from tests.drain import drain
from tests.factories import webhook_endpoint, webhook_message
from tests.shop import OSAKA, Shop

GUARDED = [route for route in routes.all_of(create_app()) if not route.policy.public]


@dataclass
class Neighbours:
    """Two channels of one house: ours asks, theirs has everything."""

    ours: Shop
    theirs: Shop
    has: dict[str, str] = field(default_factory=dict)


@pytest.fixture
async def neighbours(client):
    """Two channels that are open."""
    ours, theirs = Shop(client), Shop(client)
    await ours.open(stock={"CUP": {"TYO": 5, "OSA": 5}})
    await theirs.open(stock={"BOWL": {"KIX": 5}}, KIX=OSAKA)
    return Neighbours(ours, theirs)


@pytest.fixture
async def world(neighbours):
    """Theirs: one order back and refunded, another one in work, an endpoint with a message."""
    await _life(neighbours)
    channel_id = neighbours.theirs.channel["id"]
    async with db.transaction() as session:
        endpoint = await webhook_endpoint(session, channel_id=channel_id, url="https://127.0.0.1/")
        message = await webhook_message(session, endpoint)
    neighbours.has |= {
        "channel_id": channel_id,
        "endpoint_id": str(endpoint.id),
        "message_id": str(message.id),
    }
    return neighbours


async def _life(made):
    shop = made.theirs
    old = await shop.place(("BOWL", 1, 100))
    [work] = await shop.work("KIX")
    parcel = await shop.ship("KIX", work)
    wish = {"order_line_id": old["lines"][0]["id"], "quantity": 1, "reason": "unwanted"}
    back = await shop.do("site", "POST", "/returns", {"order_id": old["id"], "lines": [wish]})
    await shop.do("support", "POST", f"/returns/{back['id']}/approve")
    came = {"return_line_id": back["lines"][0]["id"], "quantity": 1}
    back = await shop.do(
        "KIX", "POST", f"/returns/{back['id']}/receive",
        {"location_id": shop.places["KIX"], "lines": [came]},
    )  # fmt: skip
    piece = {"receipt_id": back["receipts"][0]["id"], "quantity": 1, "disposition": "restocked"}
    await shop.do("KIX", "POST", f"/returns/{back['id']}/inspect", {"pieces": [piece]})
    await drain()
    new = await shop.place(("BOWL", 1, 100))
    [work] = await shop.work("KIX")
    paid = await shop.do("support", "GET", f"/payments?order_id={old['id']}")
    due = await shop.do("support", "GET", f"/refunds?order_id={old['id']}")
    wish = {"name": "Ours", "kind": "threshold", "units": 0, "channel_id": shop.channel["id"]}
    rule = await shop.do("admin", "POST", "/selling-rules", wish)
    cart = {"external_id": "theirs", "lines": [{"sku": "BOWL", "quantity": 1}]}
    hold = await shop.do("site", "POST", "/holds", cart)
    made.has = {
        "hold_id": hold["id"],
        "order_id": new["id"],
        "line_id": new["lines"][0]["id"],
        "work_id": work["id"],
        "shipment_id": parcel["id"],
        "return_id": back["id"],
        "payment_id": paid["payments"][0]["id"],
        "refund_id": due["refunds"][0]["id"],
        "rule_id": rule["id"],
    }


SHARED = {
    "location_id",
    "sku",
    "group_code",
    "bin_code",
    "credential_id",
    "transfer_id",
    "count_id",
    "lot_id",
    "unit",
    "file_name",
    "import_id",
}
"""What belongs to no channel; credentials are for administrators."""


def parts(route) -> list[str]:
    """Return the names of what a path is filled with."""
    return [part[1:].split(":")[0] for part in route.path.split("/") if part.startswith("{")]


async def same_as_unknown(shop, who, route, has):
    """Demand that a thing that is not theirs is answered exactly like one that is not there."""
    names = parts(route)
    body = {**route.example} if route.body else {}
    body.pop("url", None)  # a target is looked up in the network before all else
    answers = []
    for ids in (has, {name: str(uuid4()) for name in names}):
        path = route.url(**{name: ids[name] for name in names}).removeprefix("/v1")
        answer = await shop.ask(who, route.method, path, body or None)
        text = answer.text
        for name in names:
            text = text.replace(ids[name], name)
        answers.append((answer.status_code, text))
    foreign, unknown = answers
    assert foreign == unknown
    assert foreign[0] == 404, f"{route}: {foreign}"


async def test_what_belongs_to_another_channel_is_not_there(world):
    asked = [route for route in GUARDED if route.policy.scope and set(parts(route)) - SHARED]
    closed = [route for route in asked if route.policy.all_channels]
    assert len(asked) - len(closed) > 20

    for route in closed:
        refused = await world.ours.ask("site", route.method, route.url().removeprefix("/v1"))
        assert refused.status_code == 403, route
    for route in asked:
        if route not in closed:
            await same_as_unknown(world.ours, "site", route, world.has)

    for name, value in world.has.items():
        assert value not in (await world.ours.ask("site", "GET", "/orders")).text, name
    await world.ours.verified()


async def test_no_list_shows_what_belongs_to_another_channel(world):
    lists = [route for route in GUARDED if route.method == "GET" and not parts(route)]
    for route in lists:
        if route.policy.scope is None or route.questioning:
            continue
        if route.policy.all_channels:
            assert (await world.ours.ask("site", "GET", route.path[3:])).status_code == 403
            continue
        path = route.path.removeprefix("/v1")
        filters = ["", f"?order_id={world.has['order_id']}"]
        known = route.handler.parsed_fn_signature.parameters
        for query in filters[: 2 if "order_id" in known else 1]:
            answer = await world.ours.ask("site", "GET", path + query)
            assert answer.status_code == 200, path
            for name, value in world.has.items():
                assert value not in answer.text, f"{path} shows {name}"


async def test_nothing_is_made_or_asked_in_the_name_of_another_channel(world):
    shop, foreign = world.ours, world.has["channel_id"]
    wish = {"order_line_id": world.has["line_id"], "quantity": 1, "reason": "unwanted"}
    credit = {"sku": "CUP", "unit_credit": {"amount": 1, "currency": "JPY"}}
    blind = {**credit, "quantity": 1, "reason": "unwanted"}
    asked = [
        ("POST", "/orders", shop.order(("CUP", 1, 1), channel_id=foreign)),
        ("POST", "/returns", {"order_id": world.has["order_id"], "lines": [wish]}),
        ("POST", "/returns", {"channel_id": foreign, "lines": [blind]}),
        ("POST", "/webhook-endpoints", {"url": "https://x.example", "channel_id": foreign}),
        ("PUT", f"/channel-buffers/{foreign}", {"units": 1}),
        ("GET", f"/availability?sku=CUP&channel_id={foreign}", None),
        ("GET", f"/availability/nearby?sku=CUP&channel_id={foreign}", None),
        ("GET", f"/availability/export.csv?channel_id={foreign}", None),
        ("GET", f"/availability/export.ndjson?channel_id={foreign}", None),
        ("GET", f"/availability/promise?sku=CUP&channel_id={foreign}", None),
    ]
    for method, path, body in asked:
        answer = await shop.ask("site", method, path, body)
        assert (answer.status_code, path) == (404, path)
        assert answer.json()["code"] in {"unknown_channel", "unknown_order"}


async def test_a_key_without_a_channel_reaches_every_channel(world):
    token = await routes.key(*Scope)
    bearer = {"authorization": f"Bearer {token}"}

    answer = await world.ours.client.get(f"/v1/orders/{world.has['order_id']}", headers=bearer)

    assert answer.status_code == 200


async def test_work_and_parcels_of_another_location_are_not_there(world):
    asked = [route for route in GUARDED if {"work_id", "shipment_id"} & set(parts(route))]
    assert len(asked) == 8

    for route in asked:
        await same_as_unknown(world.ours, "OSA", route, world.has)
    for path in ("/fulfillment-orders", "/shipments"):
        for query in ("", f"?order_id={world.has['order_id']}"):
            answer = await world.ours.ask("OSA", "GET", path + query)
            assert world.has["work_id"] not in answer.text
            assert world.has["shipment_id"] not in answer.text
    foreign = f"/fulfillment-orders?location_id={world.theirs.places['KIX']}"
    assert (await world.ours.do("OSA", "GET", foreign))["fulfillment_orders"] == []


async def test_stock_of_another_location_is_not_moved(neighbours):
    shop, unknown = neighbours.ours, str(uuid4())
    for path, line in [
        ("/stock/receipts", {"sku": "CUP", "quantity": 1}),
        ("/stock/adjustments", {"sku": "CUP", "on_hand": -1}),
    ]:
        told = []
        for location_id in (shop.places["TYO"], unknown):
            body = {"location_id": location_id, "lines": [line]}
            body |= {"reason": "correction"} if "adjust" in path else {}
            answer = await shop.ask("OSA", "POST", path, body)
            told.append((answer.status_code, answer.text.replace(location_id, "")))
        assert told[0] == told[1]
        assert told[0][0] == 404
    assert await shop.available("CUP") == 10


async def test_returns_are_not_received_or_inspected_for_another_location(neighbours):
    shop = neighbours.ours
    order = await shop.place(("CUP", 2, 100))
    [work] = await shop.work("TYO")
    await shop.ship("TYO", work)
    wish = {"order_line_id": order["lines"][0]["id"], "quantity": 2, "reason": "unwanted"}
    back = await shop.do("site", "POST", "/returns", {"order_id": order["id"], "lines": [wish]})
    path = f"/returns/{back['id']}"
    await shop.do("support", "POST", f"{path}/approve")
    came = {"lines": [{"return_line_id": back["lines"][0]["id"], "quantity": 2}]}

    here = await shop.ask(
        "OSA", "POST", f"{path}/receive", {"location_id": shop.places["TYO"], **came}
    )
    assert (here.status_code, here.json()["code"]) == (404, "unknown_location")

    back = await shop.do(
        "TYO", "POST", f"{path}/receive", {"location_id": shop.places["TYO"], **came}
    )
    piece = {"receipt_id": back["receipts"][0]["id"], "quantity": 2, "disposition": "restocked"}
    there = await shop.ask("OSA", "POST", f"{path}/inspect", {"pieces": [piece]})
    assert there.status_code == 404
    assert await shop.available("CUP") == 8
    await shop.verified()


async def test_the_answer_to_a_key_is_for_who_asked(neighbours):
    """Two clients that happen to send the same Idempotency-Key never see each other's answer."""
    ours, theirs, same = neighbours.ours, neighbours.theirs, uuid4().hex
    receipt = {"lines": [{"sku": "CUP", "quantity": 1}]}

    first = await ours.ask(
        "site", "POST", "/orders", ours.order(("CUP", 1, 1)), idempotency_key=same
    )
    order = theirs.order(("CUP", 1, 1))
    second = await theirs.ask("site", "POST", "/orders", order, idempotency_key=same)
    for code in ("TYO", "OSA"):
        body = {"location_id": ours.places[code], **receipt}
        answer = await ours.ask(code, "POST", "/stock/receipts", body, idempotency_key=same)
        assert answer.status_code == 201
        assert "idempotent-replayed" not in answer.headers

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert "idempotent-replayed" not in second.headers
