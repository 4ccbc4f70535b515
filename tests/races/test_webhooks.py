import asyncio
from datetime import timedelta

import pytest

from oms.kernel import clock, config, db
from oms.kernel.due import DueState
from oms.webhooks import messages, sending
from oms.webhooks.models import WebhookMessage
from tests.factories import webhook_endpoint, webhook_message
from tests.receiver import Receiver, listening


@pytest.fixture
async def receiver(monkeypatch):
    monkeypatch.setattr(config.settings(), "webhooks_allow_private", True)
    async with listening(Receiver()) as ready:
        yield ready


async def owed(url):
    async with db.transaction() as session:
        return await webhook_message(session, await webhook_endpoint(session, url=url))


async def test_twenty_workers_send_a_message_once(database, receiver):
    message = await owed(receiver.url)

    await asyncio.gather(*(sending.run(message.id) for _ in range(20)))

    assert len(receiver.requests) == 1


async def test_a_message_whose_worker_died_is_sent_again_with_the_same_id(database, receiver):
    message = await owed(receiver.url)
    async with db.transaction() as session:
        claimed = await messages.claim(session, message_id=message.id, now=clock.now())
    await sending.run(message.id)
    assert (claimed.message_id, receiver.requests) == (message.id, [])

    later = clock.now() + messages.LEASE + timedelta(seconds=1)
    clock.use(lambda: later)
    try:
        await sending.run(message.id)
    finally:
        clock.use(None)

    assert [one.headers["webhook-id"] for one in receiver.requests] == [str(message.id)]


async def test_asking_for_redelivery_while_it_is_sent_loses_nothing(database, receiver):
    message = await owed(receiver.url)

    async def redeliver():
        async with db.transaction() as session:
            await messages.redeliver(
                session, message_id=message.id, channel_id=None, now=clock.now()
            )

    await asyncio.gather(sending.run(message.id), *(redeliver() for _ in range(5)))
    await sending.run(message.id)

    async with db.transaction() as session:
        row = await session.get_one(WebhookMessage, message.id)
    assert row.status is DueState.DONE
    assert 1 <= len(receiver.requests) <= 2
