"""Webhook endpoints over HTTP: the secret once, whose they are, and what is refused."""

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.channels.models import Channel
from oms.kernel import clock, config, db, ids
from oms.webhooks import messages
from oms.webhooks.messages import Outcome
from oms.webhooks.models import WebhookEndpoint
from tests.factories import webhook_endpoint, webhook_message

ENDPOINTS = "/v1/webhook-endpoints"
MESSAGES = "/v1/webhook-messages"
HERE = "http://127.0.0.1:9/hooks"


@pytest.fixture
async def client(database):
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


@pytest.fixture
def private_allowed(monkeypatch):
    monkeypatch.setattr(config.settings(), "webhooks_allow_private", True)


async def channel():
    async with db.transaction() as session:
        row = Channel(code=ids.new().hex, name="Web", currency="JPY")
        session.add(row)
    return row.id


async def key(channel_id=None, scope=Scope.WEBHOOKS):
    async with db.transaction() as session:
        issued = await credentials.issue_api_key(
            session, name="erp", scopes=[scope], channel_id=channel_id
        )
    return {"authorization": f"Bearer {issued.token}"}


async def staff(*roles):
    async with db.transaction() as session:
        issued = await credentials.hire(session, name="Sato", roles=roles, location_ids=None)
    return {"authorization": f"Bearer {issued.token}"}


async def made(**given):
    async with db.transaction() as session:
        return await webhook_endpoint(session, **given)


async def taken(endpoint):
    async with db.transaction() as session:
        message = await webhook_message(session, endpoint)
        outcome = Outcome(status_code=200, error=None, duration_ms=3)
        await messages.note(session, message_id=message.id, outcome=outcome, now=clock.now())
    return message


async def count():
    async with db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(WebhookEndpoint))


async def test_the_secret_is_shown_once(client, private_allowed):
    who = await key(await channel())
    asked = {"url": HERE, "events": ["order.*"], "description": "ERP"}

    answer = await client.post(ENDPOINTS, headers=who, json=asked)

    assert answer.status_code == 201
    fresh = answer.json()
    assert fresh["secret"].startswith("whsec_")
    assert (fresh["active"], fresh["actions"]) == (True, ["change", "disable", "delete"])
    again = await client.get(f"{ENDPOINTS}/{fresh['id']}", headers=who)
    assert again.json() == {name: value for name, value in fresh.items() if name != "secret"}
    assert again.headers["etag"] == '"1"'
    listed = await client.get(ENDPOINTS, headers=who)
    assert listed.json() == {"endpoints": [again.json()], "next_cursor": None}


async def test_a_key_of_a_channel_cannot_ask_for_another(client, private_allowed):
    mine, other = await channel(), await channel()

    answer = await client.post(
        ENDPOINTS, headers=await key(mine), json={"url": HERE, "channel_id": str(other)}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_channel")
    assert await count() == 0


async def test_staff_choose_the_channel_and_it_must_exist(client, private_allowed):
    manager, mine = await staff(Role.MANAGER), await channel()

    answer = await client.post(
        ENDPOINTS, headers=manager, json={"url": HERE, "channel_id": str(mine)}
    )
    assert answer.json()["channel_id"] == str(mine)

    answer = await client.post(
        ENDPOINTS, headers=manager, json={"url": HERE, "channel_id": str(ids.new())}
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_channel")
    assert await count() == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/hooks", "target_refused"),
        ("https://169.254.169.254/latest/meta-data/", "target_refused"),
        ("https://localhost/", "target_refused"),
        ("https://[::ffff:10.0.0.1]/", "target_refused"),
        ("http://1.1.1.1/", "target_refused"),
        ("https://user:secret@1.1.1.1/", "target_refused"),
        ("https://nowhere.invalid/", "target_not_found"),
        ("", "invalid_input"),
    ],
)
async def test_a_target_that_is_not_public_is_refused_with_the_reason(client, url, code):
    answer = await client.post(ENDPOINTS, headers=await key(), json={"url": url})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await count() == 0


async def test_an_unknown_event_is_refused_by_name(client, private_allowed):
    answer = await client.post(
        ENDPOINTS, headers=await key(), json={"url": HERE, "events": ["order.plcaed"]}
    )

    assert (answer.status_code, answer.json()["unknown"]) == (422, ["order.plcaed"])


async def test_another_channels_endpoint_is_not_there(client):
    endpoint = await made(channel_id=await channel())
    message = await taken(endpoint)
    stranger, path = await key(await channel()), f"{ENDPOINTS}/{endpoint.id}"

    answers = [
        await client.get(path, headers=stranger),
        await client.patch(path, headers=stranger, json={"active": False}),
        await client.delete(path, headers=stranger),
        await client.get(f"{path}/messages", headers=stranger),
        await client.get(f"{MESSAGES}/{message.id}", headers=stranger),
        await client.post(f"{MESSAGES}/{message.id}/redeliver", headers=stranger),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    async with db.transaction() as session:
        kept = await session.get_one(WebhookEndpoint, endpoint.id)
    assert (kept.version, kept.deleted_at) == (endpoint.version, None)


async def test_only_who_may_can_ask(client):
    wrong_key, packer = await key(scope=Scope.ORDERS_READ), await staff(Role.WAREHOUSE)

    assert (await client.get(ENDPOINTS)).status_code == 401
    assert (await client.get(ENDPOINTS, headers=wrong_key)).status_code == 403
    assert (await client.get(ENDPOINTS, headers=packer)).status_code == 403


async def test_an_endpoint_is_changed_in_its_present_version_only(client):
    who, endpoint = await key(), await made()
    path = f"{ENDPOINTS}/{endpoint.id}"

    answer = await client.patch(
        path, headers={**who, "if-match": '"1"'}, json={"active": False, "events": ["return.*"]}
    )
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["active"], answer.json()["events"]) == (False, ["return.*"])
    assert answer.json()["actions"] == ["change", "enable", "delete"]

    stale = await client.patch(
        path, headers={**who, "if-match": '"1"'}, json={"description": "late"}
    )
    assert (stale.status_code, stale.json()["version"]) == (412, 2)


async def test_a_deleted_endpoint_is_gone(client):
    who, endpoint = await key(), await made()
    path = f"{ENDPOINTS}/{endpoint.id}"

    assert (await client.delete(path, headers=who)).status_code == 204

    assert (await client.get(path, headers=who)).status_code == 404
    assert (await client.delete(path, headers=who)).status_code == 404


async def test_messages_show_their_attempts_and_are_sent_again_by_request(client):
    who, endpoint = await key(), await made()
    message = await taken(endpoint)

    listed = (await client.get(f"{ENDPOINTS}/{endpoint.id}/messages", headers=who)).json()
    assert [(one["id"], one["status"]) for one in listed["messages"]] == [(str(message.id), "done")]

    detail = (await client.get(f"{MESSAGES}/{message.id}", headers=who)).json()
    assert [(one["status_code"], one["duration_ms"]) for one in detail["tried"]] == [(200, 3)]

    again = await client.post(f"{MESSAGES}/{message.id}/redeliver", headers=who)
    assert (again.status_code, again.json()["status"]) == (202, "due")
    assert "payload" not in again.json()
