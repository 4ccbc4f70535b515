"""Statements of the busiest paths: sent straight to the driver, in the session's transaction.

SQLAlchemy's own machinery costs several times what PostgreSQL does with a small statement
(docs/performance.md). What runs for every order goes through here; all else through SQLAlchemy.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import asyncpg
import msgspec
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

    async def _first(self, session: AsyncSession, given: list[Any]) -> list[Any]:
        """Run the first statement of a session through SQLAlchemy, which begins its transaction."""
        connection = await session.connection()
        result = await connection.exec_driver_sql(self.sql, tuple(given))
        session.info["driver"] = await _driver(connection)
        return list(result.mappings()) if result.returns_rows else []


class Rows:
    """New rows of one table that nothing in their transaction reads: written with the commit.

    All that were added, by whomever, become one INSERT, and the INSERTs of all tables one round
    trip. `columns` are names with their types, `filled` are columns that are the same SQL in every
    row, `order` sorts the rows and `conflict` is what follows ON CONFLICT.
    """

    def __init__(
        self,
        table: str,
        columns: str,
        *,
        filled: Mapping[str, str] | None = None,
        order: str = "",
        conflict: str = "",
    ) -> None:
        """Write the INSERT; `filled` may also say how a column is made of one that was given."""
        names = [one.split()[0] for one in columns.split(",")]
        made = {name: name for name in names} | dict(filled or {})
        self.names = frozenset(names)
        self.sql = f"""
            INSERT INTO {table} ({", ".join(made)})
            SELECT {", ".join(made.values())}
            FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS row ({columns})
            {f"ORDER BY {order}" if order else ""} {f"ON CONFLICT {conflict}" if conflict else ""}
        """  # noqa: S608 -- names that the code gives

    def add(self, session: AsyncSession, **values: object) -> None:
        """Let a row be written with the commit; a column that is left out is NULL.

        Raises KeyError for a name that is no column.
        """
        if strange := values.keys() - self.names:
            raise KeyError(*strange)
        session.info.setdefault("rows", {}).setdefault(self, []).append(values)


async def settle(session: AsyncSession, last: Statement | None = None, **values: Any) -> None:  # noqa: ANN401 -- as above
    """Write the rows that wait and, in the same round trip, run `last`."""
    waiting: dict[Rows, list[Mapping[str, object]]] = session.info.pop("rows", {})
    if not waiting and last is None:
        return
    kinds = sorted(waiting, key=lambda kind: kind.sql)
    given = [msgspec.json.encode(waiting[kind]).decode() for kind in kinds]
    if last is not None:
        given += [values[name] for name in last.names]
    await _together(tuple(kinds), last).run(session, given)


@cache
def _together(kinds: tuple[Rows, ...], last: Statement | None) -> Statement:
    """Join INSERTs into one statement: all but the last become parts of its WITH clause."""
    parts = [_renumbered(kind.sql, place) for place, kind in enumerate(kinds)]
    body = parts.pop() if last is None else _renumbered(last.sql, len(kinds))
    joined = Statement("")
    named = ", ".join(f"rows_{place} AS ({part})" for place, part in enumerate(parts))
    joined.sql = f"WITH {named}{_tail(body.strip())}" if named else body
    return joined


def _tail(body: str) -> str:
    return f", {body.removeprefix('WITH')}" if body.startswith("WITH") else f"\n{body}"


def _renumbered(sql: str, taken: int) -> str:
    return _PLACE.sub(lambda found: f"${int(found[1]) + taken}", sql)


async def _renew(within: AsyncSession | AsyncConnection) -> None:
    """Begin a new pool, as SQLAlchemy does for statements of its own: the old one is as dead."""
    engine = within.engine if isinstance(within, AsyncConnection) else within.bind
    if isinstance(engine, AsyncEngine):
        await engine.dispose(close=False)


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    return (await connection.get_raw_connection()).driver_connection
