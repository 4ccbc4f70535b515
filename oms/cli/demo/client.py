"""A user of the public API: a credential, kept connections, and a book of surprises."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx
import msgspec

from oms.cli.demo.tally import Tally

T = TypeVar("T")

BUSY = 503
REFUSED = 400
TRIES = 5
PAUSE_SECONDS = 0.2
TIMEOUT_SECONDS = 60
CONNECTIONS = 16


class Surprise(Exception):
    """An answer that no user of the API should get; it is in the book already."""


@dataclass(frozen=True)
class Answer:
    """What came back: the JSON body, whether it is the answer of an earlier post, and how fast."""

    status_code: int
    body: Any
    replayed: bool
    seconds: float

    @property
    def refusal(self) -> str | None:
        """Return the code of the problem, None when all went well."""
        return str(self.body["code"]) if self.status_code >= REFUSED else None


class Lines:
    """Connections to one address: every user has some of their own, kept until the end."""

    def __init__(self, base_url: str) -> None:
        """Connect to nobody yet."""
        self.base_url = base_url
        self._open: list[httpx.AsyncClient] = []

    def open(self) -> httpx.AsyncClient:
        """Give somebody connections of their own."""
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        http = httpx.AsyncClient(
            base_url=self.base_url,
            timeout=TIMEOUT_SECONDS,
            limits=limits,
            trust_env=False,
            verify=False,  # noqa: S501 -- plain HTTP within this machine; reading certificates takes long
        )
        self._open.append(http)
        return http

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for http in self._open:
            await http.aclose()


@dataclass(frozen=True)
class User:
    """Somebody with a token. Whatever is not asked for as a possible refusal is a surprise."""

    http: httpx.AsyncClient
    tally: Tally
    token: str | None = None

    async def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 -- JSON
        """Read something. Raises Surprise."""
        return (await self.ask("GET", path, query=query)).body

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        refusals: Collection[str] = (),
    ) -> Answer:
        """Do something, under an idempotency key where it moves goods or money.

        Raises Surprise for a refusal that is not among those the caller is ready for.
        """
        headers = {} if key is None else {"idempotency-key": key}
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = msgspec.json.encode(body)
        return await self.ask("POST", path, headers=headers, content=content, refusals=refusals)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        refusals: Collection[str] = (),
    ) -> Answer:
        """Send one request, again while the service is busy. Raises Surprise."""
        sent = dict(headers or {})
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token}"
        request = self.http.build_request(method, path, params=query, headers=sent, content=content)
        answer = await self._answer(request)
        for _ in range(TRIES):
            if answer.status_code != BUSY:
                break
            self.tally.add("busy")
            await asyncio.sleep(PAUSE_SECONDS)
            answer = await self._answer(request)
        if answer.status_code >= REFUSED and answer.refusal not in refusals:
            self.surprise(f"{method} {path}: {answer.status_code} {answer.body}")
        return answer

    def surprise(self, told: str) -> None:
        """Note a surprise and give up what was begun. Raises Surprise."""
        self.tally.surprise(told[:1000])
        raise Surprise(told)

    async def _answer(self, request: httpx.Request) -> Answer:
        started = time.perf_counter()
        try:
            response = await self.http.send(request)
        except httpx.HTTPError as error:
            self.surprise(f"{request.method} {request.url.path}: {type(error).__name__} {error}")
            raise  # never reached, the surprise is raised above
        self.tally.add("requests")
        seconds = time.perf_counter() - started
        try:
            body = msgspec.json.decode(response.content) if response.content else None
        except msgspec.DecodeError:
            body = {"code": "not_json", "text": response.text[:200]}
        replayed = response.headers.get("idempotent-replayed") == "true"
        return Answer(response.status_code, body, replayed, seconds)


async def each(things: Iterable[T], work: Callable[[T], Awaitable[None]], *, at_once: int) -> None:
    """Do some work for each thing, in their order, so many at once; a surprise spoils one only."""
    left = iter(things)

    async def worker() -> None:
        for thing in left:
            try:
                await work(thing)
            except Surprise:
                continue

    async with asyncio.TaskGroup() as workers:
        for _ in range(at_once):
            workers.create_task(worker())
