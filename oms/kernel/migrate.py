"""Bringing a database to the present schema."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from oms.kernel.tables import METADATA

MODEL_MODULES = [
    "oms.kernel.events",
    "oms.kernel.jobs",
    "oms.kernel.inbox",
    "oms.kernel.idempotency",
    "oms.accounts.models",
    "oms.webhooks.models",
    "oms.channels.models",
    "oms.channels.imports.models",
    "inventory.catalog.models",
    "inventory.places.models",
    "inventory.models",
    "inventory.holds.models",
    "inventory.transfers.models",
    "inventory.counts.models",
    "inventory.selling.models",
    "inventory.tracing.models",
    "inventory.supply.models",
    "oms.payments.models",
    "oms.routing.models",
    "fulfillment.models",
    "oms.orders.models",
    "returns.models",
]
"""Where tables are declared. Named, not imported: the ground knows no room above it."""

LOCK = 7_361_002


def config(connection: Connection) -> Config:
    """Return Alembic's configuration, speaking over an open connection."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


async def upgrade(url: URL, *, revision: str = "head") -> None:
    """Apply what is missing; concurrent callers wait for each other."""
    await _run(url, lambda connection: command.upgrade(config(connection), revision))


async def downgrade(url: URL, *, revision: str) -> None:
    """Take migrations back to `revision` ("base" for an empty database)."""
    await _run(url, lambda connection: command.downgrade(config(connection), revision))


async def differences(url: URL) -> list[Any]:
    """Return what the models say and the migrated database does not, or the reverse."""
    found: list[Any] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"include_name": whole(connection)})
        found.extend(compare_metadata(context, METADATA))

    await _run(url, compare)
    return found


def whole(connection: Connection) -> Callable[[str | None, str, object], bool]:
    """Return what tells tables from partitions: models know nothing of these."""
    partitions = set(
        connection.scalars(
            text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        )
    )
    return lambda name, kind, _: kind != "table" or name not in partitions


async def revise(url: URL, *, message: str) -> None:
    """Write a new migration from the difference between models and database."""
    await _run(
        url,
        lambda connection: command.revision(config(connection), message, autogenerate=True),
    )


async def _run(url: URL, step: Any) -> None:  # noqa: ANN401 -- a function of a sync connection
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            await connection.run_sync(step)
    finally:
        await engine.dispose()


@cache
def head() -> str:
    """Return the newest revision this program knows."""
    return str(scripts().get_current_head())


def older(revision: str) -> bool:
    """Tell whether a database at this revision lacks something; a newer one is for others."""
    known = {script.revision for script in scripts().walk_revisions()}
    return revision in known and revision != head()


def scripts() -> ScriptDirectory:
    """Return the migrations this program knows."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(made)
