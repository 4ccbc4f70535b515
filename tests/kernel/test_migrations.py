"""The migrations and the models tell the same story."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import URL, NullPool, TextClause, text
from sqlalchemy.ext.asyncio import create_async_engine

from oms.kernel import migrate, partitions


@pytest.fixture
async def empty_database(database_url: URL) -> AsyncIterator[URL]:
    """A database in which nothing has been created yet."""
    name = f"{database_url.database}_migrations"
    engine = create_async_engine(database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield database_url.set(database=name)
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


async def changed(url: URL, statement: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def read(url: URL, question: TextClause) -> list[Any]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        rows = (await connection.execute(question)).all()
    await engine.dispose()
    return list(rows)


async def test_migrations_build_exactly_the_tables_of_the_models(empty_database):
    await migrate.upgrade(empty_database)

    assert await migrate.differences(empty_database) == []


async def test_a_column_the_models_do_not_know_is_seen(empty_database):
    await migrate.upgrade(empty_database)
    await changed(empty_database, "ALTER TABLE event ADD COLUMN forgotten int")

    [(verb, _, table, column)] = await migrate.differences(empty_database)

    assert (verb, table, column.name) == ("remove_column", "event", "forgotten")


async def test_every_migration_can_be_taken_back_and_applied_again(empty_database):
    await migrate.upgrade(empty_database)

    await migrate.downgrade(empty_database, revision="base")
    await migrate.upgrade(empty_database)

    assert await migrate.differences(empty_database) == []


def before(doc: str) -> str:
    """Return the revision on which the migration of this description builds."""
    [found] = [one for one in migrate.scripts().walk_revisions() if one.doc == doc]
    return str(found.down_revision)


LINES = text("""
    SELECT CAST(tableoid::regclass AS text) AS lies_in, reference FROM stock_movement
    ORDER BY reference
""")

LINE = """
    INSERT INTO stock_movement (id, sku, location_id, on_hand, committed, reserved, safety_stock,
        damaged, quality_control, incoming, reason, reference, actor, recorded_at)
    VALUES ('{}', 'CUP', gen_random_uuid(), 0, 0, 0, 0, 0, 0, 0, 'other', '{}', 'x', '{}')
"""


async def test_every_line_of_the_ledger_moves_into_its_month_and_back(empty_database):
    whole = before("The ledger of stock is kept by month.")
    await migrate.upgrade(empty_database, revision=whole)
    for at in ("2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00Z"):
        moment = datetime.fromisoformat(at)
        await changed(empty_database, LINE.format(partitions.first_id(moment), at, at))

    await migrate.upgrade(empty_database)
    assert [row.lies_in for row in await read(empty_database, LINES)] == [
        "stock_movement_2025_12",
        "stock_movement_2026_01",
    ]

    await migrate.downgrade(empty_database, revision=whole)
    assert [row.lies_in for row in await read(empty_database, LINES)] == ["stock_movement"] * 2
    with pytest.raises(Exception, match="append-only"):
        await changed(empty_database, "DELETE FROM stock_movement")
