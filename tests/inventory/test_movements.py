"""The one way stock changes: all or nothing, and every change in the ledger."""

import json
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import msgspec
import pytest
from sqlalchemy import text

from inventory import movements
from inventory.catalog.models import Item
from inventory.models import Reason
from inventory.movements import Change, OutOfStock
from oms.kernel import actors, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.statements import Statement
from tests.factories import item, location, shelf
from tests.inventory.standing import available, ledger, level

MILLISECOND = timedelta(milliseconds=1)
SATO = Actor(ActorKind.STAFF, "Sato")


async def refused(session, *changes):
    with pytest.raises(OutOfStock) as refusal:
        await movements.apply(session, changes=changes)
    return [
        (one["sku"], one["location_id"], one["wanted"], one["available"])
        for one in refusal.value.shortages
    ]


async def test_what_comes_in_opens_a_level_and_is_in_the_ledger(session):
    place, cup = await location(session), await item(session)

    with actors.acting(SATO):
        await movements.apply(
            session, changes=[Change(cup.sku, place.id, Reason.RECEIVED, "PO-1", on_hand=7)]
        )

    assert await level(session, cup.sku, place.id) == {"on_hand": 7}
    assert await ledger(session, cup.sku) == [("received", "PO-1", "staff:Sato", {"on_hand": 7})]


async def test_every_change_has_its_own_line_and_the_level_has_their_sum(session):
    cup = await shelf(session, units=10)

    await movements.apply(
        session,
        changes=[
            Change("CUP", cup.location_id, Reason.DAMAGED, damaged=2),
            Change("CUP", cup.location_id, Reason.SHRINKAGE, on_hand=-1),
        ],
    )

    assert await level(session, "CUP", cup.location_id) == {"on_hand": 9, "damaged": 2}
    assert await available(session, "CUP", cup.location_id) == 7
    assert [told[-1] for told in await ledger(session, "CUP")][-2:] == [
        {"damaged": 2},
        {"on_hand": -1},
    ]


async def test_every_shortage_is_named_and_nothing_is_written(session):
    cup = await shelf(session, sku="CUP", units=3)
    await shelf(session, sku="VASE", units=9, location_id=cup.location_id)
    await item(session, sku="LAMP")
    before = await ledger(session, "VASE")
    here, there = cup.location_id, ids.new()

    found = await refused(
        session,
        Change("VASE", here, Reason.SHRINKAGE, on_hand=-2),
        Change("LAMP", here, Reason.SHRINKAGE, on_hand=-1),
        Change("CUP", there, Reason.SHRINKAGE, on_hand=-1),
        Change("CUP", here, Reason.SHRINKAGE, on_hand=-4),
    )

    assert sorted(found) == sorted(
        [("CUP", here, 4, 3), ("CUP", there, 1, 0), ("LAMP", here, 1, 0)]
    )
    assert await level(session, "CUP", here) == {"on_hand": 3}
    assert await level(session, "VASE", here) == {"on_hand": 9}
    assert await level(session, "LAMP", here) is None
    assert await ledger(session, "VASE") == before


async def test_demand_is_summed_before_it_is_judged(session):
    cup = await shelf(session, units=3)
    taken = Change("CUP", cup.location_id, Reason.SHRINKAGE, on_hand=-2)

    assert await refused(session, taken, taken) == [("CUP", cup.location_id, 4, 3)]


async def test_what_must_stay_for_any_of_the_changes_stays(session):
    cup = await shelf(session, units=5)
    here = cup.location_id
    taken = [
        Change("CUP", here, Reason.SHRINKAGE, on_hand=-1, leaving=3),
        Change("CUP", here, Reason.SHRINKAGE, on_hand=-2, leaving=1),
    ]

    assert await refused(session, *taken) == [("CUP", here, 3, 2)]
    await movements.apply(session, changes=[Change("CUP", here, Reason.RECEIVED, leaving=9)])
    await movements.apply(session, changes=taken[:1])

    assert await level(session, "CUP", here) == {"on_hand": 4}


@pytest.mark.parametrize("bucket", ["damaged", "quality_control", "safety_stock", "incoming"])
async def test_no_bucket_gives_more_than_it_holds(session, bucket):
    cup = await shelf(session, units=5)
    here = cup.location_id
    await movements.apply(session, changes=[Change("CUP", here, Reason.OTHER, **{bucket: 1})])

    assert await refused(session, Change("CUP", here, Reason.OTHER, **{bucket: -2})) == [
        ("CUP", here, 2, 1)
    ]
    assert await level(session, "CUP", here) == {"on_hand": 5, bucket: 1}


async def test_safety_stock_alone_may_hide_more_than_there_is(session):
    cup = await shelf(session, units=2)
    here = cup.location_id

    await movements.apply(
        session, changes=[Change("CUP", here, Reason.SAFETY_STOCK, safety_stock=5)]
    )
    assert await available(session, "CUP", here) == -3

    await movements.apply(session, changes=[Change("CUP", here, Reason.SHRINKAGE, on_hand=-2)])
    assert await level(session, "CUP", here) == {"safety_stock": 5}


async def test_units_on_hold_are_not_sellable_and_safety_stock_is_not_held(session):
    cup = await shelf(session, units=5)
    here = cup.location_id
    await movements.apply(
        session,
        changes=[
            Change("CUP", here, Reason.SAFETY_STOCK, safety_stock=1),
            Change("CUP", here, Reason.RESERVATION_CREATED, reserved=4),
        ],
    )
    assert await available(session, "CUP", here) == 0

    more = Change("CUP", here, Reason.RESERVATION_CREATED, reserved=1)
    assert await refused(session, more) == [("CUP", here, 1, 0)]


async def test_the_ledger_cannot_be_rewritten(session):
    await shelf(session)

    for change in ("UPDATE stock_movement SET on_hand = 1", "DELETE FROM stock_movement"):
        async with session.begin_nested() as savepoint:
            with pytest.raises(Exception, match="append-only"):
                await session.execute(text(change))
            await savepoint.rollback()


async def test_the_ledger_knows_every_reason(session):
    place, cup = await location(session), await item(session)
    changes = [Change(cup.sku, place.id, reason, on_hand=1) for reason in Reason]

    await movements.apply(session, changes=changes)

    assert await level(session, cup.sku, place.id) == {"on_hand": len(Reason)}


async def test_no_changes_are_no_work(session):
    await movements.apply(session, changes=[])


async def explained(session, statement, options="", **values):
    """Return what PostgreSQL says of how it runs one of our statements."""
    prepared: Statement = getattr(movements, statement)
    asking = Statement(f"EXPLAIN {options} {prepared.sql}")
    asking.names = prepared.names
    return await asking.rows(session, **{"changes": "[]", "claims": "[]", "actor": "x", **values})


@pytest.mark.parametrize("statement", ["_APPLY", "_PROMISE", "_SETTLE"])
async def test_levels_are_found_through_the_key_in_an_empty_database(session, statement):
    rows = await explained(session, statement)

    plan = "\n".join(row["QUERY PLAN"] for row in rows)
    assert "on stock_level" in plan
    assert "Seq Scan on stock_level" not in plan, plan


async def rows_seen(session, changes) -> int:
    """Return how many rows all steps of writing these changes looked at."""
    rows = [{"place": place, **vars(change)} for place, change in enumerate(changes)]
    [row] = await explained(
        session, "_APPLY", "(ANALYZE, FORMAT JSON)", changes=msgspec.json.encode(rows).decode()
    )
    plan = row["QUERY PLAN"]
    return seen((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])


def seen(node) -> int:
    left_out = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Join Filter"))
    own = node["Actual Loops"] * (node["Actual Rows"] + left_out)
    return own + sum(seen(part) for part in node.get("Plans", []))


@pytest.mark.parametrize("opening", [True, False])
async def test_ten_times_as_many_changes_are_ten_times_the_work(session, opening):
    place = await location(session)
    for n in range(1_000):
        session.add(Item(sku=f"CUP-{n:04}", name="Cup"))
    await session.flush()
    changes = [Change(f"CUP-{n:04}", place.id, Reason.RECEIVED, on_hand=1) for n in range(1_000)]
    if not opening:
        await movements.apply(session, changes=changes)

    few = await rows_seen(session, changes[:100])
    many = await rows_seen(session, changes)

    assert many <= 11 * few


async def test_lines_of_one_statement_are_in_order_and_bear_its_moment(session):
    cup = await shelf(session, units=1)
    changes = [
        Change("CUP", cup.location_id, Reason.RECEIVED, str(n), on_hand=n) for n in range(1, 40)
    ]

    await movements.apply(session, changes=changes)

    rows = await session.execute(
        text("SELECT id, recorded_at FROM stock_movement WHERE reference <> '' ORDER BY id")
    )
    lines = rows.all()
    assert [told[1] for told in await ledger(session, "CUP")][-39:] == [
        str(n) for n in range(1, 40)
    ]
    assert len({line.recorded_at for line in lines[-39:]}) == 1
    for line in lines[-39:]:
        milliseconds = (line.recorded_at - datetime.fromtimestamp(0, UTC)) // MILLISECOND
        assert (line.id.version, line.id.variant) == (7, RFC_4122)
        assert line.id.int >> 80 == milliseconds
