import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from oms.kernel import clock, db, ids
from oms.kernel.adapters import UnknownAdapter
from oms.kernel.due import DueState
from oms.kernel.jobs import JobRow
from oms.kernel.signatures import InvalidSignature
from oms.payments.gateways import NoWebhooks, sandbox
from oms.payments.gateways.sandbox import Webhook
from oms.payments.notices import MessageIdTooLong
from tests.oms.payments import steps


async def stored():
    async with db.transaction() as session:
        return await session.scalar(text("SELECT count(*) FROM inbox_message"))


async def interpretation():
    async with db.transaction() as session:
        (row,) = await session.scalars(select(JobRow).where(JobRow.name == "payments.interpret"))
        return row


async def test_a_wrong_signature_is_refused_and_nothing_is_kept(database):
    await steps.pay("tok_late")
    webhook = await steps.decide()
    forged = Webhook(webhook.headers, webhook.body.replace(b"1000", b"2000"))

    with pytest.raises(InvalidSignature) as refused:
        await steps.deliver(forged)

    assert refused.value.status_code == 401
    assert await stored() == 0


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_a_stale_timestamp_is_refused(database, age):
    webhook = sandbox.signed(b"{}", message_id="msg_1", now=clock.now() - age)

    with pytest.raises(InvalidSignature):
        await steps.deliver(webhook)

    assert await stored() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-timestamp": "NaN"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,ümlaut"},
        {"webhook-signature": "v1," * 5000},
    ],
)
async def test_headers_no_honest_sender_writes_are_refused(database, change):
    honest = sandbox.signed(b"{}", message_id="msg_1", now=clock.now())

    with pytest.raises(InvalidSignature):
        await steps.deliver(Webhook({**honest.headers, **change}, b"{}"))
    with pytest.raises(InvalidSignature):
        await steps.deliver(Webhook(honest.headers, b"\xff\xfe"))


async def test_one_of_several_signatures_is_enough_while_a_secret_changes(database):
    honest = sandbox.signed(b"{}", message_id="msg_1", now=clock.now())
    signatures = f"v1,b2xk {honest.headers['webhook-signature']}"

    new = await steps.deliver(Webhook({**honest.headers, "webhook-signature": signatures}, b"{}"))

    assert new is True


async def test_an_endless_message_id_is_refused(database):
    with pytest.raises(MessageIdTooLong):
        await steps.deliver(sandbox.signed(b"{}", message_id="m" * 256, now=clock.now()))


async def test_a_gateway_without_webhooks_or_unknown_is_not_found(database):
    webhook = sandbox.signed(b"{}", message_id="msg_1", now=clock.now())

    with pytest.raises(NoWebhooks):
        await steps.deliver(webhook, gateway="manual")
    with pytest.raises(UnknownAdapter):
        await steps.deliver(webhook, gateway="acme")


async def test_a_secret_of_the_operator_is_used(database, monkeypatch):
    monkeypatch.setenv("OMS_SANDBOX_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert sandbox.secret() == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.delenv("OMS_SANDBOX_WEBHOOK_SECRET")
    assert sandbox.secret() != "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def test_a_webhook_told_twice_counts_once(database):
    order_id = await steps.pay("tok_late")
    webhook = await steps.decide()

    assert [await steps.deliver(webhook) for _ in range(3)] == [True, False, False]
    await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised"]


async def test_the_same_news_under_another_id_counts_once(database):
    order_id = await steps.pay("tok_late")
    webhook = await steps.decide()
    again = sandbox.signed(webhook.body, message_id="msg_other", now=clock.now())

    await steps.deliver(webhook)
    await steps.deliver(again)
    await steps.work()

    assert await steps.facts(order_id) == ["payment.authorised"]


async def test_news_of_an_old_step_after_newer_ones_changes_nothing(database):
    order_id = await steps.pay("tok_late")
    webhook = await steps.decide()
    await steps.deliver(webhook)
    await steps.work()
    await steps.capture(order_id, 1000)
    await steps.close(order_id)
    await steps.work()

    await steps.deliver(sandbox.signed(webhook.body, message_id="msg_late", now=clock.now()))
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 1000)
    assert (await steps.facts(order_id)).count("payment.authorised") == 1


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"amount": 1}, "amount: ours 1000, theirs 1"),
        ({"currency": "USD"}, "currency: ours JPY, theirs USD"),
        ({"reference": "sb_other"}, "theirs sb_other"),
        ({"kind": "capture"}, "kind: ours authorise, theirs capture"),
    ],
)
async def test_a_webhook_about_other_money_is_not_believed(database, change, differs):
    order_id = await steps.pay("tok_late")
    told = json.loads((await steps.decide()).body)
    forged = json.dumps({**told, **change}).encode()

    await steps.deliver(sandbox.signed(forged, message_id="msg_1", now=clock.now()))
    await steps.work()

    assert await steps.counters(order_id) == ("pending", 0, 0, 0)
    assert await steps.facts(order_id) == []
    row = await interpretation()
    assert row.status is DueState.PARKED
    assert row.reason.startswith("NoticeMismatch")
    assert differs in row.reason


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b'{"key": 5}',
        b"[" * 100_000,
    ],
)
async def test_a_signed_message_without_sense_parks_with_its_reason(database, body):
    await steps.deliver(sandbox.signed(body, message_id="msg_1", now=clock.now()))
    await steps.work()

    row = await interpretation()
    assert row.status is DueState.PARKED
    assert row.reason.startswith("UnreadableNotice")


async def test_news_of_something_never_asked_waits_with_its_reason(database):
    told = {
        "key": str(ids.new()),
        "reference": "sb_1",
        "kind": "authorise",
        "status": "succeeded",
        "amount": 1000,
        "currency": "JPY",
        "reason": None,
    }
    body = json.dumps(told).encode()

    await steps.deliver(sandbox.signed(body, message_id="msg_1", now=clock.now()))
    await steps.work()

    assert (await interpretation()).reason.startswith("UnknownOperation")


async def test_a_gateway_that_contradicts_itself_is_told_and_changes_nothing(database):
    order_id = await steps.pay("tok_late")
    webhook = await steps.decide()
    told = {**json.loads(webhook.body), "status": "failed", "reason": "oops"}
    await steps.deliver(webhook)
    await steps.work()

    contrary = json.dumps(told).encode()
    await steps.deliver(sandbox.signed(contrary, message_id="msg_2", now=clock.now()))
    await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    async with db.transaction() as session:
        reasons = await session.scalars(select(JobRow.reason).where(JobRow.reason.is_not(None)))
        assert [one.split(":")[0] for one in reasons] == ["OutcomeContradicts"]
