"""Statements of the busiest paths: sent straight to the driver, in the session's transaction.

SQLAlchemy's own machinery costs several times what PostgreSQL does with a small statement
(docs/performance.md). What runs for every order goes through here; all else through SQLAlchemy.
"""

import re
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

_NAMED = re.compile(r"(?<!:):([a-z_]+)")


class Statement:
    """SQL with `:named` parameters, prepared once per connection by the driver."""

    def __init__(self, sql: str) -> None:
        """Number the parameters in the order they first appear."""
        self.names = tuple(dict.fromkeys(_NAMED.findall(sql)))
        places = {name: f"${place}" for place, name in enumerate(self.names, start=1)}
        self.sql = _NAMED.sub(lambda found: places[found[1]], sql)

    async def rows(self, within: AsyncSession | AsyncConnection, **values: Any) -> list[Any]:  # noqa: ANN401 -- whatever PostgreSQL takes
        """Run it and return its rows. Raises asyncpg.PostgresError, KeyError for a missing name."""
        given = [values[name] for name in self.names]
        if isinstance(within, AsyncConnection):
            driver = await _driver(within)
            return list(await driver.fetch(self.sql, *given))
        driver = within.info.get("driver")
        if driver is None or not driver.is_in_transaction():
            return await self._first(within, given)
        return list(await driver.fetch(self.sql, *given))

    async def _first(self, session: AsyncSession, given: list[Any]) -> list[Any]:
        """Run the first statement of a session through SQLAlchemy, which begins its transaction."""
        connection = await session.connection()
        result = await connection.exec_driver_sql(self.sql, tuple(given))
        session.info["driver"] = await _driver(connection)
        return list(result.mappings()) if result.returns_rows else []


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    return (await connection.get_raw_connection()).driver_connection
