"""Returns over HTTP: who may do what, repeats, versions, and what is refused."""

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.channels.models import Channel
from oms.kernel import db, ids
from oms.payments.models import Refund
from returns.models import Return
from tests import factories

RETURNS = "/v1/returns"


@pytest.fixture
async def client(database):
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


async def staff(*roles, location_ids=None):
    """Return the headers of a member of staff."""
    async with db.transaction() as session:
        issued = await credentials.hire(
            session, name="Sato", roles=roles, location_ids=location_ids
        )
    return {"authorization": f"Bearer {issued.token}"}


async def site(channel_id):
    """Return the headers of a channel's own program."""
    scopes = [Scope.RETURNS_READ, Scope.RETURNS_WRITE]
    async with db.transaction() as session:
        issued = await credentials.issue_api_key(
            session, name="site", scopes=scopes, channel_id=channel_id
        )
    return {"authorization": f"Bearer {issued.token}"}


def keyed(who, **more):
    return {**who, "idempotency-key": str(ids.new()), **more}


async def shipped(*lines):
    """An order of a channel, and its only line unless told."""
    async with db.transaction() as session:
        channel = Channel(code=ids.new().hex, name="Web", currency="JPY")
        session.add(channel)
        await session.flush()
        order, rows = await factories.shipped_order(session, *lines, channel_id=channel.id)
        return order, rows[0]


async def place(**given):
    async with db.transaction() as session:
        return await factories.return_location(session, **given)


def wish(order, line, quantity=1, **more):
    unit = {"order_line_id": str(line.id), "quantity": quantity, "reason": "unwanted"}
    return {"order_id": str(order.id), "lines": [unit], **more}


async def requested(client, order, line, quantity=1) -> dict:
    who = await staff(Role.SUPPORT)
    answer = await client.post(RETURNS, headers=keyed(who), json=wish(order, line, quantity))
    assert answer.status_code == 201
    return answer.json()


async def opened(client, order, line, quantity=1) -> dict:
    asked = await requested(client, order, line, quantity)
    who = await staff(Role.SUPPORT)
    answer = await client.post(f"{RETURNS}/{asked['id']}/approve", headers=keyed(who))
    return answer.json()


async def count(table) -> int:
    async with db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def test_goods_come_back_and_so_does_the_money(client):
    order, line = await shipped({"ordered": 3, "unit_price": 100, "discount_amount": 10})
    shop, agent = await site(order.channel_id), await staff(Role.SUPPORT)
    store = await place()
    clerk = await staff(Role.STORE, location_ids=[store.id])

    asked = await client.post(RETURNS, headers=keyed(shop), json=wish(order, line, 2))
    assert (asked.status_code, asked.headers["etag"]) == (201, '"1"')
    assert asked.json()["actions"] == ["approve", "decline", "cancel"]
    at = f"{RETURNS}/{asked.json()['id']}"

    approved = await client.post(f"{at}/approve", headers=keyed(agent, **{"if-match": '"1"'}))
    assert (approved.status_code, approved.json()["status"]) == (200, "open")

    (expected,) = approved.json()["lines"]
    arrived = {
        "location_id": str(store.id),
        "lines": [{"return_line_id": expected["id"], "quantity": 1}],
    }
    received = await client.post(f"{at}/receive", headers=keyed(clerk), json=arrived)
    assert (received.status_code, received.json()["goods"]) == (200, "partially_received")
    assert received.json()["actions"] == ["receive", "inspect"]

    (receipt,) = received.json()["receipts"]
    piece = {"receipt_id": receipt["id"], "quantity": 1, "disposition": "restocked"}
    inspected = await client.post(f"{at}/inspect", headers=keyed(clerk), json={"pieces": [piece]})
    assert inspected.json()["refund"] == {"amount": 96, "currency": "JPY"}

    closed = await client.post(f"{at}/close", headers=keyed(agent))
    assert (closed.json()["status"], closed.json()["actions"]) == ("closed", [])
    assert (await client.get(at, headers=shop)).json() == closed.json()
    listed = await client.get(RETURNS, headers=shop, params={"order_id": str(order.id)})
    assert listed.json() == {"returns": [closed.json()], "next_cursor": None}


async def test_a_repeated_inspection_refunds_once(client):
    order, line = await shipped()
    store = await place()
    found = await opened(client, order, line)
    clerk = await staff(Role.STORE)
    at = f"{RETURNS}/{found['id']}"
    unit = {"return_line_id": found["lines"][0]["id"], "quantity": 1}
    arrived = {"location_id": str(store.id), "lines": [unit]}
    received = await client.post(f"{at}/receive", headers=keyed(clerk), json=arrived)
    receipt_id = received.json()["receipts"][0]["id"]
    piece = {"receipt_id": receipt_id, "quantity": 1, "disposition": "damaged"}
    once = keyed(clerk)

    first = await client.post(f"{at}/inspect", headers=once, json={"pieces": [piece]})
    again = await client.post(f"{at}/inspect", headers=once, json={"pieces": [piece]})

    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert await count(Refund) == 1


async def test_asking_needs_an_idempotency_key(client):
    order, line = await shipped()
    who = await site(order.channel_id)

    answer = await client.post(RETURNS, headers=who, json=wish(order, line))

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert await count(Return) == 0


async def test_another_channel_sees_and_asks_nothing(client):
    order, line = await shipped()
    found = await requested(client, order, line)
    stranger = await site(ids.new())
    at = f"{RETURNS}/{found['id']}"

    assert (await client.get(at, headers=stranger)).status_code == 404
    cancelled = await client.post(f"{at}/cancel", headers=keyed(stranger))
    assert (cancelled.status_code, cancelled.json()["code"]) == (404, "unknown_return")
    asked = await client.post(RETURNS, headers=keyed(stranger), json=wish(order, line))
    assert (asked.status_code, asked.json()["code"]) == (404, "unknown_order")
    assert (await client.get(RETURNS, headers=stranger)).json()["returns"] == []
    assert await count(Return) == 1
    mine = await client.get(at, headers=await site(order.channel_id))
    assert mine.json()["status"] == "requested"


async def test_the_floor_decides_nothing(client):
    for who in (await staff(Role.WAREHOUSE), await staff(Role.STORE)):
        for verb in ("approve", "decline", "close"):
            answer = await client.post(f"{RETURNS}/{ids.new()}/{verb}", headers=keyed(who), json={})
            assert answer.status_code == 403


async def test_goods_are_handled_where_they_are(client):
    for who in (await staff(Role.SUPPORT), await site(None)):
        for verb in ("receive", "inspect"):
            answer = await client.post(f"{RETURNS}/{ids.new()}/{verb}", headers=keyed(who), json={})
            assert answer.status_code == 403


async def test_a_clerk_receives_nowhere_else(client):
    order, line = await shipped()
    found = await opened(client, order, line)
    mine, other = await place(), await place()
    clerk = await staff(Role.STORE, location_ids=[mine.id])
    unit = {"return_line_id": found["lines"][0]["id"], "quantity": 1}
    body = {"location_id": str(other.id), "lines": [unit]}

    answer = await client.post(f"{RETURNS}/{found['id']}/receive", headers=keyed(clerk), json=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_location")


async def test_a_stale_decision_is_refused(client):
    order, line = await shipped()
    found = await opened(client, order, line)
    late = keyed(await staff(Role.SUPPORT), **{"if-match": '"1"'})

    answer = await client.post(f"{RETURNS}/{found['id']}/close", headers=late)

    assert (answer.status_code, answer.json()["code"]) == (412, "return_changed")


async def test_what_cannot_come_back_is_named(client):
    order, line = await shipped({"ordered": 2})
    who = await site(order.channel_id)

    answer = await client.post(RETURNS, headers=keyed(who), json=wish(order, line, 3))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_returnable")
    assert answer.json()["lines"] == [{"line_id": str(line.id), "wanted": 3, "returnable": 2}]
    assert await count(Return) == 0


async def test_a_credit_note_posted_twice_names_the_first(client):
    order, line = await shipped()
    who = await site(order.channel_id)
    body = wish(order, line, external_id="C536379")
    first = await client.post(RETURNS, headers=keyed(who), json=body)

    again = await client.post(RETURNS, headers=keyed(who), json=body)

    assert (again.status_code, again.json()["code"]) == (409, "return_exists")
    assert again.json()["return_id"] == first.json()["id"]
    assert again.json()["number"] == first.json()["number"]


async def test_goods_without_an_order_come_back_blind(client):
    order, line = await shipped()
    credit = {"amount": 150, "currency": "JPY"}
    unit = {"sku": line.sku, "quantity": 2, "unit_credit": credit, "reason": "unknown"}
    mine, agent = await site(order.channel_id), await staff(Role.SUPPORT)

    asked = await client.post(RETURNS, headers=keyed(mine), json={"lines": [unit]})
    named = {"channel_id": str(order.channel_id), "lines": [unit]}
    also = await client.post(RETURNS, headers=keyed(agent), json=named)

    for answer in (asked, also):
        assert answer.status_code == 201
        assert (answer.json()["order_id"], answer.json()["channel_id"]) == (
            None,
            str(order.channel_id),
        )
        assert answer.json()["lines"][0]["unit_credit"] == credit


async def test_a_blind_return_needs_a_channel_of_ones_own_and_its_currency(client):
    order, line = await shipped()
    unit = {"sku": line.sku, "quantity": 1, "reason": "unknown"}
    yen = {"lines": [{**unit, "unit_credit": {"amount": 1, "currency": "JPY"}}]}
    pounds = {"lines": [{**unit, "unit_credit": {"amount": 1, "currency": "GBP"}}]}
    mine, agent = await site(order.channel_id), await staff(Role.SUPPORT)

    nowhere = await client.post(RETURNS, headers=keyed(agent), json=yen)
    elsewhere = await client.post(
        RETURNS, headers=keyed(mine), json={**yen, "channel_id": str(ids.new())}
    )
    foreign = await client.post(RETURNS, headers=keyed(mine), json=pounds)

    assert nowhere.json()["code"] == "channel_missing"
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "unknown_channel")
    assert foreign.json()["code"] == "wrong_currency"
    assert await count(Return) == 0


LINE = {"order_line_id": str(ids.new()), "quantity": 1, "reason": "unwanted"}
CREDIT = {"amount": 1, "currency": "JPY"}
BLIND = {"sku": "A", "quantity": 1, "reason": "unknown", "unit_credit": CREDIT}


NONSENSE = [
    {"lines": [LINE]},
    {"order_id": str(ids.new()), "lines": []},
    {"order_id": str(ids.new()), "lines": [{**LINE, "sku": "A", "unit_credit": CREDIT}]},
    {"order_id": str(ids.new()), "channel_id": str(ids.new()), "lines": [LINE]},
    {"order_id": str(ids.new()), "lines": [{**LINE, "quantity": 0}]},
    {"order_id": str(ids.new()), "lines": [{**LINE, "quantity": "1"}]},
    {"order_id": str(ids.new()), "lines": [{**LINE, "reason": "bored"}]},
    {"order_id": str(ids.new()), "lines": [LINE], "note": "a\x00b"},
    {"order_id": str(ids.new()), "lines": [LINE], "surprise": 1},
    {"lines": [{"sku": "A", "quantity": 1, "reason": "unknown"}]},
    {"lines": [{**BLIND, "unit_credit": {**CREDIT, "amount": -1}}]},
    {"lines": [{**BLIND, "order_line_id": LINE["order_line_id"]}]},
]


async def test_a_wish_that_makes_no_sense_is_refused(client):
    who = await staff(Role.SUPPORT)

    for body in NONSENSE:
        answer = await client.post(RETURNS, headers=keyed(who), json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), body
        assert answer.json()["errors"]

    assert await count(Return) == 0
