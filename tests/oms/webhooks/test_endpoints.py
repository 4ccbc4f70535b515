import base64
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from oms.kernel import events, ids
from oms.webhooks import endpoints, queries
from oms.webhooks.endpoints import Changes, TooManyEndpoints, UnknownEventPattern, Wish
from oms.webhooks.models import WebhookEndpoint
from oms.webhooks.queries import EndpointStale, UnknownEndpoint
from oms.webhooks.targets import TargetRefused
from tests.factories import webhook_endpoint

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)


def wish(**given):
    return Wish(**{"channel_id": None, "url": "http://127.0.0.1:9/", "events": ["*"], **given})


async def count(session):
    return await session.scalar(select(func.count()).select_from(WebhookEndpoint))


async def test_a_new_endpoint_gets_a_secret_of_its_own(session, private_allowed):
    one = await endpoints.create(session, wish=wish())
    other = await endpoints.create(session, wish=wish())

    assert one.secret.startswith("whsec_")
    assert len(base64.b64decode(one.secret.removeprefix("whsec_"))) == 32
    assert one.secret != other.secret


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "http://1.1.1.1/",
    ],
)
async def test_an_endpoint_on_this_machine_or_without_tls_is_refused(session, url):
    with pytest.raises(TargetRefused):
        await endpoints.create(session, wish=wish(url=url))

    assert await count(session) == 0


async def test_an_endpoint_cannot_move_to_a_private_address(session):
    row = await webhook_endpoint(session)

    with pytest.raises(TargetRefused):
        await endpoints.change(
            session,
            endpoint_id=row.id,
            channel_id=None,
            changes=Changes(url="https://10.0.0.1/"),
            now=NOW,
        )

    assert row.url == "https://hooks.example/oms"


def test_events_are_chosen_by_name_by_family_or_all():
    given = ["test.happened", "*", "test.*", "test.happened"]

    assert endpoints.patterns(given) == ["*", "test.*", "test.happened"]


@pytest.mark.parametrize(
    "pattern", ["order.plcaed", "tes*", "test", "", "**", "nobody.*", "webhook_endpoint.*"]
)
def test_an_unknown_event_is_refused_by_name(pattern):
    with pytest.raises(UnknownEventPattern) as refusal:
        endpoints.patterns(["*", pattern])

    assert refusal.value.unknown == [pattern]


async def test_a_channel_has_a_limited_number_of_endpoints(session, private_allowed):
    channel_id = ids.new()
    for _ in range(endpoints.MAX_ENDPOINTS):
        await webhook_endpoint(session, channel_id=channel_id)

    with pytest.raises(TooManyEndpoints):
        await endpoints.create(session, wish=wish(channel_id=channel_id))

    await endpoints.create(session, wish=wish(channel_id=ids.new()))


async def test_a_change_of_a_stale_version_is_refused(session):
    row = await webhook_endpoint(session)
    change = {"endpoint_id": row.id, "channel_id": None, "now": NOW}
    changed = await endpoints.change(
        session, changes=Changes(description="ERP"), version=1, **change
    )
    assert (changed.version, changed.description) == (2, "ERP")

    with pytest.raises(EndpointStale):
        await endpoints.change(session, changes=Changes(description="x"), version=1, **change)

    assert row.description == "ERP"


async def test_another_channels_endpoint_does_not_exist(session):
    row = await webhook_endpoint(session, channel_id=ids.new())
    everywhere = await webhook_endpoint(session, channel_id=None)
    stranger = ids.new()

    for endpoint_id in (row.id, everywhere.id):
        with pytest.raises(UnknownEndpoint):
            await queries.endpoint(session, endpoint_id=endpoint_id, channel_id=stranger)
        with pytest.raises(UnknownEndpoint):
            await endpoints.delete(session, endpoint_id=endpoint_id, channel_id=stranger, now=NOW)
    page = await queries.endpoints(session, channel_id=stranger, limit=10)
    assert page.rows == []


async def test_an_endpoint_is_switched_off_and_on(session):
    row = await webhook_endpoint(session)
    change = {"endpoint_id": row.id, "channel_id": None, "now": NOW}

    off = await endpoints.change(session, changes=Changes(active=False), **change)
    assert (off.disabled_at, off.disabled_reason) == (NOW, "disabled by request")

    on = await endpoints.change(session, changes=Changes(active=True), **change)
    assert (on.disabled_at, on.disabled_reason) == (None, None)


async def test_a_deleted_endpoint_is_gone(session):
    row = await webhook_endpoint(session)

    await endpoints.delete(session, endpoint_id=row.id, channel_id=None, now=NOW)

    with pytest.raises(UnknownEndpoint):
        await queries.endpoint(session, endpoint_id=row.id, channel_id=None)


async def test_what_is_done_to_endpoints_is_on_record_without_their_secret(session):
    row = await webhook_endpoint(session)

    await endpoints.change(
        session, endpoint_id=row.id, channel_id=None, changes=Changes(active=False), now=NOW
    )

    noted = session.info["events"]
    assert [one["name"] for one in noted] == [
        "webhook_endpoint.disabled",
        "webhook_endpoint.changed",
    ]
    assert row.secret not in str(noted)
    await events.flush(session)
