"""Garbage of every kind at every route: a 4xx problem, never a 5xx, and nothing is written."""

from itertools import product
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from api.app import MAX_BODY_BYTES, create_app
from oms.accounts import credentials
from oms.accounts.models import Role
from oms.kernel import db
from oms.kernel.tables import METADATA
from tests.api import garbage, routes

ROUTES = routes.all_of(create_app())
WITH_BODY = [route for route in ROUTES if route.body]
KEYED = [route for route in ROUTES if route.keyed]
VERSIONED = [route for route in ROUTES if route.versioned]
LISTS = [route for route in ROUTES if "cursor" in route.handler.parsed_fn_signature.parameters]
SIGNED = [route for route in ROUTES if route.path.startswith("/v1/webhooks/")]

TEXTS = {"sku", "skus", "external_id", "time_zone"}

COUNTS = " UNION ALL ".join(
    f"SELECT '{name}', count(*) FROM \"{name}\""  # noqa: S608 -- names of our own tables
    for name in METADATA.tables
)


@pytest.fixture
async def headers(database):
    """What an administrator sends with every request."""
    async with db.transaction() as session:
        made = await credentials.hire(session, name="Admin", roles=[Role.ADMIN], location_ids=None)
    return {"authorization": f"Bearer {made.token}", "idempotency-key": uuid4().hex}


@pytest.fixture
async def unchanged(headers):
    """Demand that no table has another number of rows afterwards."""
    before = await rows()
    yield
    assert await rows() == before


async def rows():
    async with db.reading() as connection:
        found = await connection.execute(text(COUNTS))
        return {name: count for name, count in found}  # noqa: C416 -- says what the rows are


async def send(client, route, content, given, **more) -> httpx.Response:
    headers = {"content-type": "application/json", **given, **more}
    return await client.request(route.method, route.url(), content=content, headers=headers)


def refused(answer, *, status=range(400, 500), why=""):
    """Demand a problem document that says what it is."""
    said = f"{why}: {answer.status_code} {answer.text[:300]}"
    assert answer.status_code in status, said
    assert answer.headers["content-type"] == "application/problem+json", said
    problem = answer.json()
    assert problem["status"] == answer.status_code, said
    assert all(problem[name] for name in ("type", "title", "code")), said
    return problem


async def test_bodies_that_are_none(client, unchanged, headers):
    for route, (name, body) in product(WITH_BODY, garbage.BODIES.items()):
        answer = await send(client, route, body, headers)
        refused(answer, status={400, 422}, why=f"{route}: {name}")


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
async def test_good_bodies_spoilt_in_one_place(client, unchanged, headers, route):
    route.body.read(route.good)
    for where, body in garbage.spoilt(route.body, route.example):
        problem = refused(await send(client, route, body, headers), status={400, 422}, why=where)
        assert problem["code"] in {"invalid_input", "invalid_json"}, where


async def test_bodies_of_another_content_type(client, unchanged, headers):
    for route, kind in product(WITH_BODY, garbage.CONTENT_TYPES):
        given = [*headers.items()]
        given += [] if kind is None else [("content-type", kind.encode("latin-1"))]
        answer = await client.request(route.method, route.url(), content=route.good, headers=given)
        problem = refused(answer, status={415}, why=f"{route}: {kind}")
        assert problem["code"] == "unsupported_media_type"


async def test_bodies_that_are_too_large(client, unchanged, headers):
    async def drops():
        for _ in range(MAX_BODY_BYTES // 100_000 + 1):
            yield b" " * 100_000

    for route in [*WITH_BODY, *SIGNED]:
        for body in (b" " * (MAX_BODY_BYTES + 1), drops()):
            refused(await send(client, route, body, headers), status={413}, why=str(route))


async def test_webhooks_of_strangers(client, unchanged):
    senders = ("sandbox", "manual", "nobody", "%00", "%ff", "x" * 500)
    for route, sender, (name, body) in product(SIGNED, senders, garbage.BODIES.items()):
        path = route.url(carrier=sender, gateway=sender)
        answer = await client.post(path, content=body, headers={"webhook-id": b"\xe9"})
        refused(answer, status={400, 401, 404, 422}, why=f"{name} from {sender}")


async def test_keys_that_are_none(client, unchanged, headers):
    del headers["idempotency-key"]
    bad = (b"", b'""', b"  ", b"x" * 256, b"x" * 300, "ключ".encode(), b"caf\xe9", b"a\tb")
    for route in KEYED:
        refused(await send(client, route, route.good, headers), status={400}, why=str(route))
        for key in bad:
            given = {**headers, "idempotency-key": key}
            answer = await send(client, route, route.good, given)
            problem = refused(answer, status={400}, why=f"{route}: {key!r}")
            assert problem["code"] == "idempotency_key_missing"


async def test_versions_that_are_none(client, unchanged, headers):
    bad = (b"x", b'"x"', b'"1", "2"', b"-1", b"1.0", b'"9999999999"', b"\xb2", b'""', b" ")
    for route, seen in product(VERSIONED, bad):
        answer = await send(client, route, route.good, {**headers, "if-match": seen})
        problem = refused(answer, status={400}, why=f"{route}: {seen!r}")
        assert problem["code"] == "invalid_version"


async def test_credentials_that_are_none(client, unchanged, headers):
    bad = ["", "Bearer", "Bearer oms_", "Bearer oms_a_b", "Basic YTpi", "Bearer ключ", "é"]
    bad += [f"Bearer oms_{'a' * 10_000}_b", headers["authorization"][:-1], "Bearer oms_\x01_b"]
    guarded = [route for route in ROUTES if not route.policy.public]
    for route, given in product(guarded, bad):
        answer = await send(client, route, b"{}", {"authorization": given.encode()})
        problem = refused(answer, status={401}, why=f"{route}: {given[:50]}")
        assert problem["code"] == "credentials_invalid"
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_query_parameters_nobody_knows(client, unchanged, headers):
    queries = ("surprise=1", "%00=1", "sku%5B%5D=1", "Limit=5", "limit%20=5", "=1")
    for route, query in product(ROUTES, queries):
        if not route.path.startswith(("/t/", "/problems/")):  # where mail programs hang their own
            path = f"{route.url()}?{query}"
            answer = await client.request(route.method, path, content=route.good, headers=headers)
            problem = refused(answer, status={400}, why=f"{route}: {query}")
            assert problem["code"] == "unknown_parameter"


async def test_list_parameters_that_are_none(client, unchanged, headers):
    cursors = ["x", "%00", "AAAA", "%ff", "%F0%9F%8D%A3", "", "A" * 10_000, "WzFd", "W10", "null"]
    limits = ["0", "201", "x", "1.5", "", "9" * 5000, "-1", "null", "5&limit=6"]
    bad = [f"cursor={cursor}" for cursor in cursors] + [f"limit={limit}" for limit in limits]
    for route, query in product(LISTS, bad):
        answer = await client.get(f"{route.url()}?{query}", headers=headers)
        refused(answer, why=f"{route}: {query[:50]}")


async def test_filters_that_are_none(client, unchanged, headers):
    """What is no filter must never be taken for "all"."""
    words = ("x", "", "%00", "%ff", "1", "null", "NULL")
    texts = ("%00", "%F0%9F%8D%A3%00", "%ED%A0%80%00")
    for route in (route for route in ROUTES if route.method == "GET"):
        known = set(route.handler.parsed_fn_signature.parameters)
        exact = known & {"order_id", "location_id", "channel_id", "status", "payment_status"}
        loose = {"sku" if name == "skus" else name for name in known & TEXTS}
        for name, bad in [*product(exact, words), *product(loose, texts)]:
            answer = await client.get(f"{route.url()}?{name}={bad}", headers=headers)
            refused(answer, why=f"{route}: {name}={bad}")


async def test_paths_that_lead_nowhere(client, unchanged, headers):
    del headers["idempotency-key"]
    bad = ("x", "%00", "%ff", "..", "0" * 32 + "x", "1" * 5000, "%E3%82%AB")
    for route, wrong in product(ROUTES, bad):
        names = [part[1:].split(":")[0] for part in route.path.split("/") if part[:1] == "{"]
        if names and not route.path.startswith(("/t/", "/problems/")):
            path = route.url(**dict.fromkeys(names, wrong))
            answer = await client.request(route.method, path, content=b"{}", headers=headers)
            refused(answer, why=f"{route}: {wrong[:50]}")


async def test_of_a_key_given_twice_the_last_counts(client, unchanged, headers):
    """RFC 8259 leaves it open; ours is what every JSON parser we know of does."""
    [route] = [one for one in WITH_BODY if one.path.endswith("{order_id:uuid}/cancel")]
    headers.pop("idempotency-key")

    good = await send(client, route, b'{"reason": "nonsense", "reason": "staff"}', headers)
    bad = await send(client, route, b'{"reason": "staff", "reason": "nonsense"}', headers)

    assert refused(good)["code"] == "idempotency_key_missing"
    assert refused(bad)["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/%00", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/v1/orders", 405),
        ("PATCH", "/v1/stock/receipts", 405),
        ("TRACE", "/v1/orders", 405),
        ("BREW", "/v1/orders", 405),
    ],
)
async def test_routes_that_are_none(client, unchanged, headers, method, path, status):
    refused(await client.request(method, path, headers=headers), status={status})


MOMENTS = [
    5,
    "5",
    "yesterday",
    "2025-03-01",
    "2025-03-01T00:00:00",
    "2025-02-30T00:00:00Z",
    "2025-03-01 00:00:00Z",
    "2025-03-01T00:00:00+99:00",
    "２０２５-03-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "99999-01-01T00:00:00Z",
]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_moments_that_are_none_or_beyond_all_calendars(shop, moment):
    await shop.open(stock={"CUP": {"TYO": 1}})
    await shop.token("site")
    before = await rows()

    order = shop.order(("CUP", 1, 1), placed_at=moment)
    key = {"name": "x", "scopes": ["orders:read"], "expires_at": moment}

    refused(await shop.ask("site", "POST", "/orders", order), status={422})
    refused(await shop.ask("admin", "POST", "/api-keys", key), status={422})
    assert await rows() == before


async def test_amounts_beyond_all_wealth(shop):
    await shop.open(stock={"CUP": {"TYO": 1}})
    most = 10**15
    for price, quantity in [(most, 1_000_000), (most, 2), (most + 1, 1)]:
        order = shop.order(("CUP", quantity, price))
        order["total"]["amount"] = min(order["total"]["amount"], most)
        refused(await shop.ask("site", "POST", "/orders", order), status={422}, why=str(price))
    assert (await shop.do("site", "GET", "/orders"))["orders"] == []

    placed = await shop.place(("CUP", 1, most))
    assert placed["total"]["amount"] == most
    await shop.verified()


async def test_the_longest_order_with_the_longest_words_is_taken(shop):
    await shop.open(stock={"CUP": {"TYO": 10_000}})
    order = shop.order(*[("CUP", 2, 1)] * 5000, external_id="あ" * 255)
    for line in order["lines"]:
        line["name"] = "🏺" * 100

    placed = await shop.do("site", "POST", "/orders", order)

    assert len(placed["lines"]) == 5000
    assert await shop.available("CUP") == 0
    refused(
        await shop.ask("site", "POST", "/orders", shop.order(*[("CUP", 1, 1)] * 5001)),
        status={422},
    )
