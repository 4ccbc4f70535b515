"""`oms serve`: everything in one process, nothing to configure."""

import asyncio

import typer

from oms.accounts import credentials
from oms.accounts.models import Role
from oms.cli import databases, serving
from oms.kernel import db, migrate


def run(*, host: str | None, port: int | None) -> None:
    """Serve until stopped; on the first start an administrator's token is issued and printed."""
    server = serving.Server(host=host, port=port)
    serving.prepare()
    databases.reach()
    token = asyncio.run(_first_start())
    with server:
        typer.echo(f"OMS is running. API and its documentation: {server.url}/docs")
        if token is not None:
            typer.echo(f"Administrator's token, shown this once: {token}")
        typer.echo("Stop with Ctrl+C.")
        serving.until_stopped(lambda: server.alive)


async def _first_start() -> str | None:
    """Bring the schema up to date; issue a token when nobody could log in."""
    await migrate.upgrade(db.url())
    try:
        async with db.transaction() as session:
            if await credentials.anyone(session):
                return None
            issued = await credentials.hire(
                session, name="Administrator", roles=[Role.ADMIN], location_ids=None
            )
            return issued.token
    finally:
        await db.dispose()
