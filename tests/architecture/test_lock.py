"""What is installed is pinned, byte for byte, wherever it comes from."""

import re
import tomllib
from collections.abc import Iterable

from tests.architecture.sources import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ASKED = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


def unlocked(asked: Iterable[str], lock: str) -> list[str]:
    """Find dependencies that the lock does not pin."""
    pinned = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    names = {re.match(r"[\w.-]+", requirement).group() for requirement in asked}
    return sorted(names - pinned)


def unhashed(lock: str) -> list[str]:
    """Find pins without a hash."""
    pins = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    return [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin]


def registries(lock: str) -> list[str]:
    """Find lines that say where to download from: that is for each machine to decide."""
    return re.findall(
        r"^.*(?:://|--index-url|--extra-index-url|--find-links).*$", lock, re.MULTILINE
    )


def test_everything_asked_for_is_locked():
    """A dependency added to pyproject.toml needs `make lock`."""
    assert unlocked(ASKED, LOCK) == []
    assert unhashed(LOCK) == []


def test_the_lock_names_no_registry():
    """The same lock installs from any mirror, because only the hashes count."""
    assert registries(LOCK) == []


def test_a_loose_lock_is_seen():
    """A missing pin, a missing hash and an address."""
    lock = "--index-url https://example.com\nrich==1 \\\n    --hash=sha256:00\nhttpx==1\n"

    assert unlocked(["rich>=1", "httpx", "sqlalchemy[asyncio]>=2"], lock) == ["sqlalchemy"]
    assert unhashed(lock) == ["httpx==1"]
    assert registries(lock) == ["--index-url https://example.com"]
