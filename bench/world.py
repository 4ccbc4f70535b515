"""The stock the measurements run on: so many SKUs at so many locations, plenty of each."""

import random
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import URL, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from inventory.places.models import Location
from oms.accounts import credentials
from oms.accounts.models import Scope
from oms.channels import channels
from oms.channels.models import ChannelKind
from oms.kernel import db, migrate

SKUS = 10_000
LOCATIONS = 10
UNITS = 1_000_000
HOT = "SKU-00000"


@dataclass(frozen=True)
class World:
    """What a measurement needs to know of the database it runs on."""

    url: URL
    token: str
    channel_id: UUID
    location_ids: list[UUID]


async def build(
    server: URL, *, database: str = "oms_bench", skus: int = SKUS, locations: int = LOCATIONS
) -> World:
    """Make the database anew and fill it; from now on it is the one of this process."""
    url = await _emptied(server, database)
    await migrate.upgrade(url)
    await db.dispose()
    db.use(url)
    async with db.transaction() as session:
        channel = await channels.open_channel(
            session, code="bench", name="Bench", kind=ChannelKind.SITE, currency="JPY"
        )
        places = [
            Location(
                code=f"L{number}",
                name=f"Location {number}",
                country="JP",
                city="Tokyo",
                latitude=33 + number % LOCATIONS * 0.9,
                longitude=139 + number // LOCATIONS * 0.02,
                pickup=True,
            )
            for number in range(locations)
        ]
        session.add_all(places)
        key = await credentials.issue_api_key(
            session, name="bench", scopes=list(Scope), channel_id=channel.id
        )
        await session.flush()
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text(_ITEMS), {"skus": skus})
        await session.execute(text(_LEVELS), {"units": UNITS})
    async with db.reading() as connection:
        await connection.execute(text("VACUUM ANALYZE item, location, stock_level"))
    return World(url, key.token, channel.id, [place.id for place in places])


async def _emptied(server: URL, database: str) -> URL:
    engine = create_async_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
        await connection.execute(text(f"CREATE DATABASE {database}"))
    await engine.dispose()
    return server.set(database=database)


_ITEMS = """
INSERT INTO item (id, version, sku, name, weight_grams, active)
SELECT gen_random_uuid(), 1, 'SKU-' || lpad(n::text, 5, '0'), 'Thing ' || n, 100, true
FROM generate_series(0, :skus - 1) AS n
"""

_LEVELS = """
INSERT INTO stock_level (sku, location_id, on_hand, committed, reserved, safety_stock, damaged,
    quality_control, incoming)
SELECT sku, location.id, :units, 0, 0, 0, 0, 0, 0 FROM item, location
"""


def skus(chance: random.Random, *, hot: bool) -> list[str]:
    """Draw the three SKUs of an order; with `hot`, one of them is always the same."""
    drawn = [f"SKU-{number:05}" for number in chance.sample(range(1, SKUS), 3)]
    return [HOT, *drawn[1:]] if hot else drawn
