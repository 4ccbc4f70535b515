"""Sessions and the only place that commits."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeAlias
from weakref import WeakKeyDictionary

import asyncpg
import msgspec
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from oms.kernel import broker, events, postgres
from oms.kernel.config import settings
from oms.kernel.errors import Conflict, DomainError, Rejected, Unavailable
from oms.kernel.statements import LOST

RETRYABLE = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, lock timeout: nothing happened, the same call may succeed."""

TAKEN = "23505"
"""Unique violation: somebody else added the same."""

OUT_OF_ORDER = {"08", "53", "57"}
"""Classes of SQLSTATE: no connection, no resources, an operator stepped in (shutdown, cancel)."""

NO_CONNECTION = "no_connection"

DATABASE_ERRORS = (DBAPIError, asyncpg.PostgresError)
"""What the database refused, through SQLAlchemy or straight from the driver."""

DatabaseError: TypeAlias = DBAPIError | asyncpg.PostgresError

_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncEngine] = WeakKeyDictionary()
_url: list[URL] = []


class RuleViolated(Conflict):
    """The database refused: a rule of the data would be broken."""

    constraint: str


class AlreadyExists(Conflict):
    """There is already one like it."""

    constraint: str


class InvalidValue(Rejected):
    """A value cannot be stored."""

    reason: str


class Busy(Unavailable):
    """Others are changing the same things; try again shortly."""

    sqlstate: str


def use(url: URL) -> None:
    """Point this process at a database; called once by a door, before the first session."""
    _url[:] = [url]


def url() -> URL:
    """Return the database of this process."""
    if not _url:
        use(postgres.url())
    return _url[0]


def engine() -> AsyncEngine:
    """Return the engine of the running event loop, made on first use."""
    loop = asyncio.get_running_loop()
    if loop not in _engines:
        _engines[loop] = make_engine(url(), pool_size=settings().pool_size)
    return _engines[loop]


def make_engine(target: URL, *, pool_size: int) -> AsyncEngine:
    """Make an engine whose every session has time limits and plans its statements once."""
    limits = {
        "application_name": "oms",
        "timezone": "UTC",
        "jit": "off",
        "plan_cache_mode": "force_generic_plan",
        "statement_timeout": f"{settings().statement_timeout_seconds}s",
        "lock_timeout": f"{settings().lock_timeout_seconds}s",
        "idle_in_transaction_session_timeout": "60s",
    }
    return create_async_engine(
        target,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        pool_timeout=10,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={"server_settings": limits, "prepared_statement_cache_size": 500},
    )


async def dispose() -> None:
    """Close the connections of the running loop."""
    if (made := _engines.pop(asyncio.get_running_loop(), None)) is not None:
        await made.dispose()


def sessions() -> async_sessionmaker[AsyncSession]:
    """Return the factory of sessions on the running loop."""
    return _factory(engine())


@cache
def _factory(made: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Make the factory once per engine: each one builds classes of its own."""
    return async_sessionmaker(made, expire_on_commit=False, autoflush=False)


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """Open a session; write its events, commit and wake the workers when the block ends well.

    Raises the DomainError that a refusal of the database amounts to.
    """
    async with sessions()() as session:
        try:
            yield session
            await finish(session)
        except DATABASE_ERRORS as error:
            raise translated(error) from error


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncConnection]:
    """Open a connection for one read outside any transaction: one round trip."""
    async with engine().connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def snapshot() -> AsyncIterator[AsyncSession]:
    """Open a session that reads the database as it is at this moment, however long it reads."""
    async with sessions()() as session:
        await session.connection(
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        yield session


async def write(session: AsyncSession) -> None:
    """Write all that waits for the commit, pending events last, so that only the commit is left."""
    await session.flush()
    await events.flush(session)


async def finish(session: AsyncSession) -> None:
    """Write what waits, commit, then tell the broker."""
    await write(session)
    await session.commit()
    broker.wake(events.woken(session))


async def restart(session: AsyncSession) -> None:
    """Undo all that was done in a session; the work that begins anew knows that it does."""
    await session.rollback()
    session.info.clear()
    session.info["restarted"] = True


def restarted(session: AsyncSession) -> bool:
    """Tell whether this work was undone once: others were faster, it had better wait in line."""
    return "restarted" in session.info


async def request_session() -> AsyncGenerator[AsyncSession]:
    """Give one request its transaction: the only generator dependency.

    A database error leaves as it came, for the application to answer: an error that changed on
    its way out of a dependency would reach it wrapped in a group.
    """
    async with sessions()() as session:
        yield session
        await finish(session)


def translated(error: DatabaseError) -> DomainError | DatabaseError:
    """Return the refusal a database error stands for, or the error itself when it is ours."""
    sqlstate = state_of(error)
    constraint = constraint_of(error)
    if sqlstate in RETRYABLE or sqlstate[:2] in OUT_OF_ORDER:
        return Busy(sqlstate)
    if isinstance(_cause(error), LOST):
        return Busy(NO_CONNECTION)
    if sqlstate == TAKEN:
        return AlreadyExists(constraint)
    if sqlstate.startswith("23"):
        return RuleViolated(constraint)
    if sqlstate.startswith("22"):
        return InvalidValue(type(_cause(error)).__name__)
    return error


def state_of(error: DatabaseError) -> str:
    """Return the SQLSTATE of a database error, empty when it has none."""
    return str(getattr(_cause(error), "sqlstate", None) or "")


def constraint_of(error: DatabaseError) -> str:
    """Return the name of the constraint that was violated, `unnamed` when there is none."""
    return str(getattr(_cause(error), "constraint_name", None) or "unnamed")


def _cause(error: DatabaseError) -> BaseException:
    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig.__cause__ or error.orig
