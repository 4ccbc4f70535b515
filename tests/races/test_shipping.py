"""Two at the same work, two at the same number, a scan at the same moment as its parcel."""

import asyncio
from collections import Counter

from sqlalchemy import select, text

from fulfillment import checks as fulfillment_checks
from fulfillment import shipments, tracking, work
from fulfillment.carriers import Scan
from fulfillment.models import FulfillmentOrder, Shipment
from fulfillment.states import RejectReason, TrackingStatus
from inventory.models import StockLevel
from oms.kernel import checks, clock, db
from oms.kernel.errors import DomainError
from tests.factories import opened_work, packed_work, shipped_parcel

ROUNDS = 8


async def together(*steps):
    """Run each step in a transaction of its own, at once; returns what came of each."""
    start = asyncio.Event()

    async def one(step):
        async with db.transaction() as session:
            await session.execute(text("SELECT 1"))
            await start.wait()
            return await step(session)

    running = [asyncio.create_task(one(step)) for step in steps]
    await asyncio.sleep(0.05)
    start.set()
    ended = await asyncio.gather(*running, return_exceptions=True)
    strange = [
        end for end in ended if isinstance(end, Exception) and not isinstance(end, DomainError)
    ]
    assert strange == []
    return ended


def codes(ended):
    return Counter(end.code if isinstance(end, DomainError) else "done" for end in ended)


async def holds():
    """Look at every invariant of the room that needs no order."""
    async with db.transaction() as session:
        for check in fulfillment_checks.CHECKS:
            assert (await checks.run(session, check)).offenders == [], check.name


async def made(factory, **given):
    async with db.transaction() as session:
        return await factory(session, **given)


async def test_of_two_who_accept_one_wins(database):
    row = await made(opened_work)

    ended = await together(
        *[lambda session: work.accept(session, work_id=row.id) for _ in range(ROUNDS)]
    )

    assert codes(ended) == {"done": 1, "illegal_move": ROUNDS - 1}
    assert {end.state for end in ended if isinstance(end, DomainError)} == {"accepted"}


async def test_of_two_with_the_same_version_one_wins(database):
    row = await made(opened_work)

    ended = await together(
        *[lambda session: work.accept(session, work_id=row.id, version=1) for _ in range(ROUNDS)]
    )

    assert codes(ended) == {"done": 1, "fulfillment_order_changed": ROUNDS - 1}


async def test_packed_work_ships_once(database):
    row = await made(packed_work, units={"CUP": 2})

    def ship(number):
        return lambda session: shipments.ship(
            session,
            work_id=row.id,
            carrier="sandbox",
            tracking_number=f"SB-{number}",
            now=clock.now(),
        )

    ended = await together(*[ship(number) for number in range(ROUNDS)])

    assert codes(ended) == {"done": 1, "illegal_move": ROUNDS - 1}
    async with db.transaction() as session:
        level = await session.get_one(StockLevel, ("CUP", row.location_id))
        assert (level.on_hand, level.committed) == (0, 0)
    await holds()


async def test_a_tracking_number_goes_to_one_parcel(database):
    rows = [await made(packed_work) for _ in range(ROUNDS)]

    def ship(row):
        return lambda session: shipments.ship(
            session, work_id=row.id, carrier="sandbox", tracking_number="SB-1", now=clock.now()
        )

    ended = await together(*[ship(row) for row in rows])

    assert codes(ended) == {"done": 1, "tracking_number_taken": ROUNDS - 1}
    await holds()


async def test_a_rejection_and_a_step_forward_never_both_happen(database):
    for _ in range(ROUNDS):
        row = await made(opened_work)
        ended = await together(
            lambda session, row=row: work.accept(session, work_id=row.id, version=1),
            lambda session, row=row: work.reject_lines(
                session, work_id=row.id, lines=[], reason=RejectReason.OTHER, version=1
            ),
        )

        assert codes(ended) == {"done": 1, "fulfillment_order_changed": 1}


async def test_a_cancellation_and_the_first_step_never_both_happen(database):
    for _ in range(ROUNDS):
        row = await made(opened_work)
        ended = await together(
            lambda session, row=row: work.accept(session, work_id=row.id),
            lambda session, row=row: work.cancel_of_order(session, order_id=row.order_id),
        )

        assert codes(ended)["done"] == 1
        async with db.transaction() as session:
            status = await session.scalar(
                select(FulfillmentOrder.status).where(FulfillmentOrder.id == row.id)
            )
        assert status == ("accepted" if isinstance(ended[1], DomainError) else "cancelled")


async def test_a_scan_at_the_moment_of_its_parcel_finds_it(database):
    for number in range(ROUNDS):
        row = await made(packed_work)
        name = f"SB-{number}"
        scan = Scan(name, name, "delivered", TrackingStatus.DELIVERED, clock.now(), None)
        await together(
            lambda session, row=row, name=name: shipments.ship(
                session, work_id=row.id, carrier="sandbox", tracking_number=name, now=clock.now()
            ),
            lambda session, scan=scan: tracking.note(
                session, carrier="sandbox", scans=[scan], now=clock.now()
            ),
        )

    await holds()
    async with db.transaction() as session:
        found = await session.scalars(select(Shipment.tracking_status))
        assert set(found) == {TrackingStatus.DELIVERED}


async def test_one_delivery_told_by_many_at_once_is_told_once(database):
    parcel = await made(shipped_parcel)
    at = clock.now()

    def seen(scan_id):
        scan = Scan(scan_id, "SB-1", "delivered", TrackingStatus.DELIVERED, at, None)
        return lambda session: tracking.note(session, carrier="sandbox", scans=[scan], now=at)

    ended = await together(*[seen(scan_id) for scan_id in ["a", "b", "c", "a", "b", "c"]])

    assert sorted(ended) == [0, 0, 0, 1, 1, 1]
    async with db.transaction() as session:
        told = await session.scalar(
            text("SELECT count(*) FROM event WHERE subject_id = :id AND name = :name"),
            {"id": parcel.order_id, "name": "shipment.delivered"},
        )
    assert told == 1
    await holds()
