"""Payments and refunds over HTTP: who may see and do what, repeats, versions, webhooks."""

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app
from api.carrier_webhooks import MAX_BYTES
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.channels.models import Channel
from oms.kernel import clock, db, ids
from oms.kernel.inbox import InboxMessage
from oms.payments.gateways import sandbox
from tests.oms.payments import steps

WEBHOOK = "/v1/webhooks/payments/sandbox"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def client():
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


async def staff(*roles):
    """Return the headers of a member of staff, ready to be sent once."""
    async with db.transaction() as session:
        issued = await credentials.hire(session, name="Sato", roles=roles, location_ids=None)
    return {"authorization": f"Bearer {issued.token}", "idempotency-key": str(ids.new())}


async def site(channel_id=None, scopes=(Scope.PAYMENTS_READ,)):
    """Return the headers of a channel's own program."""
    async with db.transaction() as session:
        if channel_id is None:
            channel = Channel(code=ids.new().hex, name="Web", currency="JPY")
            session.add(channel)
            await session.flush()
            channel_id = channel.id
        issued = await credentials.issue_api_key(
            session, name="site", scopes=list(scopes), channel_id=channel_id
        )
    return {"authorization": f"Bearer {issued.token}"}


async def opened():
    """A channel to sell on."""
    async with db.transaction() as session:
        channel = Channel(code=ids.new().hex, name="Web", currency="JPY")
        session.add(channel)
    return channel.id


async def refused_refund(channel_id=None):
    """A refund the provider refused in the end, of an order paid with 1,000 yen."""
    order_id = await steps.paid("tok_refund_pending", channel_id=channel_id)
    refund = await steps.grant(order_id, 400)
    await steps.work()
    await steps.deliver(await steps.decide(reason="account_closed"))
    await steps.work()
    return refund


async def test_a_site_reads_the_payments_of_its_own_channel(client):
    channel_id = await opened()
    mine = await steps.paid(channel_id=channel_id)
    other = await steps.paid()
    await steps.grant(mine, 400)
    await steps.grant(other, 400, "return:2")
    await steps.work()
    shop = await site(channel_id)

    listed = (await client.get("/v1/payments", headers=shop)).json()
    owed = (await client.get("/v1/refunds", headers=shop)).json()
    foreign = (await steps.book(other)).payment.id
    answer = await client.get(f"/v1/payments/{foreign}", headers=shop)

    assert [one["order_id"] for one in listed["payments"]] == [str(mine)]
    assert [one["order_id"] for one in owed["refunds"]] == [str(mine)]
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_payment")


async def test_a_payment_shows_its_counters_and_operations_and_no_token(client):
    order_id = await steps.paid()
    payment = (await steps.book(order_id)).payment
    agent = await staff(Role.SUPPORT)

    answer = await client.get(f"/v1/payments/{payment.id}", headers=agent)

    shown = answer.json()
    assert answer.headers["etag"] == f'"{payment.version}"'
    assert (shown["status"], shown["captured"]) == ("captured", {"amount": 1000, "currency": "JPY"})
    assert [(one["kind"], one["status"]) for one in shown["operations"]] == [
        ("authorise", "succeeded"),
        ("capture", "succeeded"),
    ]
    assert shown["actions"] == []
    assert "token" not in answer.text


async def test_lists_are_filtered_and_paged(client):
    first = await steps.paid()
    await steps.pay("tok_declined")
    await steps.paid()
    agent = await staff(Role.SUPPORT)

    async def found(query):
        return (await client.get(f"/v1/payments?{query}", headers=agent)).json()

    page = await found("limit=2")
    rest = await found(f"limit=2&cursor={page['next_cursor']}")
    assert (len(page["payments"]), len(rest["payments"]), rest["next_cursor"]) == (2, 1, None)
    assert [one["order_id"] for one in (await found(f"order_id={first}"))["payments"]] == [
        str(first)
    ]
    assert len((await found("status=declined"))["payments"]) == 1
    for wrong in ("status=paid", "limit=0", "limit=500", "cursor=%00", "order=1"):
        answer = await client.get(f"/v1/payments?{wrong}", headers=agent)
        assert answer.status_code in (400, 422), wrong


async def test_a_refused_refund_is_retried_once_per_key(client):
    refund = await refused_refund()
    agent = await staff(Role.SUPPORT)
    (shown,) = (await client.get("/v1/refunds?status=failed", headers=agent)).json()["refunds"]
    assert shown["actions"] == ["retry", "settle"]

    first = await client.post(f"/v1/refunds/{refund.id}/retry", headers=agent)
    again = await client.post(f"/v1/refunds/{refund.id}/retry", headers=agent)
    await steps.work()
    await steps.deliver(await steps.decide())
    await steps.work()

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json()["status"] == "granted"
    (after,) = (await client.get("/v1/refunds", headers=agent)).json()["refunds"]
    assert (after["status"], after["processed"]["amount"], after["actions"]) == (
        "processed",
        400,
        [],
    )
    assert await steps.violations() == {}


async def test_a_refund_without_an_order_is_settled_by_hand_with_a_reference(client):
    refund = await steps.grant(None, 250)
    agent = await staff(Role.MANAGER)
    url = f"/v1/refunds/{refund.id}/settle"

    answer = await client.post(url, headers=agent, json={"reference": "transfer 17"})

    shown = answer.json()
    assert (answer.status_code, shown["status"]) == (200, "processed")
    assert (shown["settled_by_hand"]["amount"], shown["settlement"]) == (250, "transfer 17")
    assert shown["actions"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"reference": ""}, 422),
        ({"reference": "a\u0000b"}, 422),
        ({"reference": 5}, 422),
        ({"reference": "x", "amount": 1}, 422),
    ],
)
async def test_a_settlement_that_is_not_one_is_refused(client, body, status):
    refund = await steps.grant(None, 250)
    agent = await staff(Role.SUPPORT)

    answer = await client.post(f"/v1/refunds/{refund.id}/settle", headers=agent, json=body)

    assert answer.status_code == status
    assert (await steps.refund_of(refund.id)).status == "granted"


async def test_a_stale_version_changes_nothing(client):
    refund = await steps.grant(None, 250)
    agent = {**await staff(Role.SUPPORT), "if-match": '"7"'}

    answer = await client.post(
        f"/v1/refunds/{refund.id}/settle", headers=agent, json={"reference": "transfer 17"}
    )

    assert (answer.status_code, answer.json()["code"]) == (412, "refund_changed")
    assert (await steps.refund_of(refund.id)).status == "granted"


async def test_only_support_and_managers_move_money(client):
    refund = await steps.grant(None, 250)
    url, body = f"/v1/refunds/{refund.id}/settle", {"reference": "transfer 17"}
    key = {"idempotency-key": "1"}

    for who in (
        await staff(Role.WAREHOUSE),
        await staff(Role.STORE),
        {**await site(scopes=(Scope.PAYMENTS_WRITE,)), **key},
    ):
        assert (await client.post(url, headers=who, json=body)).status_code == 403
    assert (await client.post(url, headers=key, json=body)).status_code == 401
    assert (await client.get("/v1/refunds", headers=await staff(Role.STORE))).status_code == 403
    assert (await steps.refund_of(refund.id)).status == "granted"


async def test_a_failed_capture_is_retried_by_hand(client):
    order_id = await steps.pay("tok_capture_fails")
    await steps.capture(order_id, 600)
    await steps.work()
    payment = (await steps.book(order_id)).payment
    agent = await staff(Role.SUPPORT)
    before = (await client.get(f"/v1/payments/{payment.id}", headers=agent)).json()

    answer = await client.post(f"/v1/payments/{payment.id}/retry-capture", headers=agent)
    await steps.work()

    assert (before["actions"], answer.status_code) == (["retry_capture"], 200)
    assert answer.json()["actions"] == []
    assert await steps.counters(order_id) == ("captured", 1000, 600, 0)


async def test_a_signed_webhook_is_kept_answered_202_and_believed_later(client):
    order_id = await steps.pay("tok_late")
    told = await steps.decide()

    first = await client.post(WEBHOOK, headers=told.headers, content=told.body)
    again = await client.post(WEBHOOK, headers=told.headers, content=told.body)
    assert await steps.counters(order_id) == ("pending", 0, 0, 0)
    await steps.work()

    assert (first.status_code, first.json()) == (202, {"new": True})
    assert (again.status_code, again.json()) == (202, {"new": False})
    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)


async def test_a_webhook_without_its_signature_is_refused_and_not_kept(client):
    told = sandbox.signed(b"{}", message_id="msg_1", now=clock.now())

    for headers, body in (({}, told.body), (told.headers, b"{} "), (told.headers, b"\xff")):
        answer = await client.post(WEBHOOK, headers=headers, content=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature")
        assert answer.headers["content-type"] == "application/problem+json"

    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(InboxMessage)) == 0


async def test_a_webhook_for_nobody_or_without_end_is_refused(client):
    told = sandbox.signed(b"{}", message_id="msg_1", now=clock.now())

    for gateway in ("acme", "manual", "__init__"):
        url = f"/v1/webhooks/payments/{gateway}"
        answer = await client.post(url, headers=told.headers, content=told.body)
        assert answer.status_code == 404
    answer = await client.post(WEBHOOK, headers=told.headers, content=b" " * (MAX_BYTES + 1))
    assert answer.status_code == 413
