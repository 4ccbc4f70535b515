"""What every gateway must do; a new one is tested by existing."""

import pytest

from oms.kernel import clock, ids
from oms.kernel.errors import DomainError
from oms.payments import gateways
from oms.payments.gateways import Answer, Request

FORGED = {
    "webhook-id": "msg_1",
    "webhook-timestamp": "1700000000",
    "webhook-signature": "v1,Zm9yZ2Vk",
}


@pytest.fixture(params=gateways.codes())
def gateway(request):
    return gateways.load(request.param)


def asked(before=None, *, amount=1000, reference=None):
    """A new request, about the same payment as the one before."""
    return Request(
        key=ids.new(),
        payment_id=before.payment_id if before else ids.new(),
        amount=amount,
        currency="JPY",
        token="tok_ok",
        reference=reference,
    )


async def authorised(gateway):
    request = asked()
    outcome = await gateway.authorise(request)
    assert outcome.status is Answer.SUCCEEDED
    return request, outcome.reference


def test_there_are_gateways():
    assert gateways.codes() == ["manual", "sandbox"]


async def test_an_authorisation_names_the_payment(database, gateway):
    _, reference = await authorised(gateway)

    assert reference


async def test_a_payment_is_taken_and_sent_back(database, gateway):
    request, reference = await authorised(gateway)

    captured = await gateway.capture(asked(request, amount=600, reference=reference))
    refunded = await gateway.refund(asked(request, amount=200, reference=reference))
    voided = await gateway.void(asked(request, amount=400, reference=reference))

    assert [one.status for one in (captured, refunded, voided)] == [Answer.SUCCEEDED] * 3
    assert {one.reference for one in (captured, refunded, voided)} == {reference}


@pytest.mark.parametrize("verb", ["capture", "void"])
async def test_asking_the_same_key_twice_does_it_once(database, gateway, verb):
    request, reference = await authorised(gateway)
    again = asked(request, reference=reference)

    first = await getattr(gateway, verb)(again)
    second = await getattr(gateway, verb)(again)

    assert first == second
    assert first.status is Answer.SUCCEEDED


async def test_a_refund_asked_twice_is_sent_once(database, gateway):
    request, reference = await authorised(gateway)
    await gateway.capture(asked(request, reference=reference))
    again = asked(request, reference=reference)

    assert await gateway.refund(again) == await gateway.refund(again)


async def test_an_unsigned_webhook_is_refused(gateway):
    with pytest.raises(DomainError) as refused:
        gateway.verify(headers=FORGED, body=b"{}", now=clock.now())

    assert refused.value.status_code in (401, 404)


@pytest.mark.parametrize("body", [b"", b"null", b"\xff", b"[" * 10_000, b'{"amount": NaN}'])
async def test_a_webhook_without_sense_is_refused_with_a_reason(gateway, body):
    with pytest.raises(DomainError):
        gateway.read(body)
