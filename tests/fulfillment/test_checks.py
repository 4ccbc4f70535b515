"""Every invariant is seen broken once, and holds on an honest day."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from fulfillment import checks as fulfillment_checks
from fulfillment import tracking, work
from fulfillment.carriers import Scan
from fulfillment.states import RejectReason, TrackingStatus
from oms.kernel import checks, clock, ids
from tests.factories import opened_work, packed_work, shipped_order, shipped_parcel

T = TrackingStatus

BROKEN = {
    "fulfillment.units_conserved": [
        "ALTER TABLE fulfillment_line DROP CONSTRAINT ck_fulfillment_line_units_conserved",
        "UPDATE fulfillment_line SET rejected = quantity + 1 WHERE picked = 0",
    ],
    "fulfillment.shipped_work_left_whole": [
        "UPDATE fulfillment_line SET shipped = shipped - 1 WHERE shipped > 0",
    ],
    "fulfillment.one_parcel_per_shipped_work": [
        "UPDATE fulfillment_order SET status = 'shipped' WHERE status = 'packed'",
    ],
    "shipments.hold_what_was_shipped": [
        "UPDATE shipment_line SET quantity = quantity + 1",
    ],
    "shipments.nothing_ships_twice": [
        "UPDATE order_line SET id = (SELECT order_line_id FROM shipment_line LIMIT 1)",
    ],
    "shipments.delivered_by_a_scan": [
        "UPDATE tracking_scan SET status = 'returned_to_sender' WHERE status = 'delivered'",
    ],
    "shipments.follow_their_scans": [
        "UPDATE shipment SET tracking_at = '2020-01-01' WHERE tracking_status = 'in_transit'",
    ],
    "scans.find_their_parcel": [
        "UPDATE tracking_scan SET shipment_id = NULL",
    ],
}


async def an_honest_day(session):
    """Work in every state, parcels on their way and at the door, an order of one unit."""
    now = clock.now()
    given_back = await opened_work(session)
    await work.reject_lines(session, work_id=given_back.id, lines=[], reason=RejectReason.OTHER)
    cancelled = await opened_work(session)
    await work.cancel_of_order(session, order_id=cancelled.order_id)
    await opened_work(session, units={"VASE": 1})
    await packed_work(session)
    for number, status in (("SB-1", T.IN_TRANSIT), ("SB-2", T.DELIVERED)):
        await shipped_parcel(session, tracking_number=number)
        scans = [
            Scan(str(ids.new()), number, "x", told, now - timedelta(hours=hours), None)
            for told, hours in ((T.ACCEPTED, 9), (status, 5), (T.UNKNOWN, 1))
        ]
        await tracking.note(session, carrier="sandbox", scans=scans, now=now)
    await shipped_parcel(session, tracking_number="SB-3")
    ahead = Scan("ahead", "SB-3", "x", T.IN_TRANSIT, now + timedelta(hours=9), None)
    await tracking.note(session, carrier="sandbox", scans=[ahead], now=now)
    await shipped_order(session, {"sku": "JUG", "ordered": 1})


async def found(session):
    """Return the names of the invariants that do not hold."""
    broken = []
    for check in fulfillment_checks.CHECKS:
        finding = await checks.run(session, check)
        assert finding.rows > 0, check.name
        if not finding.holds:
            broken.append(check.name)
    return broken


async def test_all_holds_on_an_honest_day(session):
    await an_honest_day(session)

    assert await found(session) == []


@pytest.mark.parametrize("name", [check.name for check in fulfillment_checks.CHECKS])
async def test_a_broken_invariant_is_found(session, name):
    await an_honest_day(session)

    for statement in BROKEN[name]:
        await session.execute(text(statement))

    assert name in await found(session)
