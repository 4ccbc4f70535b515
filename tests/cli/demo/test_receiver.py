"""The integrator of the demonstration believes signed webhooks only, and counts each once."""

import base64
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook

from oms.cli.demo import chances, receiver
from oms.cli.demo.tally import Tally

SECRET = "whsec_" + base64.b64encode(b"a secret for tests only, of 32 b").decode()
BODY = b'{"type":"order.placed"}'


def signed(message_id, *, secret=SECRET):
    now = datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, BODY.decode()),
    }


@pytest.fixture
async def heard():
    tally = Tally()
    async with receiver.receiving(tally) as listener, httpx.AsyncClient(trust_env=False) as http:
        listener.secret = SECRET

        async def send(headers):
            response = await http.post(listener.url, headers=headers, content=BODY)
            return response.status_code

        yield tally, send


async def test_a_signed_webhook_counts_once_however_often_it_comes(heard):
    tally, send = heard

    assert [await send(signed("msg_1")), await send(signed("msg_1"))] == [204, 204]
    assert tally.counts == {"webhooks verified": 1, "webhooks told twice": 1}
    assert tally.surprises == []


async def test_a_wrong_signature_is_a_surprise(heard):
    tally, send = heard
    other = "whsec_" + base64.b64encode(b"another secret, also of 32 bytes").decode()

    assert await send(signed("msg_1", secret=other)) == 401
    assert tally.surprises == ["webhook msg_1 has a wrong signature"]
    assert tally.counts == {}


async def test_a_receiver_that_is_down_takes_the_second_attempt(heard):
    tally, send = heard
    unlucky = next(
        f"msg_{number}"
        for number in range(10_000)
        if chances.happens(receiver.DOWN_PER_MILLE, "down", f"msg_{number}")
    )

    assert [await send(signed(unlucky)), await send(signed(unlucky))] == [503, 204]
    assert tally.counts == {"webhooks not taken at first": 1, "webhooks verified": 1}
