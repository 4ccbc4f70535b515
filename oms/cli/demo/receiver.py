"""An integrator of the demonstration: it receives our webhooks and believes only signed ones."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from standardwebhooks import Webhook, WebhookVerificationError

from oms.cli.demo import chances
from oms.cli.demo.tally import Tally

Message = MutableMapping[str, Any]
HOST = "127.0.0.1"
DOWN_PER_MILLE = 3


class Receiver:
    """An ASGI application that checks and counts; now and then it is down when first asked."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.secret: str | None = None
        self.port = 0
        self._seen: set[str] = set()
        self._failed: set[str] = set()

    @property
    def url(self) -> str:
        """Where webhooks are to be sent."""
        return f"http://{HOST}:{self.port}/webhooks"

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status = self._judge(headers, body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def _judge(self, headers: dict[str, str], body: bytes) -> int:
        message_id = headers.get("webhook-id", "")
        if chances.happens(DOWN_PER_MILLE, "down", message_id) and message_id not in self._failed:
            self._failed.add(message_id)
            self.tally.add("webhooks not taken at first")
            return 503
        try:
            Webhook(self.secret or "").verify(body, headers, json_parse=False)
        except WebhookVerificationError:
            self.tally.surprise(f"webhook {message_id} has a wrong signature")
            return 401
        self.tally.add("webhooks told twice" if message_id in self._seen else "webhooks verified")
        self._seen.add(message_id)
        return 204


class _Server(uvicorn.Server):
    """A server that leaves Ctrl-C to the demonstration."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def receiving(tally: Tally) -> AsyncIterator[Receiver]:
    """Receive webhooks on a free port of this machine."""
    receiver = Receiver(tally)
    config = uvicorn.Config(
        receiver, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=2
    )
    server = _Server(config)
    with socket.create_server((HOST, 0)) as listener:
        receiver.port = listener.getsockname()[1]
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield receiver
        finally:
            server.should_exit = True
            await serving
