"""Rows that correct stock: each on what those before it left, all of them or each on its own."""

import asyncio

import pytest
from sqlalchemy import event

from inventory import commitments, corrections
from inventory.adjustments import ReasonNotByHand
from inventory.commitments import Promise
from inventory.corrections import Outcome, Paper
from inventory.models import Reason
from inventory.wishes import Adjustment, Move, Settable, Setting, Shelf
from oms.kernel import actors, db, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.bulk import Mode
from oms.kernel.inputs import InvalidInput
from tests.factories import item, location, shelf
from tests.inventory.standing import ledger, level

CORRECTED = Paper(Reason.CORRECTION, "ERP-1")


async def corrected(session, *wishes, mode=Mode.ROW_BY_ROW, paper=CORRECTED):
    return await corrections.correct(
        session, wishes=dict(enumerate(wishes)), paper=paper, mode=mode
    )


def told(rows):
    return [
        (one.outcome.value, one.level and one.level.on_hand, [p["code"] for p in one.problems])
        for one in rows
    ]


def adjust(level, **by):
    return Adjustment(level.sku, level.location_id, by)


def move(level, source, target, units):
    return Move(level.sku, level.location_id, Shelf(source), Shelf(target), units)


def settle(level, bucket, value, change_from):
    return Setting(level.sku, level.location_id, Settable(bucket), value, change_from)


async def test_each_row_is_judged_on_what_those_before_it_left(session):
    cup = await shelf(session, units=3)

    rows = await corrected(
        session,
        adjust(cup, on_hand=-2),
        adjust(cup, on_hand=-2),
        adjust(cup, on_hand=4),
        adjust(cup, on_hand=-2),
    )

    assert told(rows) == [
        ("changed", 1, []),
        ("refused", 1, ["out_of_stock"]),
        ("changed", 5, []),
        ("changed", 3, []),
    ]
    assert rows[1].problems[0]["pointer"] == "/rows/1"
    assert await level(session, "CUP", cup.location_id) == {"on_hand": 3}
    assert [one[1:] for one in (await ledger(session, "CUP"))[-3:]] == [
        ("ERP-1", "system:oms", {"on_hand": units}) for units in (-2, 4, -2)
    ]


async def test_every_problem_is_named_and_nothing_is_written_when_all_must_do(session):
    cup = await shelf(session, units=3)
    before = await ledger(session, "CUP")
    session.info.pop("events", None)

    with pytest.raises(InvalidInput) as refusal:
        await corrected(
            session,
            adjust(cup, on_hand=1),
            adjust(cup, on_hand=-9),
            Adjustment("LAMP", ids.new(), {"on_hand": 1}),
            mode=Mode.ALL_OR_NOTHING,
        )

    assert [(one["pointer"], one["code"]) for one in refusal.value.errors] == [
        ("/rows/1", "out_of_stock"),
        ("/rows/2/sku", "unknown_sku"),
        ("/rows/2/location_id", "unknown_location"),
    ]
    assert await ledger(session, "CUP") == before
    assert "events" not in session.info


async def test_units_move_between_buckets_and_the_location_has_as_many(session):
    cup = await shelf(session, units=10)

    rows = await corrected(
        session,
        move(cup, "available", "damaged", 3),
        move(cup, "damaged", "quality_control", 2),
        move(cup, "quality_control", "available", 1),
        move(cup, "available", "safety_stock", 8),
        move(cup, "available", "damaged", 1),
        move(cup, "quality_control", "available", 2),
    )

    assert told(rows)[:4] == [("changed", 10, [])] * 4
    assert told(rows)[4:] == [("refused", 10, ["out_of_stock"])] * 2
    assert rows[4].problems[0]["detail"] == "1 wanted, 0 in available"
    assert await level(session, "CUP", cup.location_id) == {
        "on_hand": 10, "damaged": 1, "quality_control": 1, "safety_stock": 8,
    }  # fmt: skip


async def test_what_is_promised_is_not_moved_away(session):
    cup = await shelf(session, units=5)
    promised = Promise(ids.new(), "CUP", cup.location_id, 3)
    await commitments.make(session, promises=[promised], reference="SO-1")
    kept = adjust(cup, safety_stock=4)

    rows = await corrected(session, kept, move(cup, "safety_stock", "damaged", 3))

    assert told(rows) == [("changed", 5, []), ("refused", 5, ["out_of_stock"])]
    assert rows[1].problems[0]["detail"] == "3 wanted, 2 not promised"


@pytest.mark.parametrize(
    ("bucket", "value", "seen", "buckets"),
    [
        ("on_hand", 7, 10, {"on_hand": 7, "damaged": 1, "safety_stock": 2}),
        ("available", 7, 7, {"on_hand": 10, "damaged": 1, "safety_stock": 2}),
        ("available", 0, 7, {"on_hand": 3, "damaged": 1, "safety_stock": 2}),
        ("safety_stock", 9, 2, {"on_hand": 10, "damaged": 1, "safety_stock": 9}),
    ],
)
async def test_a_bucket_is_set_to_a_value_from_what_is_believed(
    session, bucket, value, seen, buckets
):
    cup = await shelf(session, units=10)
    await corrected(session, adjust(cup, damaged=1, safety_stock=2))

    [row] = await corrected(session, settle(cup, bucket, value, seen))

    assert row.outcome is (Outcome.UNCHANGED if value == seen else Outcome.CHANGED)
    assert getattr(row.level, bucket) == value
    assert await level(session, "CUP", cup.location_id) == buckets


async def test_who_believes_something_else_is_refused_and_told_what_is_there(session):
    cup = await shelf(session, units=10)

    rows = await corrected(
        session,
        settle(cup, "on_hand", 4, 9),
        settle(cup, "on_hand", 5, 10),
        settle(cup, "on_hand", 6, 10),
        settle(cup, "on_hand", 7, None),
    )

    assert told(rows) == [
        ("refused", 10, ["change_from_stale"]),
        ("changed", 5, []),
        ("refused", 5, ["change_from_stale"]),
        ("changed", 7, []),
    ]
    assert rows[0].problems == [
        {
            "pointer": "/rows/0/change_from",
            "code": "change_from_stale",
            "detail": "on_hand is 10, not 9",
        }
    ]


async def test_nothing_is_set_below_what_is_promised(session):
    cup = await shelf(session, units=5)
    promised = Promise(ids.new(), "CUP", cup.location_id, 3)
    await commitments.make(session, promises=[promised], reference="SO-1")

    rows = await corrected(session, settle(cup, "on_hand", 2, 5), settle(cup, "available", 0, 2))

    assert told(rows) == [("refused", 5, ["out_of_stock"]), ("changed", 3, [])]
    assert rows[0].problems[0]["pointer"] == "/rows/0/value"


async def test_a_level_that_came_to_nothing_is_not_there(session):
    place, cup, lamp = await location(session), await item(session), await item(session, sku="LAMP")
    new = [Setting(one.sku, place.id, Settable.ON_HAND, 4, 0) for one in (cup, lamp)]
    nothing = Setting(cup.sku, (await location(session)).id, Settable.ON_HAND, 0, None)
    wrong = Setting(lamp.sku, place.id, Settable.ON_HAND, 9, 3)

    rows = await corrected(session, new[0], nothing, wrong)

    assert told(rows) == [
        ("changed", 4, []),
        ("unchanged", 0, []),
        ("refused", 0, ["change_from_stale"]),
    ]
    assert await level(session, cup.sku, place.id) == {"on_hand": 4}
    assert await level(session, cup.sku, nothing.location_id) is None
    assert await level(session, lamp.sku, place.id) is None


async def test_what_takes_no_stock_is_refused(session):
    cup = await shelf(session)
    await item(session, sku="GIFT-CARD", tracked=False)
    row = Adjustment("GIFT-CARD", cup.location_id, {"on_hand": 1})

    [refused] = await corrected(session, row)

    assert told([refused]) == [("refused", None, ["not_stocked"])]


async def test_staff_correct_at_their_own_locations_only(session):
    near, far = await shelf(session), await shelf(session, sku="VASE")
    sato = Actor(ActorKind.STAFF, "Sato", location_ids=frozenset([near.location_id]))
    unknown = Adjustment("VASE", ids.new(), {"on_hand": 1})

    with actors.acting(sato):
        rows = await corrected(session, adjust(near, on_hand=1), adjust(far, on_hand=1), unknown)

    assert told(rows) == [
        ("changed", 11, []),
        ("refused", None, ["unknown_location"]),
        ("refused", None, ["unknown_location"]),
    ]
    assert rows[1].problems[0]["detail"] == rows[2].problems[0]["detail"]


async def test_each_location_is_told_of_its_own_rows(session):
    near, far = await shelf(session), await shelf(session)
    session.info.pop("events", None)

    await corrected(
        session, adjust(near, on_hand=1), adjust(far, damaged=2), adjust(near, on_hand=-1)
    )

    facts = [one for one in session.info["events"] if one["name"] == "stock.adjusted"]
    assert {
        one["subject_id"]: [line["on_hand"] for line in one["data"]["lines"]] for one in facts
    } == {
        near.location_id: [1, -1],
        far.location_id: [0],
    }


async def test_people_give_reasons_of_people(session):
    cup = await shelf(session)

    with pytest.raises(ReasonNotByHand):
        await corrected(session, adjust(cup, on_hand=1), paper=Paper(Reason.ORDER_SHIPPED))


async def asked_of(session, work):
    """Do work; returns how many statements it asked of the database."""
    seen, engine = [], db.engine().sync_engine
    connection = await (await session.connection()).get_raw_connection()

    def see(connection, cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    with connection.driver_connection.query_logger(lambda record: seen.append(record.query)):
        await work
        await asyncio.sleep(0)  # the driver tells its loggers a moment later
    event.remove(engine, "before_cursor_execute", see)
    return len([one for one in seen if "SAVEPOINT" not in one])


async def test_many_rows_are_as_many_statements_as_one(session):
    cup = await shelf(session)
    new = (await location(session)).id
    wish, opened = adjust(cup, on_hand=1), Adjustment("CUP", new, {"on_hand": 1})
    await corrected(session, wish, Adjustment("CUP", ids.new(), {}))

    one = await asked_of(session, corrected(session, wish))
    many = await asked_of(session, corrected(session, *[wish, opened] * 500))

    assert one == 4
    assert many == one + 1
    assert await level(session, "CUP", cup.location_id) == {"on_hand": 512}
