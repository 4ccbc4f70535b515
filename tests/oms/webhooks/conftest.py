"""A receiver at a private address, the permission to send there, and a clock to set."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime

import pytest

from oms.kernel import clock, config
from tests.receiver import Receiver, listening


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server that takes everything, at a private address."""
    async with listening(Receiver()) as ready:
        yield ready


@pytest.fixture
def private_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What OMS_WEBHOOKS_ALLOW_PRIVATE=true does."""
    monkeypatch.setattr(config.settings(), "webhooks_allow_private", True)


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set this process's clock; it runs again after the test."""
    yield lambda moment: clock.use(lambda: moment)
    clock.use(None)
