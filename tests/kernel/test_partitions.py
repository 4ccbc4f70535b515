"""Tables that are kept by month: there is room for each, and the same rules hold in it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from oms.kernel import checks, clock, db, ids, partitions
from tests.factories import item, location

TABLE = "stock_movement"
AUTUMN = datetime(2031, 11, 15, 12, tzinfo=UTC)
MADE = [f"{TABLE}_{month}" for month in ("2031_11", "2031_12", "2032_01", "2032_02")]


async def written(session, moment, **given) -> str:
    """Write a line of a moment; returns the partition it is in."""
    place, cup = await location(session), await item(session, sku=ids.new().hex)
    line = {"sku": cup.sku, "location_id": place.id, "id": partitions.first_id(moment)}
    zero = ("committed", "reserved", "safety_stock", "damaged", "quality_control", "incoming")
    return await session.scalar(
        text(
            f"INSERT INTO {TABLE} (id, sku, location_id, reason, actor, on_hand, {', '.join(zero)})"  # noqa: S608 -- our own words
            " VALUES (:id, :sku, :location_id, 'other', 'system:oms', 0, 0, 0, 0, 0, 0, 0)"
            " RETURNING CAST(tableoid::regclass AS text)"
        ),
        line,
    )


def test_an_id_is_at_least_the_first_of_its_millisecond():
    now = datetime.now(UTC)
    made = ids.new()

    assert partitions.first_id(now - timedelta(milliseconds=1)) < made
    assert made < partitions.first_id(now + timedelta(minutes=1))


def test_months_follow_each_other_over_the_end_of_a_year():
    found = list(partitions.months(AUTUMN, 2))

    assert [(f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}") for start, end in found] == [
        ("2031-11-01", "2031-12-01"),
        ("2031-12-01", "2032-01-01"),
        ("2032-01-01", "2032-02-01"),
    ]


async def test_there_is_room_for_this_month_and_three_more_once(session):
    assert await partitions.make(session, now=AUTUMN) == MADE
    assert await partitions.make(session, now=AUTUMN) == []
    assert await partitions.make(session, now=AUTUMN + timedelta(days=31)) == [f"{TABLE}_2032_03"]


async def test_what_is_written_lies_in_its_month(session):
    await partitions.make(session, now=AUTUMN)

    last = datetime(2031, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)

    assert await written(session, AUTUMN) == f"{TABLE}_2031_11"
    assert await written(session, last) == f"{TABLE}_2031_12"
    assert await written(session, last + timedelta(milliseconds=1)) == f"{TABLE}_2032_01"


async def test_a_month_nobody_made_room_for_is_kept_where_it_began(session):
    assert await written(session, AUTUMN) == f"{TABLE}_default"

    assert await partitions.make(session, now=AUTUMN) == MADE[1:]

    assert await written(session, AUTUMN + timedelta(days=1)) == f"{TABLE}_default"


@pytest.mark.parametrize("table", [TABLE, MADE[0], f"{TABLE}_default"])
@pytest.mark.parametrize("change", ["UPDATE {} SET on_hand = 1", "DELETE FROM {}"])
async def test_no_partition_can_be_rewritten(session, table, change):
    await written(session, AUTUMN + timedelta(days=500))
    await partitions.make(session, now=AUTUMN)
    await written(session, AUTUMN)

    with pytest.raises(Exception, match="append-only"):
        await session.execute(text(change.format(table)))


async def test_lots_and_serials_follow_what_is_written_to_a_new_month(session):
    await partitions.make(session, now=AUTUMN)

    found = await session.scalars(
        text("SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) ORDER BY 1"),
        {"name": MADE[0]},
    )

    assert found.all() == ["append_only", "tracing_follows"]


async def test_a_missing_month_is_found(session):
    [check] = partitions.CHECKS
    assert (await checks.run(session, check)).holds

    [_, (coming, _)] = partitions.months(clock.now(), 1)
    await session.execute(text(f"ALTER TABLE {TABLE} DETACH PARTITION {TABLE}_{coming:%Y_%m}"))
    await session.execute(text(f"DROP TABLE {TABLE}_{coming:%Y_%m}"))

    assert (await checks.run(session, check)).offenders == [TABLE]


async def test_workers_that_make_the_same_month_do_it_once(database):
    clock.use(lambda: AUTUMN)
    try:
        await asyncio.gather(*(partitions.make_ahead.run() for _ in range(4)))

        async with db.transaction() as session:
            assert await partitions.make(session, now=AUTUMN) == []
    finally:
        clock.use(None)
        async with db.transaction() as session:
            for name in MADE:
                await session.execute(text(f"DROP TABLE {name}"))
