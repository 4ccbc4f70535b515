"""Strict reading of requests: JSON bodies by pydantic from the raw bytes, known parameters only."""

from typing import Any

from litestar import Litestar, Request
from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin
from litestar.routes import HTTPRoute

from oms.kernel.errors import Malformed
from oms.kernel.inputs import Input

JSON = "application/json"


class UnsupportedMediaType(Malformed):
    """Send JSON: `Content-Type: application/json`."""

    given: str
    status_code = 415


class UnknownParameter(Malformed):
    """The query has parameters this route does not know."""

    unknown: list[str]
    known: list[str]


class InvalidVersion(Malformed):
    """If-Match must carry the ETag of the resource, like "3"."""

    given: str


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is handed on unread, for pydantic to parse in one strict pass."""

    async def json(self) -> Any:  # noqa: ANN401 -- Litestar's signature
        """Return the raw body. Raises UnsupportedMediaType for anything but JSON."""
        if self.content_type[0] != JSON:
            raise UnsupportedMediaType(self.content_type[0])
        return await self.body()


class StrictInputs(InitPlugin):
    """Makes our input models read raw bodies themselves; must stand after Litestar's plugins."""

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Put our decoder before the one of Litestar's pydantic plugin."""
        app_config.type_decoders = [(_is_input, _read_input), *(app_config.type_decoders or [])]
        return app_config


def _is_input(kind: Any) -> bool:  # noqa: ANN401 -- Litestar asks about any annotation
    return isinstance(kind, type) and issubclass(kind, Input)


def _read_input(kind: type[Input], value: bytes) -> Input:
    return kind.read(value)


def known_parameters(app: Litestar) -> dict[int, frozenset[str]]:
    """List the query parameters each route handler understands."""
    return {
        id(handler): frozenset(field.field_alias for field in model.expected_query_params)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
    }


async def refuse_unknown_parameters(request: Request[Any, Any, Any]) -> None:
    """Stop requests whose query holds a name the route does not know (a typo, a wrong filter)."""
    known: frozenset[str] = request.app.state.known_parameters.get(id(request.route_handler), ())
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise UnknownParameter([name[:64] for name in unknown[:10]], sorted(known))


def if_match(request: Request[Any, Any, Any]) -> int | None:
    """Return the version the caller has seen, or None when it does not say."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    digits = given.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):  # noqa: PLR2004 -- fits an int
        raise InvalidVersion(given[:64])
    return int(digits)
