"""A lot that may not be sold: what is free is set aside, what is promised is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from inventory import commitments
from inventory.commitments import Promise
from inventory.tracing import lots, quarantines, queries
from inventory.tracing.lots import LotFacts, LotUnits
from inventory.tracing.quarantines import EveryLocationNeeded, LotHasExpired, LotWithoutCode
from inventory.tracing.queries import LotChanged
from oms.kernel import actors, events, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.states import IllegalMove
from tests.factories import location
from tests.inventory.standing import level
from tests.inventory.tracing import standing
from tests.inventory.tracing.standing import JUNE, MAY, arrive, holds, milk, settled

NOW = datetime(2031, 1, 1, tzinfo=UTC)


async def promised(session, here, units):
    bought = [Promise(ids.new(), "MILK", here, units)]
    await commitments.make(session, promises=bought, reference="SO-1")


async def quarantine(session, code="A", *, verb=quarantines.quarantine, **given):
    lot_id = await standing.lot_id(session, code)
    lot, places = await verb(session, lot_id=lot_id, reason="Glass", **given)
    await settled(session)
    return lot, [(one.location_id, one.moved, one.still_promised) for one in places]


async def test_free_units_of_a_quarantined_lot_are_not_for_sale_at_any_location(session):
    here = await milk(session, ("A", MAY, 3), ("B", JUNE, 2))
    there = (await location(session)).id
    await arrive(session, there, ("A", MAY, 4))

    lot, places = await quarantine(session)

    assert (lot.status, lot.reason, lot.version) == ("quarantined", "Glass", 2)
    assert sorted(places) == sorted([(here, 3, 0), (there, 4, 0)])
    assert await level(session, "MILK", here) == {"on_hand": 5, "quality_control": 3}
    assert await level(session, "MILK", there) == {"on_hand": 4, "quality_control": 4}
    assert await standing.lots(session, here, bucket="quality_control") == {"A": 3}
    await holds(session)


async def test_what_was_promised_is_told_and_stays(session):
    here = await milk(session, ("A", MAY, 6), ("B", JUNE, 4))
    await promised(session, here, 5)

    _, places = await quarantine(session)

    assert places == [(here, 5, 1)]
    assert await level(session, "MILK", here) == {
        "on_hand": 10, "committed": 5, "quality_control": 5,
    }  # fmt: skip
    await holds(session)


async def test_a_recalled_lot_can_be_released_and_is_free_again(session):
    here = await milk(session, ("A", MAY, 3))
    await quarantine(session)
    lot, places = await quarantine(session, verb=quarantines.recall)
    assert (lot.status, places) == ("recalled", [(here, 0, 0)])

    lot, places = await quarantine(session, verb=quarantines.release, now=NOW)

    assert (lot.status, lot.reason, places) == ("open", None, [(here, 3, 0)])
    assert await level(session, "MILK", here) == {"on_hand": 3}
    await events.flush(session)
    told = await session.scalars(
        text("SELECT name FROM event WHERE subject_id = :id ORDER BY sequence"), {"id": lot.id}
    )
    assert told.all() == ["lot.quarantined", "lot.recalled", "lot.released"]
    await holds(session)


async def test_an_expired_lot_is_not_released(session):
    await milk(session, ("A", MAY, 3))
    await quarantine(session)
    late = datetime.combine(MAY, NOW.timetz()) + timedelta(days=2)

    with pytest.raises(LotHasExpired):
        await quarantine(session, verb=quarantines.release, now=late)


async def test_units_of_a_quarantined_lot_come_in_set_aside(session):
    here = await milk(session, ("A", MAY, 1))
    there = (await location(session)).id
    await quarantine(session)

    await arrive(session, here, ("A", MAY, 2), ("B", JUNE, 1))
    await arrive(session, there, ("A", MAY, 4))

    assert await level(session, "MILK", here) == {"on_hand": 4, "quality_control": 3}
    assert await level(session, "MILK", there) == {"on_hand": 4, "quality_control": 4}
    await holds(session)


async def test_units_that_turn_out_to_be_of_a_quarantined_lot_are_set_aside(session):
    here = await milk(session, ("A", MAY, 1), (None, None, 3))
    await quarantine(session)

    await lots.identify(session, location_id=here, units=LotUnits("MILK", 2, LotFacts("A", MAY)))
    await settled(session)

    assert await level(session, "MILK", here) == {"on_hand": 4, "quality_control": 3}
    await holds(session)


async def test_who_may_not_or_comes_late_changes_nothing(session):
    here = await milk(session, ("A", MAY, 1), (None, None, 1))
    bound = Actor(ActorKind.STAFF, "Sato", location_ids=frozenset({here}))

    with pytest.raises(LotWithoutCode):
        await quarantine(session, None)
    with pytest.raises(LotChanged):
        await quarantine(session, version=7)
    with pytest.raises(IllegalMove):
        await quarantine(session, verb=quarantines.release, now=NOW)
    with actors.acting(bound), pytest.raises(EveryLocationNeeded):
        await quarantine(session)

    assert await level(session, "MILK", here) == {"on_hand": 2}
    lot = await queries.lot(session, lot_id=await standing.lot_id(session, "A"))
    assert (lot.status, lot.version) == ("open", 1)
