"""`oms migrate`: bring the database to the schema of this program."""

import asyncio

import typer

from oms.cli import databases
from oms.kernel import log, migrate


def run(*, revision: str) -> None:
    """Apply what is missing up to `revision`, and say where the database stands."""
    log.configure()
    databases.reach()
    asyncio.run(migrate.upgrade(databases.find(), revision=revision))
    typer.echo(f"The database is at schema {migrate.head() if revision == 'head' else revision}.")
