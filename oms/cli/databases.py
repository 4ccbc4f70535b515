"""The database as the command line meets it: found, reachable, and of the right schema."""

import asyncio
import subprocess

from asyncpg import PostgresError
from sqlalchemy import URL, NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from oms.cli.complaints import Complaint
from oms.kernel import db, migrate

OLDEST = 150_000
CONNECT_SECONDS = 10
UNREACHABLE = 2
"""Exit code when there is no database to work with."""


def find() -> URL:
    """Return the database of this process, starting the embedded one if none is configured."""
    try:
        return db.url()
    except (OSError, subprocess.SubprocessError) as error:
        text = f"the embedded PostgreSQL does not start: {error}"
        raise Complaint(text, exit_code=UNREACHABLE) from error


def reach() -> None:
    """Make sure that the database answers. Raises Complaint."""
    asyncio.run(_ask(find(), schema=False))


def ready() -> None:
    """Make sure that the database answers and has a schema to work with. Raises Complaint."""
    asyncio.run(_ask(find(), schema=True))


async def _ask(url: URL, *, schema: bool) -> None:
    options = {"timeout": CONNECT_SECONDS}
    engine = create_async_engine(url, poolclass=NullPool, connect_args=options)
    try:
        async with engine.connect() as connection:
            await _demand_version(connection)
            if schema:
                await _demand_schema(connection)
    except (OSError, PostgresError, DBAPIError) as error:
        said = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
        reason = str(said).splitlines()[0] if str(said) else type(said).__name__
        place = f"{url.host or 'this machine'}:{url.port or 5432}/{url.database}"
        text = f"the database {place} cannot be reached: {reason}"
        raise Complaint(text, exit_code=UNREACHABLE) from error
    finally:
        await engine.dispose()


async def _demand_version(connection: AsyncConnection) -> None:
    version = await connection.scalar(text("SELECT current_setting('server_version_num')::int"))
    if version is None or version < OLDEST:
        raise Complaint(f"PostgreSQL 15 or newer is needed, this is {version}")


async def _demand_schema(connection: AsyncConnection) -> None:
    known = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    found = (
        await connection.scalar(text("SELECT version_num FROM alembic_version")) if known else None
    )
    if found is None or migrate.older(found):
        raise Complaint(
            f"the database has {f'schema {found}' if found else 'no schema'},"
            f" this program needs {migrate.head()}: run `oms migrate`",
            exit_code=UNREACHABLE,
        )
