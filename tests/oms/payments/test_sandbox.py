import asyncio

import pytest

from oms.kernel import clock, ids
from oms.payments.gateways import Answer, Request, sandbox
from oms.payments.gateways.sandbox import NotPending


def asked(payment_id, *, amount=1000, token=None, reference=None, currency="JPY"):
    return Request(
        key=ids.new(),
        payment_id=payment_id,
        amount=amount,
        currency=currency,
        token=token,
        reference=reference or f"sb_{payment_id.hex}",
    )


async def authorised(token="tok_ok"):
    payment_id = ids.new()
    await sandbox.gateway.authorise(asked(payment_id, token=token))
    return payment_id


async def test_the_provider_refuses_more_than_is_authorised(database):
    payment_id = await authorised()
    await sandbox.gateway.capture(asked(payment_id, amount=700))

    outcome = await sandbox.gateway.capture(asked(payment_id, amount=301))

    assert (outcome.status, outcome.reason) == (Answer.FAILED, "only_300_left")


async def test_the_provider_refuses_to_send_back_more_than_it_took(database):
    payment_id = await authorised()
    await sandbox.gateway.capture(asked(payment_id, amount=700))
    await sandbox.gateway.refund(asked(payment_id, amount=600))

    outcome = await sandbox.gateway.refund(asked(payment_id, amount=101))

    assert (outcome.status, outcome.reason) == (Answer.FAILED, "only_100_left")


async def test_what_was_let_go_cannot_be_taken(database):
    payment_id = await authorised()
    await sandbox.gateway.void(asked(payment_id))

    outcome = await sandbox.gateway.capture(asked(payment_id, amount=1))

    assert outcome.reason == "only_0_left"


async def test_a_payment_or_currency_it_never_saw_is_refused(database):
    payment_id = await authorised()

    unknown = await sandbox.gateway.capture(asked(ids.new()))
    other = await sandbox.gateway.capture(asked(payment_id, currency="USD"))

    assert {unknown.reason, other.reason} == {"unknown_payment"}


async def test_refunds_at_once_never_send_more_than_was_taken(database):
    payment_id = await authorised()
    await sandbox.gateway.capture(asked(payment_id))
    wishes = [asked(payment_id, amount=70) for _ in range(16)]

    outcomes = await asyncio.gather(*(sandbox.gateway.refund(one) for one in wishes))

    assert sum(one.status is Answer.SUCCEEDED for one in outcomes) == 14


async def test_a_late_answer_is_decided_once(database):
    await authorised("tok_late")
    (charge,) = await sandbox.pending()

    webhook = await sandbox.decide(key=sandbox.UUID(charge.key), now=clock.now())

    assert sandbox.gateway.read(webhook.body).outcome.status is Answer.SUCCEEDED
    assert await sandbox.pending() == []
    with pytest.raises(NotPending):
        await sandbox.decide(key=sandbox.UUID(charge.key), now=clock.now())


async def test_a_lost_answer_is_given_the_second_time(database):
    request = asked(ids.new(), token="tok_timeout")

    with pytest.raises(TimeoutError):
        await sandbox.gateway.authorise(request)

    assert (await sandbox.gateway.authorise(request)).status is Answer.SUCCEEDED
