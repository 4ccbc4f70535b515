"""Statements of the busiest paths: sent straight to the driver, in the session's transaction.

SQLAlchemy's own machinery costs several times what PostgreSQL does with a small statement
(docs/performance.md). What runs for every order goes through here; all else through SQLAlchemy.
"""

import re
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

LOST = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
)
"""What the driver says when a connection is gone, most often with all its siblings."""

_NAMED = re.compile(r"(?<!:):([a-z_]+)")
_PLACE = re.compile(r"\$(\d+)")


class Statement:
    """SQL with `:named` parameters, prepared once per connection by the driver."""

    def __init__(self, sql: str) -> None:
        """Number the parameters in the order they first appear."""
        self.names = tuple(dict.fromkeys(_NAMED.findall(sql)))
        places = {name: f"${place}" for place, name in enumerate(self.names, start=1)}
        self.sql = _NAMED.sub(lambda found: places[found[1]], sql)

    async def rows(self, within: AsyncSession | AsyncConnection, **values: Any) -> list[Any]:  # noqa: ANN401 -- whatever PostgreSQL takes
        """Run it and return its rows. Raises asyncpg.PostgresError, KeyError for a missing name."""
        return await self.run(within, [values[name] for name in self.names])

    async def run(self, within: AsyncSession | AsyncConnection, given: list[Any]) -> list[Any]:
        """Run it with values in the order of its names."""
        try:
            return await self._run(within, given)
        except LOST:
            await _renew(within)
            raise

    async def _run(self, within: AsyncSession | AsyncConnection, given: list[Any]) -> list[Any]:
        if isinstance(within, AsyncConnection):
            driver = await _driver(within)
            return list(await driver.fetch(self.sql, *given))
        driver = within.info.get("driver")
        if driver is None or not driver.is_in_transaction():
            return await self._first(within, given)
        return list(await driver.fetch(self.sql, *given))

    def later(self, session: AsyncSession, **values: Any) -> None:  # noqa: ANN401 -- as above
        """Run it with the commit, in one round trip with all that wait for it.

        For a plain INSERT that nothing in this transaction reads.
        """
        given = [values[name] for name in self.names]
        session.info.setdefault("later", []).append((self, given))

    async def _first(self, session: AsyncSession, given: list[Any]) -> list[Any]:
        """Run the first statement of a session through SQLAlchemy, which begins its transaction."""
        connection = await session.connection()
        result = await connection.exec_driver_sql(self.sql, tuple(given))
        session.info["driver"] = await _driver(connection)
        return list(result.mappings()) if result.returns_rows else []


async def settle(session: AsyncSession, last: Statement | None = None, **values: Any) -> None:  # noqa: ANN401 -- as above
    """Run what was left for later and, in the same round trip, `last`."""
    waiting: list[tuple[Statement, list[Any]]] = session.info.pop("later", [])
    if last is not None:
        waiting.append((last, [values[name] for name in last.names]))
    if waiting:
        together = _together(tuple(statement for statement, _ in waiting))
        await together.run(session, [value for _, given in waiting for value in given])


@cache
def _together(statements: tuple[Statement, ...]) -> Statement:
    """Join statements into one: all but the last become parts of its WITH clause."""
    *first, last = statements
    parts, taken = [], 0
    for place, statement in enumerate(first):
        parts.append(f"later_{place} AS ({_renumbered(statement, taken)})")
        taken += len(statement.names)
    body = _renumbered(last, taken).strip()
    joined = Statement("")
    joined.sql = body if not parts else f"WITH {', '.join(parts)}{_tail(body)}"
    return joined


def _tail(body: str) -> str:
    return f", {body.removeprefix('WITH')}" if body.startswith("WITH") else f"\n{body}"


def _renumbered(statement: Statement, taken: int) -> str:
    return _PLACE.sub(lambda found: f"${int(found[1]) + taken}", statement.sql)


async def _renew(within: AsyncSession | AsyncConnection) -> None:
    """Begin a new pool, as SQLAlchemy does for statements of its own: the old one is as dead."""
    engine = within.engine if isinstance(within, AsyncConnection) else within.bind
    if isinstance(engine, AsyncEngine):
        await engine.dispose(close=False)


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    return (await connection.get_raw_connection()).driver_connection
