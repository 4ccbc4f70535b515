"""What the README promises a newcomer is true."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from oms.accounts import credentials
from oms.accounts.models import Role
from oms.cli import serving
from oms.kernel import db
from oms.kernel.config import settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture
def script() -> str:
    [block] = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return block


async def test_the_first_order_of_the_readme_is_told_to_its_end(database, monkeypatch, script):
    monkeypatch.setattr(settings(), "port", 0)
    async with db.transaction() as session:
        admin = await credentials.hire(
            session, name="Administrator", roles=[Role.ADMIN], location_ids=None
        )
    with serving.Server() as server:
        script = script.replace("http://127.0.0.1:8000", server.url).replace("oms_...", admin.token)
        ran = subprocess.run(  # noqa: ASYNC221, S603 -- the server works in other threads
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 -- as a reader would
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        async with httpx.AsyncClient() as http:
            story = await http.get(ran.stdout.split()[-1])

    assert '"shipment.shipped"' in ran.stdout
    assert '"payment.authorised"' in ran.stdout
    assert story.status_code == 200
    assert "SB-1" in story.text


def test_what_the_readme_points_at_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
