"""The migrations and the models tell the same story."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from oms.kernel import migrate


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
