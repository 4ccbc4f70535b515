"""Where carriers report, over HTTP."""

import httpx
import pytest
from sqlalchemy import func, select

from api.app import create_app
from api.carrier_webhooks import MAX_BYTES
from fulfillment.carriers import sandbox
from fulfillment.carriers.sandbox import Report
from oms.kernel import clock, db
from oms.kernel.inbox import InboxMessage

SANDBOX = "/v1/webhooks/carriers/sandbox"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def client():
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


def told():
    scan = Report(tracking_number="SB-1", scan_id="1", status="in_transit", occurred_at=clock.now())
    return sandbox.report(scan, now=clock.now())


async def kept():
    async with db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(InboxMessage))


async def test_a_signed_report_is_kept_once(client):
    headers, body = told()

    first = await client.post(SANDBOX, headers=headers, content=body)
    again = await client.post(SANDBOX, headers=headers, content=body)

    assert (first.status_code, first.json()) == (202, {"new": True})
    assert (again.status_code, again.json()) == (202, {"new": False})
    assert await kept() == 1


async def test_a_report_without_its_signature_is_refused(client):
    headers, body = told()

    for given, content in (({}, body), (headers, body + b" "), (headers, b"\xff")):
        answer = await client.post(SANDBOX, headers=given, content=content)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature")
        assert answer.headers["content-type"] == "application/problem+json"

    assert await kept() == 0


async def test_an_unknown_carrier_is_not_there(client):
    headers, body = told()

    answer = await client.post("/v1/webhooks/carriers/pigeon", headers=headers, content=body)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_adapter")


async def test_a_report_has_a_size(client):
    body = b" " * (MAX_BYTES + 1)
    headers = sandbox.CARRIER.sign(body=body, message_id="m", now=clock.now())

    answer = await client.post(SANDBOX, headers=headers, content=body)

    assert answer.status_code == 413
    assert await kept() == 0
