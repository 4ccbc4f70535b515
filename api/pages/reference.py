"""The API's reference: one page of plain HTML made of the OpenAPI document, and the document.

No script and nothing from elsewhere, so that it works in a closed network and under a strict
content security policy; what a bundle of scripts would bring is not worth its megabytes here.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Controller, Litestar, Request, Router, get
from litestar.datastructures import ResponseHeader
from litestar.enums import OpenAPIMediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath
from litestar.response import Redirect

from api import document, problem_documents, responses
from api.policies import PUBLIC
from oms.kernel.errors import NotFound

TEMPLATES = Path(__file__).parent / "templates"
CSS = "".join((TEMPLATES / name).read_text("utf-8") for name in ("base.css", "reference.css"))
CSS_DIGEST = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{CSS_DIGEST}'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

PATH = "/docs"

PAGES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Schema = dict[str, Any]


def router() -> Router:
    """Make the router of the documents: what is served there is open to everybody."""
    headers = [ResponseHeader(name=name, value=value) for name, value in HEADERS.items()]
    return Router(PATH, route_handlers=[], include_in_schema=False, response_headers=headers)


def written(app: Litestar) -> dict[str, Any]:
    """Return the document of an application, made when it is first asked for."""
    if "document" not in app.state:
        app.state.document = document.build(app)
    made: dict[str, Any] = app.state.document
    return made


class DocumentPlugin(OpenAPIRenderPlugin):
    """Serves the OpenAPI document as JSON."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the document."""
        return msgspec.json.encode(written(request.app), enc_hook=str)


class ReferencePlugin(OpenAPIRenderPlugin):
    """Serves the same as a page to read."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the page, once per process."""
        state = request.app.state
        if "reference" not in state:
            state.reference = page(written(request.app)).encode()
        made: bytes = state.reference
        return made


class UnknownProblem(NotFound):
    """No refusal has this code."""


class ProblemPage(Controller):
    path = responses.TYPES
    include_in_schema = False

    @get("/{code:str}", opt=PUBLIC, status_code=302)
    async def show(self, code: FromPath[str]) -> Redirect:
        """Lead from the `type` of a problem to what is said of it."""
        if code not in {one.code for one in problem_documents.codes()}:
            raise UnknownProblem
        return Redirect(f"{PATH}#problem-{code}", status_code=302)


@dataclass(frozen=True)
class Entry:
    """One operation or outgoing message."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def anchor(self) -> str:
        """Return where it stands on the page."""
        return str(self.told["operationId"])

    @property
    def lets_in(self) -> str:
        """Say who may call."""
        names = [name for one in self.told["security"] for name in one["bearer"]]
        scopes = [f"a key with scope `{name}`" for name in names if not name.startswith("role:")]
        roles = [name.removeprefix("role:") for name in names if name.startswith("role:")]
        staff = [f"staff with role {_either(roles)}"] if roles else []
        return _either([*scopes, *staff]) or "everybody"

    @property
    def body(self) -> dict[str, Any] | None:
        """Return the JSON body: its schema and perhaps an example."""
        content: dict[str, Any] = self.told.get("requestBody", {}).get("content", {})
        found: dict[str, Any] | None = content.get("application/json")
        return found


def page(told: dict[str, Any]) -> str:
    """Write the page of a document."""
    chapters: dict[str, list[Entry]] = {}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            chapters.setdefault(operation["tags"][0], []).append(
                Entry(method.upper(), path, operation)
            )
    events = [Entry("EVENT", name, one["post"]) for name, one in told["webhooks"].items()]
    return PAGES.get_template("reference.html").render(
        css=CSS,
        told=told,
        chapters=dict(sorted(chapters.items())),
        events=events,
        problems=problem_documents.codes(),
        resolve=lambda part: _resolve(told, part),
        kind=kind,
        rules=rules,
        prose=prose,
        pretty=pretty,
    )


def kind(schema: Schema) -> str:
    """Say in HTML what a value is, with a link to what is described elsewhere."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#schema-{name}">{name}</a>'
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(kind(one) for one in choices)
    if "allOf" in schema:
        return " with ".join(kind(one) for one in schema["allOf"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    return _plain(schema)


def _plain(schema: Schema) -> str:
    named = schema.get("type", "anything")
    if named == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if isinstance(named, list):
        named = " or ".join(named)
    return escape(f"{named} ({schema['format']})" if "format" in schema else named)


_RULES = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "from {}",
    "maximum": "up to {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "matches {}",
}


def rules(schema: Schema) -> str:
    """Say what a value must keep to."""
    parts = [schema, *(one for one in schema.get("anyOf", ()) if "$ref" not in one)]
    told = [
        text.format(_number(part[name]))
        for part in parts
        for name, text in _RULES.items()
        if name in part
    ]
    if schema.get("default") is not None:
        told.append(f"default {json.dumps(schema['default'], ensure_ascii=False)}")
    return ", ".join(told)


def _number(limit: object) -> object:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def prose(text: str) -> str:
    """Set a docstring in HTML: paragraphs, and `code` between backticks."""
    parts = [re.sub(r"\s+", " ", part.strip()) for part in re.split(r"\n\s*\n", text)]
    coded = [re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(part)) for part in parts if part]
    return "".join(f"<p>{part}</p>" for part in coded)


def pretty(value: object) -> str:
    """Write an example as JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _either(names: Iterable[str]) -> str:
    *first, last = [*names] or [""]
    return f"{', '.join(first)} or {last}" if first else last


def _resolve(told: dict[str, Any], part: Schema) -> Schema:
    if "$ref" not in part:
        return part
    found: Any = told
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: Schema = found
    return resolved
