import pytest

from oms.kernel import checks, clock, ids
from oms.webhooks import messages
from oms.webhooks.checks import CHECKS
from oms.webhooks.messages import Outcome
from oms.webhooks.states import MESSAGE
from tests.factories import event_row, webhook_endpoint, webhook_message

BY_NAME = {one.name: one for one in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_every_check_holds_of_messages_as_they_should_be(session, check):
    message = await webhook_message(session, await webhook_endpoint(session))
    outcome = Outcome(status_code=200, error=None, duration_ms=1)
    await messages.note(session, message_id=message.id, outcome=outcome, now=clock.now())
    await session.flush()

    found = await checks.run(session, check)

    assert (found.rows, found.offenders) == (1, [])


async def test_an_overdue_message_is_found(session):
    message = await webhook_message(session, await webhook_endpoint(session))
    message.next_at = clock.now().replace(year=2020)
    await session.flush()

    found = await checks.run(session, BY_NAME["webhooks.sent_or_due"])

    assert found.offenders == [f"{message.id} test.happened"]


async def test_a_message_called_delivered_without_an_attempt_is_found(session):
    message = await webhook_message(session, await webhook_endpoint(session))
    MESSAGE.move(message, "finish")
    message.done_at = clock.now()
    await session.flush()

    found = await checks.run(session, BY_NAME["webhooks.delivered_by_an_attempt"])

    assert found.offenders == [str(message.id)]


async def test_a_message_to_another_channel_is_found(session):
    endpoint = await webhook_endpoint(session)
    event = await event_row(session, channel_id=ids.new())
    await messages.owe(session, event=event, payload=b"{}")
    endpoint.channel_id = ids.new()
    await session.flush()

    found = await checks.run(session, BY_NAME["webhooks.stay_in_their_channel"])

    assert len(found.offenders) == 1
