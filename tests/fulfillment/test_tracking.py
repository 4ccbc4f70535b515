"""Following parcels by what carriers scan."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from sqlmodel import col

from fulfillment import tracking, views
from fulfillment.carriers import Scan
from fulfillment.models import Shipment, TrackingScan
from fulfillment.states import TrackingStatus
from oms.kernel import events
from oms.kernel.events import EventRow
from tests.factories import shipped_parcel

T = TrackingStatus
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
NOW = NOON + timedelta(days=30)


def scan(status, hours=0, *, scan_id=None, number="SB-1", place="Osaka"):
    at = NOON + timedelta(hours=hours)
    return Scan(scan_id or f"{number}:{status}:{hours}", number, str(status), status, at, place)


async def noted(session, *scans):
    return await tracking.note(session, carrier="sandbox", scans=scans, now=NOW)


async def told(session, parcel):
    """Return the facts about the parcel on its way: name, status and time."""
    await events.flush(session)
    rows = await session.scalars(
        select(EventRow)
        .where(col(EventRow.subject_id) == parcel.order_id)
        .where(col(EventRow.name).in_(["shipment.tracked", "shipment.delivered"]))
        .order_by(col(EventRow.sequence))
    )
    return [(row.name, row.data.get("status"), row.occurred_at) for row in rows]


async def scans_of(session, parcel):
    return (await views.shipment(session, parcel)).scans


async def test_a_parcel_is_where_it_was_last_seen(session):
    parcel = await shipped_parcel(session)

    await noted(session, scan(T.ACCEPTED, 1))
    await noted(session, scan(T.IN_TRANSIT, 5))

    assert (parcel.tracking_status, parcel.tracking_at) == (
        T.IN_TRANSIT,
        NOON + timedelta(hours=5),
    )
    assert await told(session, parcel) == [
        ("shipment.tracked", "accepted", NOON + timedelta(hours=1)),
        ("shipment.tracked", "in_transit", NOON + timedelta(hours=5)),
    ]


async def test_a_scan_told_again_changes_nothing(session):
    parcel = await shipped_parcel(session)
    assert await noted(session, scan(T.IN_TRANSIT, 5)) == 1
    version = parcel.version

    assert await noted(session, scan(T.IN_TRANSIT, 5), scan(T.IN_TRANSIT, 5)) == 0

    assert parcel.version == version
    assert len(await scans_of(session, parcel)) == 1
    assert len(await told(session, parcel)) == 1


async def test_another_scan_of_the_same_status_is_no_news(session):
    parcel = await shipped_parcel(session)
    await noted(session, scan(T.IN_TRANSIT, 5))

    await noted(session, scan(T.IN_TRANSIT, 9))

    assert parcel.tracking_at == NOON + timedelta(hours=9)
    assert len(await scans_of(session, parcel)) == 2
    assert len(await told(session, parcel)) == 1


async def test_a_late_scan_is_kept_and_moves_nothing_backwards(session):
    parcel = await shipped_parcel(session)
    await noted(session, scan(T.OUT_FOR_DELIVERY, 20))

    await noted(session, scan(T.IN_TRANSIT, 8))

    assert parcel.tracking_status is T.OUT_FOR_DELIVERY
    assert [one.status for one in await scans_of(session, parcel)] == [
        T.IN_TRANSIT,
        T.OUT_FOR_DELIVERY,
    ]
    assert len(await told(session, parcel)) == 1


async def test_of_two_scans_of_one_moment_the_further_counts(session):
    parcel = await shipped_parcel(session)

    await noted(session, scan(T.OUT_FOR_DELIVERY, 20), scan(T.IN_TRANSIT, 20))

    assert parcel.tracking_status is T.OUT_FOR_DELIVERY


async def test_a_parcel_may_go_back_to_the_depot_later(session):
    parcel = await shipped_parcel(session)

    await noted(session, scan(T.OUT_FOR_DELIVERY, 20))
    await noted(session, scan(T.ATTEMPT_FAILED, 24))
    await noted(session, scan(T.IN_TRANSIT, 26))

    assert parcel.tracking_status is T.IN_TRANSIT


async def test_delivery_is_told_once_at_the_time_of_its_scan(session):
    parcel = await shipped_parcel(session, units={"CUP": 2})
    door = NOON + timedelta(hours=30)

    await noted(session, scan(T.DELIVERED, 30, scan_id="a"))
    await noted(session, scan(T.DELIVERED, 31, scan_id="b"))

    assert (parcel.tracking_status, parcel.delivered_at) == (T.DELIVERED, door)
    assert await told(session, parcel) == [("shipment.delivered", None, door)]
    fact = await session.scalar(select(EventRow).where(col(EventRow.name) == "shipment.delivered"))
    [line] = fact.data["lines"]
    assert (line["sku"], line["quantity"], fact.data["place"]) == ("CUP", 2, "Osaka")
    assert len(await scans_of(session, parcel)) == 2


@pytest.mark.parametrize("final", sorted(tracking.FINAL))
async def test_nothing_moves_a_parcel_from_its_end(session, final):
    parcel = await shipped_parcel(session)
    await noted(session, scan(final, 30))

    for status in sorted(set(TrackingStatus) - {final}):
        await noted(session, scan(status, 40))

    assert parcel.tracking_status is final
    assert len(await told(session, parcel)) == 1


async def test_a_delivery_counts_though_a_later_scan_came_before_it(session):
    parcel = await shipped_parcel(session)
    await noted(session, scan(T.IN_TRANSIT, 35))

    await noted(session, scan(T.DELIVERED, 30))

    assert parcel.tracking_status is T.DELIVERED
    assert parcel.delivered_at == NOON + timedelta(hours=30)


async def test_a_word_nobody_knows_is_kept_and_moves_nothing(session):
    parcel = await shipped_parcel(session)
    await noted(session, scan(T.IN_TRANSIT, 5))

    await noted(session, scan(T.UNKNOWN, 9))

    assert parcel.tracking_status is T.IN_TRANSIT
    assert [one.status for one in await scans_of(session, parcel)] == [T.IN_TRANSIT, T.UNKNOWN]


async def test_a_scan_of_tomorrow_does_not_outlast_todays(session):
    parcel = await shipped_parcel(session)
    ahead = scan(T.IN_TRANSIT, 24 * 365 * 50)
    await noted(session, ahead)
    assert parcel.tracking_at == NOW

    later = NOW + timedelta(hours=2)
    seen = Scan("x", "SB-1", "v", T.OUT_FOR_DELIVERY, NOW + timedelta(hours=1), None)
    await tracking.note(session, carrier="sandbox", scans=[seen], now=later)

    assert parcel.tracking_status is T.OUT_FOR_DELIVERY


async def test_a_scan_before_its_parcel_waits_for_it(session):
    assert await noted(session, scan(T.ACCEPTED, 1), scan(T.DELIVERED, 30)) == 2
    assert {row.shipment_id for row in await session.scalars(select(TrackingScan))} == {None}

    parcel = await shipped_parcel(session, now=NOW)

    assert (parcel.tracking_status, parcel.delivered_at) == (
        T.DELIVERED,
        NOON + timedelta(hours=30),
    )
    assert len(await scans_of(session, parcel)) == 2
    assert [name for name, _, _ in await told(session, parcel)] == [
        "shipment.tracked",
        "shipment.delivered",
    ]


async def test_a_number_of_another_carrier_is_another_parcel(session):
    parcel = await shipped_parcel(session)

    await tracking.note(session, carrier="easypost", scans=[scan(T.DELIVERED)], now=NOW)

    assert parcel.tracking_status is T.LABEL_CREATED
    assert await scans_of(session, parcel) == []


STORY = [
    (T.LABEL_CREATED, 0), (T.IN_TRANSIT, 5), (T.UNKNOWN, 6), (T.OUT_FOR_DELIVERY, 20),
    (T.ATTEMPT_FAILED, 24),
]  # fmt: skip


@pytest.mark.parametrize("story", [STORY, [*STORY[1:], (T.DELIVERED, 22)]])
def test_the_order_in_which_scans_arrive_makes_no_difference(story):
    def end(arrivals):
        parcel = Shipment(tracking_status=T.LABEL_CREATED, tracking_at=None)
        for status, hours in arrivals:
            at, known = NOON + timedelta(hours=hours), parcel.tracking_status
            if tracking.supersedes(status, at, known=known, known_at=parcel.tracking_at):
                parcel.tracking_status, parcel.tracking_at = status, at
        return parcel.tracking_status, parcel.tracking_at

    assert len({end(arrivals) for arrivals in permutations(story)}) == 1
