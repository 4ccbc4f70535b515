"""Real PostgreSQL for every test: one migrated template, one clone per worker."""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from litestar import Litestar
from sqlalchemy import URL, NullPool, make_url, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from api.app import create_app
from oms import wiring
from oms.kernel import db, migrate, postgres
from oms.kernel.tables import METADATA
from tests.shop import Shop

LEDGERS = ("event", "lot_movement", "serial_movement", "stock_movement")
"""Append-only tables; deleting a few rows is much faster than truncating every table."""

hypothesis.settings.register_profile("oms", deadline=None)  # a busy machine proves nothing
hypothesis.settings.load_profile("oms")

ROOT = Path(__file__).parent.parent


def _server() -> URL:
    given = os.environ.get("OMS_TEST_DATABASE_URL")
    if given:
        return postgres.driven(make_url(given))
    return postgres.embedded(Path(tempfile.gettempdir()) / "oms-test-postgres", database="postgres")


def _schema_digest() -> str:
    """Name what a template was made of; it has the partitions of the month it was made in."""
    digest = hashlib.sha256(time.strftime("%Y-%m", time.gmtime()).encode())
    for path in sorted((ROOT / "oms/kernel/migrations/versions").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


async def _clone(server: URL, name: str) -> URL:
    template = f"oms_template_{_schema_digest()}"
    engine = create_async_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(7361003)"))
        if "OMS_TEST_DATABASE_URL" not in os.environ:
            await connection.execute(text("ALTER SYSTEM SET fsync = off"))
            await connection.execute(text("SELECT pg_reload_conf()"))
        exists = await connection.scalar(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": template}
        )
        if not exists:
            await connection.execute(text(f"CREATE DATABASE {template}_new"))
            await migrate.upgrade(server.set(database=f"{template}_new"))
            await connection.execute(text(f"ALTER DATABASE {template}_new RENAME TO {template}"))
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    await engine.dispose()
    return server.set(database=name)


@pytest.fixture(scope="session")
def database_url() -> URL:
    """The address of this worker's own database."""
    os.environ["OMS_SECRET"] = "a secret for tests only, of decent length"
    os.environ["OMS_WEBHOOKS_ALLOW_PRIVATE"] = "false"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    suffix = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
    url = asyncio.run(_clone(_server(), f"oms_test_{suffix}_{worker}"))
    db.use(url)
    wiring.install()
    return url


@pytest.fixture(scope="session")
def app(database_url: URL) -> Litestar:
    """The whole application; its routes are the same for every test."""
    return create_app()


@pytest.fixture
async def client(app: Litestar, database: None) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks HTTP to the application, which commits for real."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


@pytest.fixture
def shop(client: httpx.AsyncClient) -> Shop:
    """A shop that is not open yet."""
    return Shop(client)


@pytest.fixture
async def session(database_url: URL) -> AsyncIterator[AsyncSession]:
    """A session whose every change is undone after the test."""
    async with db.engine().connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection,
            expire_on_commit=False,
            autoflush=False,
            join_transaction_mode="create_savepoint",
        ) as session:
            yield session
        await outer.rollback()


@pytest.fixture
async def database(database_url: URL) -> AsyncIterator[None]:
    """Tests that commit for real: every table is empty again afterwards."""
    yield
    async with db.engine().begin() as connection:
        for ledger in LEDGERS:
            await connection.execute(text(f"ALTER TABLE {ledger} DISABLE TRIGGER append_only"))
        for table in reversed(METADATA.sorted_tables):
            await connection.execute(table.delete())
        for ledger in LEDGERS:
            await connection.execute(text(f"ALTER TABLE {ledger} ENABLE TRIGGER append_only"))
