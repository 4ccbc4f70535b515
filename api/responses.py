"""Writing answers: models as JSON with their version as ETag, refusals as RFC 9457 problems."""

from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import MultiDict
from litestar.exceptions import HTTPException
from litestar.response.base import ASGIResponse
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from oms.kernel import db
from oms.kernel.db import Busy, DatabaseError
from oms.kernel.errors import DomainError, code_of
from oms.kernel.inputs import Output

log = structlog.get_logger()

PROBLEM = "application/problem+json"
TYPES = "/problems/"


class ResourceResponse(Response[Any]):
    """A JSON answer; a resource with a version carries it as its ETag."""

    def __init__(self, content: Any, **options: Any) -> None:  # noqa: ANN401 -- Litestar's signature
        """Take over the version of the content."""
        super().__init__(content, **options)
        version = getattr(content, "version", None)
        if isinstance(version, int):
            self.headers["etag"] = f'"{version}"'

    def to_asgi_response(self, app: Any, request: Any, **options: Any) -> ASGIResponse:  # noqa: ANN401 -- Litestar's signature
        """Point to the next page of a list (RFC 8288)."""
        following = getattr(self.content, "next_cursor", None)
        if following is not None:
            target = request.url.with_replacements(
                query=MultiDict({**request.query_params.dict(), "cursor": [following]})
            )
            self.headers["link"] = f'<{target}>; rel="next"'
        return super().to_asgi_response(app, request, **options)

    def render(self, content: Any, media_type: str, enc_hook: Any = None) -> bytes:  # noqa: ANN401 -- Litestar's signature
        """Write models by pydantic, everything else as Litestar does."""
        if isinstance(content, Output):
            return content.body()
        return super().render(content, media_type, enc_hook)


def document(error: DomainError) -> dict[str, Any]:
    """Return the problem document of a refusal: its data are extension members."""
    return {
        "type": f"{TYPES}{error.code}",
        "title": error.title,
        "status": error.status_code,
        "detail": error.detail,
        "code": error.code,
        **{name: value for name, value in error.data().items() if value is not None},
    }


def problem(_: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
    """Answer a refusal."""
    headers = {"retry-after": "1"} if error.status_code == 503 else {}  # noqa: PLR2004 -- HTTP
    if error.status_code == 401:  # noqa: PLR2004 -- HTTP
        headers["www-authenticate"] = "Bearer"
    return Response(
        msgspec.json.encode(document(error), enc_hook=str),
        status_code=error.status_code,
        media_type=PROBLEM,
        headers=headers,
    )


def http_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Answer what the framework refused: no such route, wrong method, body too large."""
    title = error.detail or "The request was refused."
    content = {"type": "about:blank", "title": title, "status": error.status_code}
    content["code"] = code_of(type(error).__name__.removesuffix("Exception"))
    if isinstance(error.extra, list):
        content["errors"] = [_told(one) for one in error.extra if isinstance(one, dict)]
    return Response(
        msgspec.json.encode(content),
        status_code=error.status_code,
        media_type=PROBLEM,
        headers=error.headers,
    )


def _told(one: dict[str, Any]) -> dict[str, str]:
    key, message = str(one.get("key", "")), str(one.get("message", ""))
    if key == "data":
        return {"pointer": "", "detail": "a JSON body is needed"}
    return {"pointer": f"/{key}", "detail": message}


def database_problem(request: Request[Any, Any, Any], error: DatabaseError) -> Response[bytes]:
    """Answer what only the database could refuse."""
    refusal = db.translated(error)
    return (
        problem(request, refusal) if isinstance(refusal, DomainError) else failure(request, error)
    )


def pool_problem(request: Request[Any, Any, Any], _: PoolTimeout) -> Response[bytes]:
    """Answer when every database connection is taken: busy, not broken."""
    return problem(request, Busy("pool"))


def connection_problem(request: Request[Any, Any, Any], _: Exception) -> Response[bytes]:
    """Answer when the database cannot be reached: it is being restarted, or fails over."""
    return problem(request, Busy(db.NO_CONNECTION))


def failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer our own mistake without telling what is inside."""
    log.error("request.failed", route=str(request.route_handler), exc_info=error)
    content = {"type": "about:blank", "title": "Something went wrong here.", "status": 500}
    return Response(
        msgspec.json.encode({**content, "code": "internal_error"}),
        status_code=HTTP_500_INTERNAL_SERVER_ERROR,
        media_type=PROBLEM,
    )


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    DomainError: problem,
    HTTPException: http_problem,
    DBAPIError: database_problem,
    asyncpg.PostgresError: database_problem,
    asyncpg.InterfaceError: connection_problem,
    asyncpg.InternalClientError: connection_problem,
    ConnectionError: connection_problem,
    PoolTimeout: pool_problem,
    Exception: failure,
}
