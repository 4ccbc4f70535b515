"""A light HTTP client: so many connections, each sending one request after another."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4


@dataclass
class Result:
    """How long each answer took, and how many were not what was wanted."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    """Of the answers, in bytes."""

    @classmethod
    def together(cls, results: list["Result"]) -> "Result":
        """Put several measurements of the same thing together."""
        return cls(
            sum(one.seconds for one in results),
            [latency for one in results for latency in one.latencies],
            [failure for one in results for failure in one.failures],
            [size for one in results for size in one.sizes],
        )

    @property
    def rate(self) -> float:
        """Return answers per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency that this share of the answers stayed under, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


async def run(
    requests: Iterable[tuple[str, str, bytes]], *, port: int, token: str, clients: int
) -> Result:
    """Send every request through `clients` connections and time the answers; all must do."""
    result, queue = Result(), iter(list(requests))
    start = time.perf_counter()
    await asyncio.gather(*(_client(queue, port, token, result) for _ in range(clients)))
    result.seconds = time.perf_counter() - start
    if result.failures:
        raise SystemExit(f"{len(result.failures)} requests failed: {result.failures[0]}")
    return result


async def _client(queue, port: int, token: str, result: Result) -> None:  # noqa: ANN001 -- an iterator
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for method, path, body in queue:
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
            f"idempotency-key: {uuid4().hex}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        writer.write(head.encode() + body)
        status, answer = await _answer(reader)
        result.latencies.append(time.perf_counter() - began)
        result.sizes.append(len(answer))
        if status not in {200, 201}:
            result.failures.append(f"{status} {answer[:200]!r}")
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lowered = head.lower()
    at = lowered.index(b"content-length:") + 15
    length = int(lowered[at : lowered.index(b"\r", at)])
    return status, await reader.readexactly(length)
