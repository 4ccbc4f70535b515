import pytest
from sqlalchemy import text

from oms.kernel import db, ids
from oms.kernel.statements import Rows, Statement
from oms.kernel.tables import untracked
from oms.orders.models import OrderLine

ADD = Statement("SELECT :one::int + :other::int AS sum, :one::int AS one")


def test_a_name_used_twice_is_one_parameter_and_a_cast_is_none():
    assert ADD.names == ("one", "other")
    assert ADD.sql == "SELECT $1::int + $2::int AS sum, $1::int AS one"


async def test_rows_are_read_by_name(session):
    for _ in range(2):  # the first goes through SQLAlchemy, the second straight to the driver
        [row] = await ADD.rows(session, one=1, other=2)
        assert (row["sum"], row["one"]) == (3, 1)


async def test_a_missing_value_is_refused(session):
    with pytest.raises(KeyError):
        await ADD.rows(session, one=1)


async def test_it_runs_in_the_transaction_of_the_session(database):
    insert = Statement("INSERT INTO event_subject (subject_id, sequence) VALUES (:id, 1)")
    subject_id = ids.new()

    async def broken_work():
        async with db.transaction() as session:
            await insert.rows(session, id=subject_id)
            await insert.rows(session, id=ids.new())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken_work()

    async with db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM event_subject")) == 0


async def test_after_a_rollback_it_begins_a_new_transaction(database):
    insert = Statement("INSERT INTO event_subject (subject_id, sequence) VALUES (:id, 1)")
    async with db.transaction() as session:
        await insert.rows(session, id=ids.new())
        await session.rollback()
        await insert.rows(session, id=ids.new())

    async with db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM event_subject")) == 1


SUBJECTS = Rows("event_subject", "subject_id uuid, sequence bigint")


async def test_rows_are_written_with_the_commit_in_one_statement(database):
    async with db.transaction() as session:
        for number in (1, 2, 3):
            SUBJECTS.add(session, subject_id=ids.new(), sequence=number)
        assert await session.scalar(text("SELECT count(*) FROM event_subject")) == 0

    async with db.transaction() as session:
        found = await session.scalars(text("SELECT sequence FROM event_subject ORDER BY 1"))
        assert found.all() == [1, 2, 3]


async def test_rows_that_wait_die_with_a_rollback(database):
    async def broken_work():
        async with db.transaction() as session:
            SUBJECTS.add(session, subject_id=ids.new(), sequence=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken_work()

    async with db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM event_subject")) == 0


async def test_a_column_that_is_none_is_refused(session):
    with pytest.raises(KeyError):
        SUBJECTS.add(session, subject_id=ids.new(), number=1)
    assert "rows" not in session.info


async def test_a_column_can_be_the_same_in_every_row_and_a_conflict_answered(database):
    first, second = sorted((ids.new(), ids.new()))
    once = Rows(
        "event_subject",
        "subject_id uuid",
        filled={"sequence": "7"},
        order="subject_id DESC",
        conflict="DO NOTHING",
    )
    async with db.transaction() as session:
        for subject_id in (first, second, first):
            once.add(session, subject_id=subject_id)

    async with db.transaction() as session:
        found = await session.execute(text("SELECT subject_id, sequence FROM event_subject"))
        assert found.all() == [(second, 7), (first, 7)]


async def test_reading_needs_no_transaction(database):
    async with db.reading() as connection:
        [row] = await ADD.rows(connection, one=2, other=2)
    assert row["sum"] == 4


def test_an_untracked_row_has_the_defaults_of_its_table():
    line = untracked(OrderLine, sku="CUP", ordered=2)
    assert (line.sku, line.ordered, line.shipped, line.charged) == ("CUP", 2, 0, 0)
