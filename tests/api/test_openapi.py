"""The API's document and its page: complete, true, and at home in a closed network."""

import json
import re

from api import document, problem_documents
from api.app import create_app
from api.examples import BODIES
from api.pages import reference
from oms.accounts.models import Role, Scope
from oms.kernel.events import Event
from tests.api import routes

APP = create_app()
TOLD = document.build(APP)
ROUTES = [one for one in routes.all_of(APP) if one.handler.resolve_include_in_schema()]


def operations():
    for path, methods in TOLD["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def operation(route):
    path = re.sub(r":\w+}", "}", route.path)
    return TOLD["paths"][path][route.method.lower()]


def test_the_document_is_openapi_3_1_and_tells_of_every_route():
    assert TOLD["openapi"].startswith("3.1.")
    assert len(list(operations())) == len(ROUTES)
    assert TOLD["info"]["license"]["identifier"] == "Apache-2.0"


def test_every_operation_says_what_it_does():
    names = set()
    for name, told in [*operations(), *((n, one["post"]) for n, one in TOLD["webhooks"].items())]:
        assert len(told["summary"]) > 8, name
        assert told["description"], name
        names.add(told["operationId"])
    assert len(names) == len(list(operations())) + len(TOLD["webhooks"])


def test_every_body_carries_an_example_that_passes():
    with_body = [route for route in ROUTES if route.body]
    assert {route.body for route in with_body} == set(BODIES)

    for route in with_body:
        told = operation(route)["requestBody"]["content"]["application/json"]
        assert route.body.read(json.dumps(told["example"]).encode()), route
        assert told["schema"] == {"$ref": f"#/components/schemas/{route.body.__name__}"}


def test_the_example_of_an_order_adds_up():
    [order] = [body for kind, body in BODIES.items() if kind.__name__ == "OrderIn"]
    goods = sum(line["quantity"] * line["unit_price"]["amount"] for line in order["lines"])
    discounts = sum(line["discount"]["amount"] for line in order["lines"])
    extras = order["shipping"]["amount"] + order["tax"]["amount"] - order["discount"]["amount"]

    assert goods - discounts + extras == order["total"]["amount"]


def test_every_rule_of_an_input_is_told():
    line, address = (TOLD["components"]["schemas"][name] for name in ("OrderLineIn", "AddressIn"))

    assert line["properties"]["quantity"] == {
        "maximum": 1_000_000,
        "minimum": 1,
        "title": "Quantity",
        "type": "integer",
    }
    assert address["properties"]["country"]["pattern"] == "^[A-Z]{2}$"
    assert line["additionalProperties"] is False
    assert set(line["required"]) == {"sku", "quantity", "unit_price"}


def test_keys_versions_and_policies_are_told():
    for route in ROUTES:
        told = operation(route)
        named = {part.get("$ref", "").rsplit("/", 1)[-1] for part in told["parameters"]}
        assert ("IdempotencyKey" in named) is route.keyed, route
        assert ("IfMatch" in named) is route.versioned, route
        let_in = {name for one in told["security"] for name in one["bearer"]}
        roles = set() if route.policy.public else route.policy.roles | {Role.ADMIN}
        scopes = {route.policy.scope} - {None}
        assert let_in == {*scopes, *(f"role:{role}" for role in roles)}, route
    assert {one for _, told in operations() for s in told["security"] for one in s["bearer"]} <= {
        *Scope, *(f"role:{role}" for role in Role),
    }  # fmt: skip


def test_refusals_are_told_as_problems_and_nothing_else_is():
    for name, told in operations():
        refusals = {status: part for status, part in told["responses"].items() if status[0] != "2"}
        assert {"400", "503"} <= refusals.keys(), name
        for status, part in refusals.items():
            response = TOLD["components"]["responses"][part["$ref"].rsplit("/", 1)[1]]
            assert set(response["content"]) == {"application/problem+json"}, f"{name} {status}"
    assert TOLD["components"]["schemas"]["Problem"]["required"] == [
        "type", "title", "status", "code",
    ]  # fmt: skip


def test_every_fact_that_may_be_sent_is_told():
    sent = {name for name in Event.known if not name.startswith(("webhook_endpoint.", "test."))}

    assert {name for name in TOLD["webhooks"] if not name.startswith("test.")} == sent
    assert {"order.placed", "shipment.delivered", "refund.processed"} <= sent
    body = TOLD["webhooks"]["order.placed"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"]["type"] == {"type": "string", "const": "order.placed"}
    assert body["schema"]["properties"]["data"]["properties"] == {
        "event": {
            "allOf": [
                {"$ref": "#/components/schemas/OrderPlaced"},
                {"$ref": "#/components/schemas/Recorded"},
            ]
        },
        "order": {"$ref": "#/components/schemas/OrderOut"},
    }


def test_every_reference_leads_somewhere_and_no_schema_is_left_over():
    used = set(re.findall(r'"\$ref": "#/components/(\w+/[\w.-]+)"', json.dumps(TOLD, default=str)))
    there = {
        f"{kind}/{name}"
        for kind in ("schemas", "responses", "parameters", "headers")
        for name in TOLD["components"][kind]
    }

    assert used == there
    assert not [name for name in there if "__" in name]


async def test_what_is_sent_is_what_is_told(shop):
    """A placed order and a refusal have exactly the members the document names."""
    await shop.open(stock={"CUP": {"TYO": 1}})
    placed = await shop.place(("CUP", 1, 100))
    answer = await shop.ask("site", "POST", "/orders", shop.order(("CUP", 1, 100)))

    schemas = TOLD["components"]["schemas"]
    assert placed.keys() == schemas["OrderOut"]["properties"].keys()
    assert placed["lines"][0].keys() == schemas["OrderLineOut"]["properties"].keys()
    assert set(schemas["Problem"]["required"]) <= answer.json().keys()
    assert answer.json()["code"] in {one.code for one in problem_documents.codes()}


async def test_the_document_is_served(client, app):
    answer = await client.get("/docs/openapi.json")

    assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    assert answer.json() == json.loads(json.dumps(reference.written(app), default=str))


async def test_the_page_loads_nothing_and_runs_nothing(client):
    answer = await client.get("/docs")

    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\son\w+=|\sstyle=", answer.text)
    assert set(re.findall(r'(?:href|src)="([^"#]*)', answer.text)) == {"/docs/openapi.json", ""}


async def test_the_page_tells_of_everything_the_document_does(client):
    html = (await client.get("/docs")).text

    for _, told in operations():
        assert f'id="{told["operationId"]}"' in html
    for name in TOLD["components"]["schemas"]:
        assert f'id="schema-{name}"' in html
    for one in problem_documents.codes():
        assert f'id="problem-{one.code}"' in html
    anchors = set(re.findall(r'href="#([^"]+)"', html))
    assert anchors <= set(re.findall(r'id="([^"]+)"', html))


async def test_the_type_of_a_problem_leads_to_what_is_said_of_it(client):
    refusal = (await client.get("/v1/orders")).json()

    answer = await client.get(refusal["type"])

    assert answer.status_code == 302
    assert answer.headers["location"] == "/docs#problem-credentials_invalid"
    assert (await client.get("/problems/%0d%0aset-cookie:x")).status_code == 404
