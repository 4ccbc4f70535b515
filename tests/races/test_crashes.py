"""The API killed at random moments under load: what was answered is there, once, and whole."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from oms.kernel import db

SEEDS = [1, 2]
CLIENTS = 12
ORDERS = 80
KILLS = 3


class Api:
    """`oms api` as a process that can be killed like one."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        plain = db.url().set(drivername="postgresql").render_as_string(hide_password=False)
        self.process = await asyncio.to_thread(
            subprocess.Popen,
            [str(Path(sys.executable).with_name("oms")), "api", "--port", str(self.port)],
            env={**os.environ, "OMS_DATABASE_URL": plain},
            stdout=subprocess.DEVNULL,
        )
        async with httpx.AsyncClient(base_url=self.base) as client, asyncio.timeout(30):
            while not await _alive(client):  # noqa: ASYNC110 -- a process does not call back
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def _alive(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/live")).is_success
    except httpx.TransportError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_when_the_api_is_killed_under_load(shop, seed):
    chance = random.Random(seed)
    await shop.open(stock={"CUP": {"TYO": 400, "OSA": 400}, "BOWL": {"TYO": 400}})
    token, api = await shop.token("site"), Api()
    wanted = {uuid4().hex: _order(shop, chance) for _ in range(ORDERS)}
    left, answers = list(wanted), {}
    await api.start()
    try:
        clients = [_client(api, token, wanted, left, answers) for _ in range(CLIENTS)]
        await asyncio.gather(_killer(api, chance, left), *clients)
    finally:
        api.kill()

    assert set(answers) == set(wanted)
    assert set(answers.values()) == {201}
    async with db.transaction() as session:
        stored = await session.scalars(text('SELECT external_id FROM "order"'))
        assert sorted(stored) == sorted(order["external_id"] for order in wanted.values())
    await shop.verified()


def _order(shop, chance):
    return shop.order(("CUP", chance.randint(1, 3), 100), ("BOWL", 1, 50))


async def _client(api, token, wanted, left, answers):
    """Post orders; on a broken connection, ask again under the same key until answered."""
    async with httpx.AsyncClient(base_url=api.base, timeout=20) as client:
        while left:
            key = left.pop()
            headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
            while key not in answers:
                try:
                    answer = await client.post("/v1/orders", json=wanted[key], headers=headers)
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                    continue
                if answer.status_code == 409 and answer.json()["code"] == "idempotency_key_in_use":
                    await asyncio.sleep(0.05)
                    continue
                answers[key] = answer.status_code


async def _killer(api, chance, left):
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 1.0))
        if not left:
            return
        api.kill()
        await api.start()
