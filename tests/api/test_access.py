"""Who may do what, route by route; and nobody learns of what is not theirs."""

from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from litestar import Controller, get

from api import app as application
from api import policies
from api.app import create_app
from api.policies import PolicyMissing, allow
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.kernel import db
from tests.api import routes
from tests.drain import drain
from tests.factories import webhook_endpoint, webhook_message
from tests.shop import OSAKA, Shop

ROUTES = routes.all_of(create_app())
GUARDED = [route for route in ROUTES if not route.policy.public]
ANYBODY = {
    "GET /health/live",
    "GET /health/ready",
    "GET /problems/{code:str}",
    "GET /t/{token:str}",
    "GET /v1/state-machines",
    "POST /v1/webhooks/carriers/{carrier:str}",
    "POST /v1/webhooks/payments/{gateway:str}",
}
"""Open to the world: no secrets, or signed."""

NOBODY, BOSS, DESK = "", "manager", "support manager"
HANDS, COUNTER = "warehouse store manager", "store support manager"
STAFF = "warehouse store support manager"
POLICIES = {
    # route                                               scope of an API key   roles beside admin
    "POST /v1/api-keys":                                  ("-",                 NOBODY),
    "POST /v1/staff":                                     ("-",                 NOBODY),
    "POST /v1/credentials/{credential_id:uuid}/revoke":   ("-",                 NOBODY),
    "GET /v1/me":                                         ("orders:read",       STAFF),
    "GET /v1/availability":                               ("inventory:read",    STAFF),
    "PUT /v1/channel-buffers/{channel_id:uuid}":          ("inventory:write",   BOSS),
    "GET /v1/channels":                                   ("-",                 STAFF),
    "POST /v1/channels":                                  ("-",                 BOSS),
    "GET /v1/fulfillment-orders":                         ("fulfillment:read",  STAFF),
    "GET /v1/fulfillment-orders/{work_id:uuid}":          ("fulfillment:read",  STAFF),
    "POST /v1/fulfillment-orders/{work_id:uuid}/accept":  ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/pick":    ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/pack":    ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/ship":    ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/reject":  ("fulfillment:write", HANDS),
    "GET /v1/items":                                      ("inventory:read",    STAFF),
    "GET /v1/items/{sku:path}":                           ("inventory:read",    STAFF),
    "POST /v1/items":                                     ("inventory:write",   BOSS),
    "PATCH /v1/items/{sku:path}":                         ("inventory:write",   BOSS),
    "GET /v1/locations":                                  ("inventory:read",    STAFF),
    "GET /v1/locations/{location_id:uuid}":               ("inventory:read",    STAFF),
    "POST /v1/locations":                                 ("inventory:write",   BOSS),
    "PATCH /v1/locations/{location_id:uuid}":             ("inventory:write",   BOSS),
    "GET /v1/orders":                                     ("orders:read",       STAFF),
    "POST /v1/orders":                                    ("orders:write",      COUNTER),
    "GET /v1/orders/{order_id:uuid}":                     ("orders:read",       STAFF),
    "POST /v1/orders/{order_id:uuid}/cancel":             ("orders:write",      DESK),
    "POST /v1/orders/{order_id:uuid}/route":              ("orders:write",      DESK),
    "GET /v1/orders/{order_id:uuid}/routing":             ("orders:read",       STAFF),
    "GET /v1/orders/{order_id:uuid}/timeline":            ("orders:read",       STAFF),
    "GET /v1/orders/{order_id:uuid}/timeline-link":       ("orders:read",       STAFF),
    "GET /v1/payments":                                   ("payments:read",     DESK),
    "GET /v1/payments/{payment_id:uuid}":                 ("payments:read",     DESK),
    "POST /v1/payments/{payment_id:uuid}/retry-capture":  ("-",                 DESK),
    "GET /v1/refunds":                                    ("payments:read",     DESK),
    "POST /v1/refunds/{refund_id:uuid}/retry":            ("-",                 DESK),
    "POST /v1/refunds/{refund_id:uuid}/settle":           ("-",                 DESK),
    "GET /v1/returns":                                    ("returns:read",      STAFF),
    "POST /v1/returns":                                   ("returns:write",     COUNTER),
    "GET /v1/returns/{return_id:uuid}":                   ("returns:read",      STAFF),
    "POST /v1/returns/{return_id:uuid}/approve":          ("-",                 DESK),
    "POST /v1/returns/{return_id:uuid}/decline":          ("-",                 DESK),
    "POST /v1/returns/{return_id:uuid}/cancel":           ("returns:write",     DESK),
    "POST /v1/returns/{return_id:uuid}/receive":          ("-",                 HANDS),
    "POST /v1/returns/{return_id:uuid}/inspect":          ("-",                 HANDS),
    "POST /v1/returns/{return_id:uuid}/close":            ("-",                 DESK),
    "GET /v1/shipments":                                  ("fulfillment:read",  STAFF),
    "GET /v1/shipments/{shipment_id:uuid}":               ("fulfillment:read",  STAFF),
    "POST /v1/stock/adjustments":                         ("inventory:write",   HANDS),
    "POST /v1/stock/receipts":                            ("inventory:write",   HANDS),
    "GET /v1/stock/levels":                               ("inventory:read",    STAFF),
    "GET /v1/stock/movements":                            ("inventory:read",    STAFF),
    "GET /v1/webhook-endpoints":                          ("webhooks",          BOSS),
    "POST /v1/webhook-endpoints":                         ("webhooks",          BOSS),
    "GET /v1/webhook-endpoints/{endpoint_id:uuid}":       ("webhooks",          BOSS),
    "PATCH /v1/webhook-endpoints/{endpoint_id:uuid}":     ("webhooks",          BOSS),
    "DELETE /v1/webhook-endpoints/{endpoint_id:uuid}":    ("webhooks",          BOSS),
    "GET /v1/webhook-endpoints/{endpoint_id:uuid}/messages": ("webhooks",       BOSS),
    "GET /v1/webhook-messages/{message_id:uuid}":         ("webhooks",          BOSS),
    "POST /v1/webhook-messages/{message_id:uuid}/redeliver": ("webhooks",       BOSS),
}  # fmt: skip


def test_every_route_is_in_the_table_with_its_policy():
    declared = {
        str(route): (
            route.policy.scope or "-",
            " ".join(role for role in Role if role in route.policy.roles - {Role.ADMIN}),
        )
        for route in GUARDED
    }

    assert declared == POLICIES
    assert {str(route) for route in ROUTES if route.policy.public} == ANYBODY


async def key(*scopes, channel_id=None) -> str:
    async with db.transaction() as session:
        made = await credentials.issue_api_key(
            session, name="Key", scopes=list(scopes), channel_id=channel_id
        )
    return made.token


async def person(*roles) -> str:
    async with db.transaction() as session:
        made = await credentials.hire(session, name="Sato", roles=list(roles), location_ids=None)
    return made.token


async def knock(client, route, token=None):
    """Ask at a route's door: what is let in is refused only for what it says."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    content = None if route.method in {"GET", "DELETE"} else b"{"
    return await client.request(
        route.method, route.url(), content=content,
        headers={**headers, "content-type": "application/json"},
    )  # fmt: skip


def refused(answer, needs, route):
    told = answer.json()
    assert (answer.status_code, told["code"]) == (403, "not_allowed"), route
    assert told["needs"] == needs, route


async def test_nobody_comes_in_anywhere_without_a_credential(client):
    for route in GUARDED:
        answer = await knock(client, route)
        assert (answer.status_code, answer.json()["code"]) == (401, "credentials_invalid"), route


async def test_a_key_needs_the_scope_of_each_route_and_nothing_more(client):
    only = {scope: await key(scope) for scope in Scope}
    but = {scope: await key(*set(Scope) - {scope}) for scope in [*Scope, None]}

    for route in GUARDED:
        scope = route.policy.scope
        refused(await knock(client, route, but[scope]), [scope or "a staff token"], route)
        if scope is not None:
            answer = await knock(client, route, only[scope])
            assert answer.status_code not in {401, 403}, route


async def test_staff_need_one_of_the_roles_of_each_route(client):
    with_role = {role: await person(role) for role in Role}

    for route in GUARDED:
        roles = route.policy.roles | {Role.ADMIN}
        for role, token in with_role.items():
            answer = await knock(client, route, token)
            if role in roles:
                assert answer.status_code not in {401, 403}, f"{role} at {route}"
            else:
                refused(answer, sorted(roles), route)


async def test_a_revoked_credential_opens_nothing(shop):
    made = await shop.do("admin", "POST", "/api-keys", {"name": "x", "scopes": ["orders:read"]})
    bearer = {"authorization": f"Bearer {made['token']}"}
    assert (await shop.client.get("/v1/orders", headers=bearer)).status_code == 200

    await shop.do("admin", "POST", f"/credentials/{made['id']}/revoke")

    assert (await shop.client.get("/v1/orders", headers=bearer)).status_code == 401


class Forgotten(Controller):
    @get("/forgotten")
    async def read(self) -> None:
        """Say nothing of who may call."""


def test_an_app_with_a_route_that_has_no_policy_does_not_start(monkeypatch):
    monkeypatch.setattr(application, "CONTROLLERS", [*application.CONTROLLERS, Forgotten])

    with pytest.raises(PolicyMissing, match="/v1/forgotten"):
        create_app()

    policies.demand(create_app_with(Forgotten.read, monkeypatch))


def create_app_with(handler, monkeypatch):
    handler.opt.update(allow(Scope.ORDERS_READ))
    return create_app()


# --- channels and locations -----------------------------------------------------------------------


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
    made.has = {
        "order_id": new["id"],
        "line_id": new["lines"][0]["id"],
        "work_id": work["id"],
        "shipment_id": parcel["id"],
        "return_id": back["id"],
        "payment_id": paid["payments"][0]["id"],
        "refund_id": due["refunds"][0]["id"],
    }


SHARED = {"location_id", "sku", "credential_id"}
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
    assert len(asked) > 20

    for route in asked:
        await same_as_unknown(world.ours, "site", route, world.has)

    for name, value in world.has.items():
        assert value not in (await world.ours.ask("site", "GET", "/orders")).text, name
    await world.ours.verified()


async def test_no_list_shows_what_belongs_to_another_channel(world):
    lists = [route for route in GUARDED if route.method == "GET" and not parts(route)]
    for route in lists:
        if route.policy.scope is None or route.path == "/v1/availability":
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
    ]
    for method, path, body in asked:
        answer = await shop.ask("site", method, path, body)
        assert (answer.status_code, path) == (404, path)
        assert answer.json()["code"] in {"unknown_channel", "unknown_order"}


async def test_a_key_without_a_channel_reaches_every_channel(world):
    token = await key(*Scope)
    bearer = {"authorization": f"Bearer {token}"}

    answer = await world.ours.client.get(f"/v1/orders/{world.has['order_id']}", headers=bearer)

    assert answer.status_code == 200


async def test_work_and_parcels_of_another_location_are_not_there(world):
    asked = [route for route in GUARDED if {"work_id", "shipment_id"} & set(parts(route))]
    assert len(asked) == 7

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
