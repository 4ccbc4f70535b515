"""Lots that expire are quarantined once, and none comes free again behind our back."""

from datetime import UTC, datetime

from sqlalchemy import text

from inventory import commitments
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.tracing import quarantines, queries, tasks
from oms.kernel import clock, db, events, ids
from tests.factories import location
from tests.inventory.standing import level
from tests.inventory.tracing import standing
from tests.inventory.tracing.standing import JUNE, MAY, arrive, holds, milk, moved

LATE_IN_TOKYO = datetime(2031, 5, 31, 15, 0, tzinfo=UTC)
"""The first moment of 1 June in Tokyo, while it is still May in London."""


async def expired(session, now):
    found = await queries.expired(session, now=now, limit=9)
    for lot_id in found:
        await quarantines.expire(session, lot_id=lot_id, now=now)
        await quarantines.expire(session, lot_id=lot_id, now=now)
    return len(found)


async def test_a_lot_expires_once_when_its_day_is_over_where_it_stands(session):
    here = await milk(session, ("A", MAY, 3), ("B", JUNE, 2), time_zone="Asia/Tokyo")

    assert await expired(session, LATE_IN_TOKYO.replace(hour=14)) == 0
    assert await expired(session, LATE_IN_TOKYO) == 1
    assert await expired(session, LATE_IN_TOKYO) == 0

    lot = await queries.lot(session, lot_id=await standing.lot_id(session, "A"))
    assert (lot.status, lot.reason) == ("quarantined", "expired")
    assert await level(session, "MILK", here) == {"on_hand": 5, "quality_control": 3}
    await events.flush(session)
    told = await session.scalars(text("SELECT name FROM event WHERE subject_id = :id"),
                                 {"id": lot.id})  # fmt: skip
    assert told.all() == ["lot.expired"]
    reasons = await session.scalars(
        text("SELECT reason FROM stock_movement WHERE quality_control > 0")
    )
    assert reasons.all() == ["expired"]
    await holds(session)


async def test_a_lot_that_stands_nowhere_expires_when_its_day_is_over_everywhere(session):
    here = await milk(session, ("A", MAY, 1), time_zone="Asia/Tokyo")
    await moved(session, here, Reason.SHRINKAGE, on_hand=-1)

    assert await expired(session, LATE_IN_TOKYO) == 0
    assert await expired(session, datetime(2031, 6, 1, 11, 59, tzinfo=UTC)) == 0
    assert await expired(session, datetime(2031, 6, 1, 12, 0, tzinfo=UTC)) == 1


async def test_units_that_a_promise_leaves_free_are_set_aside(session):
    here = await milk(session, ("A", MAY, 3))
    bought = [Promise(ids.new(), "MILK", here, 2)]
    await commitments.make(session, promises=bought, reference="SO-1")
    lot_id = await standing.lot_id(session, "A")
    await quarantines.quarantine(session, lot_id=lot_id, reason="Glass")
    assert await queries.loose(session, limit=9) == []

    await commitments.release(session, promises=bought, reference="SO-1")

    assert await queries.loose(session, limit=9) == [lot_id]
    await quarantines.keep(session, lot_id=lot_id)
    assert await queries.loose(session, limit=9) == []
    assert await level(session, "MILK", here) == {"on_hand": 3, "quality_control": 3}
    await holds(session)


async def test_units_of_a_held_lot_that_a_transfer_brings_are_set_aside(session):
    here = await milk(session, ("A", MAY, 3))
    there = (await location(session)).id
    lot_id = await standing.lot_id(session, "A")
    await moved(session, here, Reason.MOVEMENT_SHIPPED, on_hand=-3, reference="transfer:1")
    await quarantines.recall(session, lot_id=lot_id, reason="Glass")

    await moved(session, there, Reason.MOVEMENT_RECEIVED, on_hand=3, reference="transfer:1")
    assert await queries.loose(session, limit=9) == [lot_id]
    await quarantines.keep(session, lot_id=lot_id)

    assert await level(session, "MILK", there) == {"on_hand": 3, "quality_control": 3}
    await holds(session)


async def test_the_jobs_do_it_for_every_lot_and_are_safe_to_run_twice(database):
    async with db.transaction() as session:
        here = await milk(session, ("A", MAY, 3), ("B", JUNE, 2))
    clock.use(lambda: datetime(2031, 7, 2, tzinfo=UTC))
    try:
        await tasks.expire.run()
        async with db.transaction() as session:
            await arrive(session, here, ("C", MAY, 1))
        for _ in range(2):
            await tasks.expire.run()
            await tasks.keep.run()
    finally:
        clock.use(None)

    async with db.transaction() as session:
        assert await level(session, "MILK", here) == {"on_hand": 6, "quality_control": 6}
        count = await session.scalar(text("SELECT count(*) FROM event WHERE name = 'lot.expired'"))
        assert count == 3
        await holds(session)
