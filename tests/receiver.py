"""A real HTTP server on this machine that takes, refuses or delays what it is sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

TAKEN = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"


@dataclass
class Received:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Keeps every request; answers with what was laid ready, then with 204."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    linger: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?from=oms"

    def answer(self, *status_codes: int, header: str = "x: y") -> None:
        self.answers += [
            f"HTTP/1.1 {code} Whatever\r\n{header}\r\ncontent-length: 0\r\n\r\n".encode()
            for code in status_codes
        ]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *fields = head.strip().split("\r\n")
            headers = {
                name.lower(): value for name, value in (one.split(": ", 1) for one in fields)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.requests.append(Received(line, headers, body))
            writer.write(self.answers.pop(0) if self.answers else TAKEN)
            await writer.drain()
            if self.linger is not None:
                await self.linger(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(
    receiver: Receiver, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    server = await asyncio.start_server(receiver.serve, host, receiver.port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
