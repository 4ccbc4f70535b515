"""The database is away: a 503 that says to come back, not a 500."""

import asyncio

import httpx
import pytest
from sqlalchemy import text

from oms.kernel import db


async def ask(app, path) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        return await client.get(path, headers={"authorization": "Bearer oms_aaaaaaaaaaaa_b"})


@pytest.mark.parametrize("path", ["/v1/orders", "/health/ready"])
async def test_a_database_that_cannot_be_reached(app, database_url, path):
    away = database_url.set(host="127.0.0.1", port=1, query={})
    db.use(away)
    try:
        answer = await asyncio.to_thread(asyncio.run, ask(app, path))
    finally:
        db.use(database_url)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "busy"


KILL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.mark.parametrize("path", ["/v1/orders", "/health/ready"])
async def test_a_database_that_is_restarted_is_back_at_once(shop, path):
    """Every connection of the pool is dead; whoever notices first spares the others."""
    bearer = {"authorization": f"Bearer {await shop.token('support')}"}
    await asyncio.gather(*(shop.client.get(path, headers=bearer) for _ in range(12)))
    async with db.reading() as connection:
        await connection.execute(text(KILL))

    answers = [await shop.client.get(path, headers=bearer) for _ in range(10)]

    ended = [answer.status_code for answer in answers]
    assert set(ended) <= {200, 503}
    assert ended[3:] == [200] * 7
