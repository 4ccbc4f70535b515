from datetime import timedelta

import pytest
from sqlalchemy import select

from oms.kernel import clock, ids
from oms.kernel.due import DueState
from oms.webhooks import messages, queries
from oms.webhooks.events import EndpointDeleted
from oms.webhooks.messages import SCHEDULE_SECONDS, EndpointDisabled, Outcome
from oms.webhooks.models import WebhookMessage
from oms.webhooks.queries import UnknownMessage
from tests.factories import event_row, webhook_endpoint, webhook_message

TAKEN = Outcome(status_code=204, error=None, duration_ms=12)
BROKEN = Outcome(status_code=500, error=None, duration_ms=12)


async def owed(session):
    return (await session.scalars(select(WebhookMessage))).all()


async def test_an_event_is_owed_to_every_endpoint_that_wants_it(session):
    channel_id, other = ids.new(), ids.new()
    wanting = [
        await webhook_endpoint(session),
        await webhook_endpoint(session, channel_id=channel_id, events=["test.*", "order.placed"]),
        await webhook_endpoint(session, channel_id=channel_id, events=["test.happened"]),
    ]
    await webhook_endpoint(session, channel_id=channel_id, events=["order.*"])
    await webhook_endpoint(session, channel_id=other)
    await webhook_endpoint(session, disabled_at=clock.now(), disabled_reason="off")
    await webhook_endpoint(session, deleted_at=clock.now())
    event = await event_row(session, channel_id=channel_id)

    assert await messages.owe(session, event=event, payload=b"{}") == 3

    rows = await owed(session)
    assert {row.endpoint_id for row in rows} == {endpoint.id for endpoint in wanting}
    assert {("webhook", row.id) for row in rows} <= set(session.info["wake"])


async def test_an_event_of_no_channel_reaches_only_endpoints_of_no_channel(session):
    everywhere = await webhook_endpoint(session)
    await webhook_endpoint(session, channel_id=ids.new())

    await messages.owe(session, event=await event_row(session), payload=b"{}")

    assert [row.endpoint_id for row in await owed(session)] == [everywhere.id]


async def test_owing_twice_is_owing_once(session):
    await webhook_endpoint(session)
    event = await event_row(session)
    await messages.owe(session, event=event, payload=b"{}")

    assert await messages.owe(session, event=event, payload=b"{}") == 0

    assert len(await owed(session)) == 1


async def test_nobody_is_told_where_others_listen(session):
    await webhook_endpoint(session)
    event = await event_row(session, EndpointDeleted(endpoint_id=ids.new()))

    assert await messages.owe(session, event=event, payload=b"{}") == 0


async def test_a_claimed_message_is_nobody_elses_until_its_lease_ends(session):
    row = await webhook_message(session, await webhook_endpoint(session))
    now = clock.now()

    letter = await messages.claim(session, message_id=row.id, now=now)
    await session.flush()

    assert letter.message_id == row.id
    claim = {"session": session, "message_id": row.id}
    assert await messages.claim(**claim, now=now + messages.LEASE) is None
    again = await messages.claim(**claim, now=now + messages.LEASE + timedelta(seconds=1))
    assert again == letter


async def test_a_letter_does_not_show_its_secret(session):
    endpoint = await webhook_endpoint(session)
    row = await webhook_message(session, endpoint)

    letter = await messages.claim(session, message_id=row.id, now=clock.now())

    assert endpoint.secret not in repr(letter)


async def test_a_message_to_a_disabled_endpoint_is_given_up_unsent(session):
    endpoint = await webhook_endpoint(session)
    row = await webhook_message(session, endpoint)
    endpoint.disabled_at = clock.now()
    await session.flush()

    assert await messages.claim(session, message_id=row.id, now=clock.now()) is None

    assert (row.status, row.reason) == (DueState.PARKED, "the endpoint is disabled")


async def test_a_taken_message_is_done(session):
    row = await webhook_message(session, await webhook_endpoint(session))
    now = clock.now()

    await messages.note(session, message_id=row.id, outcome=TAKEN, now=now)
    await session.flush()

    assert (row.status, row.attempts, row.done_at) == (DueState.DONE, 1, now)
    tried = await queries.attempts(session, message_id=row.id)
    assert [(one.status_code, one.error) for one in tried] == [(204, None)]


async def test_ten_attempts_over_three_days_and_then_it_is_given_up(session):
    row = await webhook_message(session, await webhook_endpoint(session))
    now, pauses = clock.now(), []

    while row.status is DueState.DUE:
        await messages.note(session, message_id=row.id, outcome=BROKEN, now=now)
        await session.flush()
        pauses.append(round((row.next_at - now).total_seconds()))
        now = row.next_at

    assert pauses[:-1] == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert sum(SCHEDULE_SECONDS) == 75 * 3600 + 35 * 60 + 5
    assert (row.attempts, row.status) == (10, DueState.PARKED)
    assert row.reason == "the target answered 500"
    assert len(await queries.attempts(session, message_id=row.id)) == 10


async def test_a_refused_target_is_not_asked_again(session):
    row = await webhook_message(session, await webhook_endpoint(session))
    refused = Outcome(status_code=None, error="not public", duration_ms=0, final=True)

    await messages.note(session, message_id=row.id, outcome=refused, now=clock.now())

    assert (row.status, row.reason) == (DueState.PARKED, "not public")


async def test_gone_disables_the_endpoint(session):
    endpoint = await webhook_endpoint(session)
    row = await webhook_message(session, endpoint)
    gone = Outcome(status_code=410, error=None, duration_ms=1)
    now = clock.now()

    await messages.note(session, message_id=row.id, outcome=gone, now=now)

    assert row.status is DueState.PARKED
    assert endpoint.disabled_at == now
    assert endpoint.disabled_reason == "the target answered 410 Gone"


async def test_gone_of_a_deleted_endpoint_is_noted_all_the_same(session):
    endpoint = await webhook_endpoint(session)
    row = await webhook_message(session, endpoint)
    endpoint.deleted_at = clock.now()
    await session.flush()
    gone = Outcome(status_code=410, error=None, duration_ms=1)

    await messages.note(session, message_id=row.id, outcome=gone, now=clock.now())

    assert row.status is DueState.PARKED


@pytest.mark.parametrize("outcome", [TAKEN, BROKEN])
async def test_a_message_is_sent_again_by_request_also_when_it_was_taken(session, outcome):
    row = await webhook_message(session, await webhook_endpoint(session))
    await messages.note(session, message_id=row.id, outcome=outcome, now=clock.now())
    await session.flush()
    session.info.pop("wake", None)
    now = clock.now()

    await messages.redeliver(session, message_id=row.id, channel_id=None, now=now)

    assert (row.status, row.attempts, row.next_at, row.done_at) == (DueState.DUE, 0, now, None)
    assert session.info["wake"] == [("webhook", row.id)]


async def test_nothing_is_sent_again_to_a_disabled_endpoint(session):
    endpoint = await webhook_endpoint(session)
    row = await webhook_message(session, endpoint)
    await messages.note(session, message_id=row.id, outcome=TAKEN, now=clock.now())
    endpoint.disabled_at = clock.now()
    await session.flush()

    with pytest.raises(EndpointDisabled):
        await messages.redeliver(session, message_id=row.id, channel_id=None, now=clock.now())

    assert row.status is DueState.DONE


async def test_another_channels_message_does_not_exist(session):
    row = await webhook_message(session, await webhook_endpoint(session))

    with pytest.raises(UnknownMessage):
        await messages.redeliver(session, message_id=row.id, channel_id=ids.new(), now=clock.now())


async def test_a_second_note_after_success_changes_nothing(session):
    row = await webhook_message(session, await webhook_endpoint(session))
    await messages.note(session, message_id=row.id, outcome=TAKEN, now=clock.now())
    await session.flush()

    await messages.note(session, message_id=row.id, outcome=BROKEN, now=clock.now())
    await session.flush()

    assert (row.status, row.attempts) == (DueState.DONE, 1)
    assert len(await queries.attempts(session, message_id=row.id)) == 2
