"""Strict reading of requests: JSON bodies by pydantic from the raw bytes, known parameters only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from litestar import Litestar, Request
from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

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


class InvalidParameter(Malformed):
    """A parameter of the query is given twice, or as "null"; leave out what you do not want."""

    parameter: str


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


@dataclass(frozen=True)
class Parameter:
    """A query parameter of a route: whether it may come more than once, and is any text."""

    many: bool
    text: bool

    def allows(self, values: Sequence[str]) -> bool:
        """Tell whether these values can be meant. The decoder would take "null" for no filter."""
        once = self.many or len(values) == 1
        return once and (self.text or "null" not in map(str.lower, values))


def known_parameters(app: Litestar) -> dict[int, dict[str, Parameter]]:
    """List the query parameters each route handler understands."""
    return {
        id(handler): {
            field.field_alias: Parameter(
                many=field.is_sequence,
                text=_is_text(handler.parsed_fn_signature.parameters.get(field.field_name)),
            )
            for field in model.expected_query_params
        }
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
    }


def _is_text(field: FieldDefinition | None) -> bool:
    return field is not None and any(
        one is str for kind in (field.annotation, *field.args) for one in (kind, *get_args(kind))
    )


async def check_parameters(request: Request[Any, Any, Any]) -> None:
    """Stop requests whose query holds what the route cannot mean (a typo, a wrong filter).

    Ignoring it would answer another question than the one that was asked. Raises
    UnknownParameter, InvalidParameter.
    """
    known = request.app.state.known_parameters.get(id(request.route_handler), {})
    given: dict[str, list[str]] = request.query_params.dict()
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise UnknownParameter([name[:64] for name in unknown[:10]], sorted(known))
    for name, values in given.items():
        if not known[name].allows(values):
            raise InvalidParameter(name)


def if_match(request: Request[Any, Any, Any]) -> int | None:
    """Return the version the caller has seen, or None when it does not say."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    digits = given.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):  # noqa: PLR2004 -- fits an int
        raise InvalidVersion(given[:64])
    return int(digits)
