"""Routes that answer the same request once: the Idempotency-Key around a handler."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import msgspec
import structlog
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from api.responses import PROBLEM, document
from oms.kernel import db, idempotency
from oms.kernel.db import Busy
from oms.kernel.errors import DomainError
from oms.kernel.idempotency import Answer, Ticket
from oms.kernel.inputs import Output

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T", bound=Output)
R = TypeVar("R")

TRIES = 3
CLIENT_ERRORS = range(400, 500)


def idempotent(handler: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run a handler once per key and client; it must take `session` and `request`.

    The answer is stored in the transaction of its work. A refusal undoes the work and is stored
    instead. Work that others were in the way of is undone and tried again.
    """

    @wraps(handler)
    async def once(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 -- a Response or a model
        session: AsyncSession = kwargs["session"]  # type: ignore[assignment]  # by contract above
        request: Request[Any, Any, Any] = kwargs["request"]  # type: ignore[assignment]  # same
        asked = await ticket(request)
        return await answer_once(session, request, asked, lambda: handler(*args, **kwargs))

    return keyed(once)


async def answer_once(
    session: AsyncSession,
    request: Request[Any, Any, Any],
    asked: Ticket,
    work: Callable[[], Awaitable[Output]],
) -> Any:  # noqa: ANN401 -- a Response or a model
    """Answer as `idempotent` does, for a route that reads its request itself."""
    return await persistently(session, lambda: _answer(session, request, asked, work))


def keyed(handler: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Declare that a route answers once per Idempotency-Key and looks after it itself."""
    vars(handler)["keyed"] = True
    return handler


def is_keyed(handler: HTTPRouteHandler) -> bool:
    """Tell whether a route wants an Idempotency-Key."""
    return bool(vars(handler.fn).get("keyed"))


async def ticket(request: Request[Any, Any, Any]) -> Ticket:
    """Read the key of a request. Raises IdempotencyKeyMissing."""
    return ticket_of(request, await request.body())


def ticket_of(request: Request[Any, Any, Any], *parts: bytes) -> Ticket:
    """Read the key of a request that says this. Raises IdempotencyKeyMissing."""
    actor = request.user
    return idempotency.ticket(
        client=f"{actor.kind}:{actor.id}",
        header=request.headers.get("idempotency-key"),
        parts=[request.method.encode(), request.scope["path"].encode(), *parts],
    )


async def persistently(session: AsyncSession, work: Callable[[], Awaitable[R]]) -> R:
    """Do work; when others are in the way, undo it and try again, three times in all.

    In the way are a deadlock, a lock timeout, Busy, and what somebody else added at this moment.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return await work()
        except (Busy, *db.DATABASE_ERRORS) as error:
            await db.restart(session)
            if attempt == TRIES or not _worth_another_try(error):
                raise
            log.info("request.restarted", reason=_reason(error), attempt=attempt)
    raise AssertionError  # the loop returns or raises


def accept(
    session: AsyncSession, asked: Ticket, shown: Output, *, status_code: int
) -> Response[bytes]:
    """Answer with what is shown, and keep the answer."""
    body, headers = shown.body(), _headers(shown)
    kept = msgspec.json.encode(headers).decode()
    idempotency.keep(session, asked, status_code=status_code, headers=kept, body=body)
    return Response(body, status_code=status_code, headers=headers, media_type="application/json")


def refuse(
    session: AsyncSession, asked: Ticket, error: DomainError
) -> Response[bytes] | DomainError:
    """Answer with a refusal and keep it, unless the same request may succeed shortly."""
    if error.status_code not in CLIENT_ERRORS:
        return error
    body = _problem(error)
    idempotency.keep(session, asked, status_code=error.status_code, headers="{}", body=body)
    return Response(body, status_code=error.status_code, media_type=PROBLEM)


def replay(answer: Answer) -> Response[bytes]:
    """Answer as before, word for word."""
    refused = answer.status_code in CLIENT_ERRORS
    return Response(
        answer.body,
        status_code=answer.status_code,
        headers={**msgspec.json.decode(answer.headers), "idempotent-replayed": "true"},
        media_type=PROBLEM if refused else "application/json",
    )


async def _answer(
    session: AsyncSession,
    request: Request[Any, Any, Any],
    asked: Ticket,
    work: Callable[[], Awaitable[Output]],
) -> Response[bytes]:
    earlier = await idempotency.claim(session, asked)
    if earlier is not None:
        return replay(earlier)
    try:
        shown = await work()
    except DomainError as error:
        return await _refused(session, asked, error)
    answer = accept(session, asked, shown, status_code=int(request.route_handler.status_code))
    await db.write(session)  # here, where what others are in the way of is tried again
    return answer


async def _refused(session: AsyncSession, asked: Ticket, error: DomainError) -> Response[bytes]:
    if error.status_code not in CLIENT_ERRORS:
        raise error
    body = _problem(error)
    earlier = await idempotency.keep_refusal(
        session, asked, status_code=error.status_code, body=body
    )
    if earlier is not None:
        return replay(earlier)
    await db.write(session)
    return Response(body, status_code=error.status_code, media_type=PROBLEM)


def _worth_another_try(error: Busy | db.DatabaseError) -> bool:
    """Tell whether another look may end otherwise: what was in the way is seen by then."""
    if isinstance(error, Busy):
        return True
    return db.state_of(error) in db.RETRYABLE | {db.TAKEN}


def _reason(error: Busy | db.DatabaseError) -> str:
    return error.sqlstate if isinstance(error, Busy) else db.state_of(error)


def _headers(shown: Output) -> dict[str, str]:
    version = getattr(shown, "version", None)
    return {} if version is None else {"etag": f'"{version}"'}


def _problem(error: DomainError) -> bytes:
    return msgspec.json.encode(document(error), enc_hook=str)
