"""Carriers' messages, from the door to the parcel, with real commits."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from fulfillment import queries, reports
from fulfillment.carriers import UnreadableReport, easypost, sandbox
from fulfillment.carriers.sandbox import Report
from fulfillment.models import TrackingScan
from fulfillment.states import TrackingStatus
from oms import wiring
from oms.kernel import clock, db, events
from oms.kernel.adapters import UnknownAdapter
from oms.kernel.events import EventRow
from oms.kernel.inbox import InboxMessage
from oms.kernel.jobs import JobRow
from oms.kernel.signatures import InvalidSignature
from tests.drain import drain, parked
from tests.factories import shipped_parcel

SEEN = datetime(2026, 2, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def alone():
    """Let nobody react: the parcels of this room have no orders here."""
    events.subscribe([])
    yield
    wiring.install()


def told(status="delivered", *, scan_id="1", number="SB-1"):
    scan = Report(
        tracking_number=number, scan_id=scan_id, status=status, occurred_at=SEEN, place="Kobe"
    )
    return sandbox.report(scan, now=clock.now())


async def received(headers, body, carrier="sandbox"):
    async with db.transaction() as session:
        return await reports.receive(
            session, carrier=carrier, headers=headers, body=body, now=clock.now()
        )


async def parcel_shipped():
    async with db.transaction() as session:
        return await shipped_parcel(session)


async def counted(table):
    async with db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def test_a_report_moves_its_parcel(database):
    parcel = await parcel_shipped()

    assert await received(*told())
    await drain()

    async with db.transaction() as session:
        now = await queries.shipment(session, shipment_id=parcel.id)
        assert (now.tracking_status, now.delivered_at) == (TrackingStatus.DELIVERED, SEEN)
        fact = await session.scalar(select(EventRow).where(EventRow.name == "shipment.delivered"))
        assert (fact.actor, fact.occurred_at) == ("carrier:sandbox", SEEN)


async def test_a_report_sent_again_is_kept_once(database):
    await parcel_shipped()
    headers, body = told()

    assert [await received(headers, body) for _ in range(3)] == [True, False, False]
    await drain()
    later = sandbox.CARRIER.sign(body=body, message_id="another", now=clock.now())
    assert await received(later, body)
    await drain()

    assert await counted(TrackingScan) == 1


async def test_an_unsigned_report_leaves_nothing(database):
    headers, body = told()
    stale = sandbox.CARRIER.sign(body=body, message_id="m", now=clock.now() - timedelta(minutes=10))

    for wrong in ({}, {**headers, "webhook-id": "other"}, stale):
        with pytest.raises(InvalidSignature):
            await received(wrong, body)

    assert (await counted(InboxMessage), await counted(JobRow)) == (0, 0)


async def test_signed_garbage_is_parked_at_once_with_its_reason(database):
    body = b'{"tracking_number": 5}'
    headers = sandbox.CARRIER.sign(body=body, message_id="m", now=clock.now())

    assert await received(headers, body)
    await drain()

    [reason] = await parked()
    assert reason.startswith("UnreadableReport: The carrier's message cannot be understood.")
    assert await counted(TrackingScan) == 0


async def test_a_message_id_without_end_is_refused(database):
    body = told()[1]
    headers = sandbox.CARRIER.sign(body=body, message_id="m" * 256, now=clock.now())

    with pytest.raises(UnreadableReport):
        await received(headers, body)

    assert await counted(InboxMessage) == 0


async def test_an_unknown_carrier_is_not_there(database):
    with pytest.raises(UnknownAdapter):
        await received(*told(), carrier="pigeon")


async def test_easypost_repeats_its_story_without_doubling_it(database):
    detail = '{"status":"%s","message":"m","datetime":"%s","tracking_location":{"city":"Kobe"}}'
    first = detail % ("in_transit", "2026-02-01T08:00:00Z")
    second = detail % ("delivered", "2026-02-01T09:00:00Z")
    for number, story in enumerate((first, f"{first},{second}")):
        body = (
            f'{{"id":"evt_{number}","description":"tracker.updated","result":'
            f'{{"tracking_code":"EZ1","tracking_details":[{story}]}}}}'
        ).encode()
        headers = easypost.CARRIER.sign(body=body, message_id="", now=clock.now())
        assert await received(headers, body, "easypost")
    await drain()

    assert await parked() == []
    assert await counted(TrackingScan) == 2
