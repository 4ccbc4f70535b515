"""The command line as its users meet it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import text

from oms import wiring
from oms.accounts import credentials
from oms.channels import channels
from oms.channels.models import ChannelKind
from oms.cli import serving
from oms.kernel import clock, db, ids
from oms.kernel.actors import Actor
from oms.kernel.config import settings
from oms.kernel.events import Subject
from tests import factories, questions

COMMAND = [sys.executable, "-m", "oms.cli.main"]


@contextmanager
def program(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a command as a process of its own, which must end well when told to."""
    running = subprocess.Popen(  # noqa: S603 -- our own program
        [*COMMAND, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def line_with(running: subprocess.Popen[str], words: str) -> str:
    """Read what a process says until a line has these words."""
    for line in running.stdout:
        if words in line:
            return line
    raise AssertionError(running.stderr.read())


def address(database_url) -> str:
    return database_url.render_as_string(hide_password=False)


async def test_verify_says_ok_of_a_sound_database(oms):
    result = await oms("verify")

    assert result.exit_code == 0
    assert "events.gap_free" in result.out
    assert result.out.endswith("oms verify: OK\n")


async def test_verify_names_what_is_broken_and_fails(oms):
    subject = ids.new()
    async with db.transaction() as session:
        session.add(Subject(subject_id=subject, sequence=3))

    result = await oms("verify")

    assert result.exit_code == 1
    assert f"events.gap_free is broken by\n  {subject}\n" in result.out
    assert re.search(r"oms verify: 1 of \d+ checks failed\n$", result.out)


async def test_an_api_key_is_printed_alone_and_works(oms):
    result = await oms("keys", "create", "--name", "shop", "--scope", "orders:read")

    assert result.exit_code == 0
    assert "shown once" in result.err
    actor = await authenticated(result.out)
    assert (actor.name, actor.scopes, actor.channel_id) == ("shop", {"orders:read"}, None)


async def test_a_key_of_a_channel_is_bound_to_it(oms):
    async with db.transaction() as session:
        web = await channels.open_channel(
            session, code="web", name="Web", kind=ChannelKind.SITE, currency="JPY"
        )
    scopes = ["--scope", "orders:read", "--scope", "orders:write"]

    result = await oms("keys", "create", "--name", "shop", *scopes, "--channel", "web")

    actor = await authenticated(result.out)
    assert (actor.scopes, actor.channel_id) == ({"orders:read", "orders:write"}, web.id)


async def test_staff_are_bound_to_their_locations(oms):
    async with db.transaction() as session:
        store = await factories.return_location(session, code="TYO")

    result = await oms("staff", "create", "--name", "Sato", "--role", "store", "--location", "TYO")

    actor = await authenticated(result.out)
    assert (actor.name, actor.roles, actor.location_ids) == ("Sato", {"store"}, {store.id})


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("keys create --name x --scope sing", "there is no sing; there are orders:read, "),
        (
            "keys create --name x --scope orders:read --channel nowhere",
            "there is no channel nowhere; there are none yet",
        ),
        ("staff create --name x --role king", "there is no king; there are warehouse, store, "),
        ("staff create --name x --role store --location X", "there is no location X"),
        ("migrate --revision 0077", "Can't locate revision identified by '0077'"),
        ("worker OMS_BROKER_URL=http://broker", "OMS_BROKER_URL must begin with redis:// or amqp"),
        ("worker OMS_SWEEP_SECONDS=soon", "OMS_SWEEP_SECONDS: Input should be a valid number"),
        ("verify OMS_PORT=http", "OMS_PORT: Input should be a valid integer"),
        ("serve --host 203.0.113.1 --port 0", "cannot listen on 203.0.113.1 port 0: Cannot assign"),
    ],
)
async def test_what_the_user_can_put_right_is_told_in_one_line(oms, command, says):
    words = command.split()
    environment = dict(word.split("=") for word in words if "=" in word)

    result = await oms(*(word for word in words if "=" not in word), **environment)

    assert result.exit_code == 1
    assert result.out == ""
    assert result.err.startswith(f"oms: {says}")
    assert result.err.count("\n") == 1


async def test_a_port_in_use_is_told_in_one_line(oms):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        result = await oms("serve", "--port", port)

    assert result.err == f"oms: cannot listen on 127.0.0.1 port {port}: Address already in use\n"


@pytest.mark.parametrize(
    ("url", "exit_code", "says"),
    [
        (
            "postgresql://oms:hidden@127.0.0.1:1/oms",
            2,
            "the database 127.0.0.1:1/oms cannot be reached: ",
        ),
        ("mysql://oms:hidden@127.0.0.1/oms", 1, "OMS_DATABASE_URL must begin with postgresql://"),
        ("nonsense", 1, "OMS_DATABASE_URL is not an address"),
    ],
)
async def test_a_database_that_is_not_there_is_told_without_its_password(
    oms, monkeypatch, url, exit_code, says
):
    monkeypatch.setattr(db, "_url", [])

    result = await oms("verify", OMS_DATABASE_URL=url)

    assert result.exit_code == exit_code
    assert result.err.startswith(f"oms: {says}")
    assert result.err.count("\n") == 1
    assert "hidden" not in result.err


async def test_a_database_without_tables_asks_for_a_migration(oms):
    async with db.transaction() as session:
        await session.execute(text("ALTER TABLE alembic_version RENAME TO set_aside"))
    try:
        result = await oms("verify")
    finally:
        async with db.transaction() as session:
            await session.execute(text("ALTER TABLE set_aside RENAME TO alembic_version"))

    assert result.exit_code == 2
    assert "has no schema" in result.err
    assert "run `oms migrate`" in result.err


def test_the_first_start_prints_an_administrators_token_once(database, database_url):
    environment = {"OMS_DATABASE_URL": address(database_url)}
    with program("serve", "--port", "0", **environment) as running:
        url = line_with(running, "API").split()[-1].removesuffix("/docs")
        token = line_with(running, "token").split()[-1]
        me = httpx.get(f"{url}/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["roles"] == ["admin"]
        assert httpx.get(f"{url}/docs").status_code == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0

    with program("serve", "--port", "0", **environment) as running:
        line_with(running, "API")
        assert "Stop" in running.stdout.readline()


def test_several_processes_serve_one_port(database, database_url):
    with program(
        "api", "--port", "0", "--workers", "2", OMS_DATABASE_URL=address(database_url)
    ) as running:
        url = line_with(running, "API").split()[-1].removesuffix("/docs")
        transport = httpx.HTTPTransport(retries=50)
        with httpx.Client(transport=transport, timeout=30) as http:
            assert http.get(f"{url}/health/ready").status_code == 200
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


async def test_the_server_inside_a_program_serves_and_works(database, monkeypatch):
    monkeypatch.setattr(settings(), "port", 0)
    with serving.Server() as server:
        questions.subscribe()
        await questions.ask(1)
        async with httpx.AsyncClient() as http:
            answer = await http.get(f"{server.url}/health/live")

        assert answer.json()["status"] == "ok"
        assert await questions.answered(1) == [1]
    wiring.install()


async def authenticated(token: str) -> Actor:
    async with db.reading() as connection:
        header = f"Bearer {token}"
        return await credentials.authenticate(connection, header=header, now=clock.now())
