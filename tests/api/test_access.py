"""Who may do what, route by route; and nobody learns of what is not theirs."""

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
SHELVES = "warehouse manager"
STAFF = "warehouse store support manager"
POLICIES = {
    # route                                               scope of an API key   roles beside admin
    "POST /v1/api-keys":                                  ("-",                 NOBODY),
    "POST /v1/staff":                                     ("-",                 NOBODY),
    "POST /v1/credentials/{credential_id:uuid}/revoke":   ("-",                 NOBODY),
    "GET /v1/me":                                         ("orders:read",       STAFF),
    "GET /v1/availability":                               ("inventory:read",    STAFF),
    "POST /v1/availability":                              ("inventory:read",    STAFF),
    "GET /v1/availability/promise":                       ("inventory:read",    STAFF),
    "POST /v1/availability/promise":                      ("inventory:read",    STAFF),
    "GET /v1/availability/explain":                       ("inventory:read",    STAFF),
    "GET /v1/availability/nearby":                        ("inventory:read",    STAFF),
    "GET /v1/availability/export.csv":                    ("inventory:read",    STAFF),
    "GET /v1/availability/export.ndjson":                 ("inventory:read",    STAFF),
    "GET /v1/channel-buffers/{channel_id:uuid}":          ("inventory:read",    STAFF),
    "PUT /v1/channel-buffers/{channel_id:uuid}":          ("inventory:write",   BOSS),
    "GET /v1/selling-rules":                              ("inventory:read",    STAFF),
    "POST /v1/selling-rules":                             ("inventory:write",   BOSS),
    "GET /v1/selling-rules/{rule_id:uuid}":               ("inventory:read",    STAFF),
    "PATCH /v1/selling-rules/{rule_id:uuid}":             ("inventory:write",   BOSS),
    "GET /v1/backlog-limits":                             ("inventory:read",    STAFF),
    "PUT /v1/backlog-limits":                             ("inventory:write",   BOSS),
    "GET /v1/channels":                                   ("-",                 STAFF),
    "POST /v1/channels":                                  ("-",                 BOSS),
    "GET /v1/fulfillment-orders":                         ("fulfillment:read",  STAFF),
    "GET /v1/fulfillment-orders/{work_id:uuid}":          ("fulfillment:read",  STAFF),
    "GET /v1/fulfillment-orders/{work_id:uuid}/pick-list": ("fulfillment:read", STAFF),
    "POST /v1/fulfillment-orders/{work_id:uuid}/accept":  ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/pick":    ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/pack":    ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/ship":    ("fulfillment:write", HANDS),
    "POST /v1/fulfillment-orders/{work_id:uuid}/reject":  ("fulfillment:write", HANDS),
    "GET /v1/exports/{file_name:str}":                    ("inventory:read",    STAFF),
    "GET /v1/imports":                                    ("inventory:read",    BOSS),
    "POST /v1/imports/{file_name:str}":                   ("inventory:write",   BOSS),
    "GET /v1/imports/{import_id:uuid}":                   ("inventory:read",    BOSS),
    "GET /v1/imports/{import_id:uuid}/errors":            ("inventory:read",    BOSS),
    "POST /v1/imports/{import_id:uuid}/cancel":           ("inventory:write",   BOSS),
    "GET /v1/items":                                      ("inventory:read",    STAFF),
    "GET /v1/items/{sku:path}":                           ("inventory:read",    STAFF),
    "POST /v1/items":                                     ("inventory:write",   BOSS),
    "PATCH /v1/items/{sku:path}":                         ("inventory:write",   BOSS),
    "POST /v1/bulk/items":                                ("inventory:write",   BOSS),
    "GET /v1/identifiers":                                ("inventory:read",    STAFF),
    "GET /v1/scan":                                       ("inventory:read",    STAFF),
    "GET /v1/item-groups":                                ("inventory:read",    STAFF),
    "PUT /v1/item-groups/{group_code:str}":               ("inventory:write",   BOSS),
    "DELETE /v1/item-groups/{group_code:str}":            ("inventory:write",   BOSS),
    "GET /v1/locations":                                  ("inventory:read",    STAFF),
    "GET /v1/locations/{location_id:uuid}":               ("inventory:read",    STAFF),
    "POST /v1/locations":                                 ("inventory:write",   BOSS),
    "PATCH /v1/locations/{location_id:uuid}":             ("inventory:write",   BOSS),
    "POST /v1/locations/{location_id:uuid}/deactivate":   ("inventory:write",   BOSS),
    "GET /v1/locations/{location_id:uuid}/hours":         ("inventory:read",    STAFF),
    "PUT /v1/locations/{location_id:uuid}/hours":         ("inventory:write",   BOSS),
    "GET /v1/locations/{location_id:uuid}/bins":          ("inventory:read",    STAFF),
    "GET /v1/locations/{location_id:uuid}/bins/{bin_code:str}": ("inventory:read", STAFF),
    "PUT /v1/locations/{location_id:uuid}/bins/{bin_code:str}": ("inventory:write", SHELVES),
    "DELETE /v1/locations/{location_id:uuid}/bins/{bin_code:str}": ("inventory:write", SHELVES),
    "GET /v1/location-groups":                            ("inventory:read",    STAFF),
    "GET /v1/location-groups/{group_code:str}":           ("inventory:read",    STAFF),
    "PUT /v1/location-groups/{group_code:str}":           ("inventory:write",   BOSS),
    "DELETE /v1/location-groups/{group_code:str}":        ("inventory:write",   BOSS),
    "GET /v1/lots":                                       ("inventory:read",    STAFF),
    "POST /v1/lots/{lot_id:uuid}/quarantine": ("inventory:write", "manager"),
    "GET /v1/lots/{lot_id:uuid}/recall": ("orders:read", "support manager"),
    "POST /v1/lots/{lot_id:uuid}/recall": ("inventory:write", "manager"),
    "POST /v1/lots/{lot_id:uuid}/release": ("inventory:write", "manager"),
    "GET /v1/lots/{lot_id:uuid}":                         ("inventory:read",    STAFF),
    "GET /v1/lots/{lot_id:uuid}/trace":                   ("inventory:read",    STAFF),
    "POST /v1/lots/identifications":                      ("inventory:write",   HANDS),
    "GET /v1/serials/{unit:path}":                        ("inventory:read",    STAFF),
    "POST /v1/holds":                                     ("orders:write",      COUNTER),
    "GET /v1/holds/{hold_id:uuid}":                       ("orders:read",       STAFF),
    "PATCH /v1/holds/{hold_id:uuid}":                     ("orders:write",      COUNTER),
    "POST /v1/holds/{hold_id:uuid}/extend":               ("orders:write",      COUNTER),
    "POST /v1/holds/{hold_id:uuid}/release":              ("orders:write",      COUNTER),
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
    "GET /v1/purchase-orders":                          ("inventory:read",   STAFF),
    "POST /v1/purchase-orders":                         ("inventory:write",  BOSS),
    "GET /v1/purchase-orders/{purchase_order_id:uuid}": ("inventory:read",   STAFF),
    "PATCH /v1/purchase-orders/{purchase_order_id:uuid}": ("inventory:write",  BOSS),
    "POST /v1/purchase-orders/{purchase_order_id:uuid}/order": ("inventory:write",  BOSS),
    "POST /v1/purchase-orders/{purchase_order_id:uuid}/close": ("inventory:write",  BOSS),
    "POST /v1/purchase-orders/{purchase_order_id:uuid}/cancel": ("inventory:write",  BOSS),
    "GET /v1/purchase-orders/{purchase_order_id:uuid}/receipts": ("inventory:read",   STAFF),
    "POST /v1/purchase-orders/{purchase_order_id:uuid}/receipts": ("inventory:write",  HANDS),
    "POST /v1/purchase-orders/{purchase_order_id:uuid}/notices": ("inventory:write",  HANDS),
    "GET /v1/shipping-notices":                         ("inventory:read",   STAFF),
    "GET /v1/shipping-notices/{notice_id:uuid}":        ("inventory:read",   STAFF),
    "PATCH /v1/shipping-notices/{notice_id:uuid}":      ("inventory:write",  HANDS),
    "POST /v1/shipping-notices/{notice_id:uuid}/depart": ("inventory:write",  HANDS),
    "POST /v1/shipping-notices/{notice_id:uuid}/cancel": ("inventory:write",  HANDS),
    "POST /v1/shipping-notices/{notice_id:uuid}/receipts": ("inventory:write",  HANDS),
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
    "POST /v1/stock/set":                                 ("inventory:write",   HANDS),
    "POST /v1/stock/moves":                               ("inventory:write",   HANDS),
    "POST /v1/bulk/stock/adjustments":                    ("inventory:write",   HANDS),
    "POST /v1/stock/receipts":                            ("inventory:write",   HANDS),
    "GET /v1/stock/levels":                               ("inventory:read",    STAFF),
    "GET /v1/stock/movements":                            ("inventory:read",    STAFF),
    "GET /v1/count-plans":                                ("inventory:read",    STAFF),
    "PUT /v1/count-plans":                                ("inventory:write",   BOSS),
    "GET /v1/counts":                                     ("inventory:read",    STAFF),
    "POST /v1/counts":                                    ("inventory:write",   HANDS),
    "GET /v1/counts/{count_id:uuid}":                     ("inventory:read",    STAFF),
    "POST /v1/counts/{count_id:uuid}/entries":            ("inventory:write",   HANDS),
    "POST /v1/counts/{count_id:uuid}/submit":             ("inventory:write",   HANDS),
    "POST /v1/counts/{count_id:uuid}/recount":            ("-",                 BOSS),
    "POST /v1/counts/{count_id:uuid}/approve":            ("-",                 BOSS),
    "POST /v1/counts/{count_id:uuid}/cancel":             ("inventory:write",   HANDS),
    "GET /v1/transfers":                                  ("inventory:read",    STAFF),
    "POST /v1/transfers":                                 ("inventory:write",   HANDS),
    "GET /v1/transfers/{transfer_id:uuid}":               ("inventory:read",    STAFF),
    "POST /v1/transfers/{transfer_id:uuid}/reserve":      ("inventory:write",   HANDS),
    "POST /v1/transfers/{transfer_id:uuid}/pick":         ("inventory:write",   HANDS),
    "POST /v1/transfers/{transfer_id:uuid}/ship":         ("inventory:write",   HANDS),
    "POST /v1/transfers/{transfer_id:uuid}/receive":      ("inventory:write",   HANDS),
    "POST /v1/transfers/{transfer_id:uuid}/take-back":    ("inventory:write",   HANDS),
    "POST /v1/transfers/{transfer_id:uuid}/cancel":       ("inventory:write",   HANDS),
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
    only = {scope: await routes.key(scope) for scope in Scope}
    but = {scope: await routes.key(*set(Scope) - {scope}) for scope in [*Scope, None]}

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
