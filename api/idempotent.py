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

TRIES = 3
CLIENT_ERRORS = range(400, 500)


def idempotent(handler: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run a handler once per key and client; it must take `session` and `request`.

    The answer is stored in the transaction of its work. A refusal undoes the work and is stored
    instead. Work that others were in the way of (a deadlock, a lock timeout, Busy, the same key
    answered at the same moment) is undone and tried again, three times in all.
    """

    @wraps(handler)
    async def once(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 -- a Response or a model
        session: AsyncSession = kwargs["session"]  # type: ignore[assignment]  # by contract above
        request: Request[Any, Any, Any] = kwargs["request"]  # type: ignore[assignment]  # same
        ticket = await _ticket(request)
        for attempt in range(1, TRIES + 1):
            try:
                return await _answer(session, request, ticket, handler(*args, **kwargs))
            except (Busy, *db.DATABASE_ERRORS) as error:
                await db.restart(session)
                if attempt == TRIES or not _worth_another_try(error):
                    raise
                log.info("request.restarted", reason=_reason(error), attempt=attempt)
        raise AssertionError  # the loop returns or raises

    vars(once)["keyed"] = True
    return once


def is_keyed(handler: HTTPRouteHandler) -> bool:
    """Tell whether a route wants an Idempotency-Key."""
    return bool(vars(handler.fn).get("keyed"))


def _worth_another_try(error: Busy | db.DatabaseError) -> bool:
    if isinstance(error, Busy):
        return True
    return db.state_of(error) in db.RETRYABLE or idempotency.answered_meanwhile(error)


def _reason(error: Busy | db.DatabaseError) -> str:
    return error.sqlstate if isinstance(error, Busy) else db.state_of(error)


async def _ticket(request: Request[Any, Any, Any]) -> Ticket:
    actor = request.user
    return idempotency.ticket(
        client=f"{actor.kind}:{actor.id}",
        header=request.headers.get("idempotency-key"),
        parts=[request.method.encode(), request.scope["path"].encode(), await request.body()],
    )


async def _answer(
    session: AsyncSession, request: Request[Any, Any, Any], ticket: Ticket, work: Awaitable[Output]
) -> Response[bytes]:
    try:
        earlier = await idempotency.claim(session, ticket)
    except BaseException:  # whatever it was, work that will not run must be closed
        work.close()  # type: ignore[attr-defined]  # a coroutine that will not run
        raise
    if earlier is not None:
        work.close()  # type: ignore[attr-defined]  # same
        return _replayed(earlier)
    try:
        shown = await work
    except DomainError as error:
        return await _refused(session, ticket, error)
    body, status_code = shown.body(), int(request.route_handler.status_code)
    headers = _headers(shown)
    kept = msgspec.json.encode(headers).decode()
    idempotency.keep(session, ticket, status_code=status_code, headers=kept, body=body)
    await db.write(session)  # here, where what others are in the way of is tried again
    return Response(body, status_code=status_code, headers=headers, media_type="application/json")


async def _refused(session: AsyncSession, ticket: Ticket, error: DomainError) -> Response[bytes]:
    if error.status_code not in CLIENT_ERRORS:
        raise error
    body = msgspec.json.encode(document(error), enc_hook=str)
    earlier = await idempotency.keep_refusal(
        session, ticket, status_code=error.status_code, body=body
    )
    if earlier is not None:
        return _replayed(earlier)
    await db.write(session)
    return Response(body, status_code=error.status_code, media_type=PROBLEM)


def _replayed(answer: Answer) -> Response[bytes]:
    refused = answer.status_code in CLIENT_ERRORS
    return Response(
        answer.body,
        status_code=answer.status_code,
        headers={**msgspec.json.decode(answer.headers), "idempotent-replayed": "true"},
        media_type=PROBLEM if refused else "application/json",
    )


def _headers(shown: Output) -> dict[str, str]:
    version = getattr(shown, "version", None)
    return {} if version is None else {"etag": f'"{version}"'}
