"""The OpenAPI 3.1 document: what Litestar sees of the routes, completed by what we know.

Bodies and answers are described by pydantic itself, so that no rule of an input is lost on the
way; policies, keys, versions, problems, examples and outgoing webhooks are added.
"""

import json
import re
from collections.abc import Iterator
from inspect import getdoc
from types import NoneType
from typing import Any, get_args

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import event_documents, problem_documents
from api.examples import BODIES
from api.idempotent import is_keyed
from api.policies import FRAMEWORK, Policy
from oms.kernel.inputs import Input

REF = "#/components/schemas/{model}"
_ROOM = re.compile(r"\b(?:oms__)?([a-z]+)__[a-z_]+__([A-Z]\w+)")
KEY = {"$ref": "#/components/parameters/IdempotencyKey"}
SEEN = {"$ref": "#/components/parameters/IfMatch"}

PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Any text of your own, new for each thing to be done. Sent again with the "
        "same request it is answered with the first answer, for seven days.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "example": "0b7e2f9c-order-S-1001",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` you have seen. When it was changed since: 412, nothing happens.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
}

HEADERS: dict[str, Any] = {
    "ETag": {"description": "The version of what is shown.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true` when this is the stored answer to an earlier request.",
        "schema": {"type": "string", "const": "true"},
    },
}

Operation = dict[str, Any]
Models = dict[tuple[type[BaseModel], str], Any]


def build(app: Litestar) -> dict[str, Any]:
    """Write the document of an application."""
    document = app.openapi_schema.to_schema()
    routes = list(_routes(app))
    events = event_documents.models()
    refs, schemas = _described([*_models(routes), *events])
    for path, method, handler in routes:
        operation = document["paths"][path][method]
        _name(operation, handler)
        _bodies(operation, handler, refs)
        _rules(operation, handler)
        operation["responses"] |= problem_documents.responses(path, method, handler)
    document["webhooks"] = event_documents.webhooks(refs)
    parts = document["components"]
    more = problem_documents.SCHEMAS | event_documents.SCHEMAS
    parts["schemas"] = parts["schemas"] | schemas | more
    parts["responses"] = problem_documents.RESPONSES
    parts["parameters"] = PARAMETERS | event_documents.PARAMETERS
    parts["headers"] = HEADERS
    parts["schemas"] = _used(document, parts["schemas"])
    return document


def _routes(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                ours = not handler.fn.__module__.startswith(FRAMEWORK)
                if ours and handler.resolve_include_in_schema():
                    for method in handler.http_methods:
                        yield route.path_format, method.lower(), handler


def _models(
    routes: list[tuple[str, str, HTTPRouteHandler]],
) -> Iterator[tuple[type[BaseModel], str]]:
    for _, _, handler in routes:
        if (body := body_of(handler)) is not None:
            yield body, "validation"
        for answer in _answers(handler):
            yield answer, "serialization"


def _described(wanted: list[tuple[Any, Any]]) -> tuple[Models, dict[str, Any]]:
    """Let pydantic describe models; returns the reference to each and what they point to."""
    made = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REF)
    refs: dict[Any, Any] = {key: _plain(ref) for key, ref in made[0].items()}
    schemas: dict[str, Any] = _plain(made[1].get("$defs", {}))
    return refs, schemas


def _plain(part: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Name what two rooms call alike after the room: InventoryItemOut, JourneyItemOut."""
    told = json.dumps(part, default=str)
    return json.loads(_ROOM.sub(lambda found: found[1].capitalize() + found[2], told))


def body_of(handler: HTTPRouteHandler) -> type[Input] | None:
    """Return the model of a route's JSON body."""
    field = handler.parsed_fn_signature.parameters.get("data")
    return None if field is None else field.annotation


def _answers(handler: HTTPRouteHandler) -> list[type[BaseModel]]:
    kind = handler.parsed_fn_signature.return_type.annotation
    inside = get_args(kind) or (kind,)
    return [one for one in inside if isinstance(one, type) and issubclass(one, BaseModel)]


def _name(operation: Operation, handler: HTTPRouteHandler) -> None:
    """Take the docstring: its first line is the title, the rest the description."""
    title, _, rest = (getdoc(handler.fn) or "").partition("\n")
    operation["summary"] = title.removesuffix(".")
    operation["description"] = rest.strip() or title
    operation["operationId"] = handler.fn.__qualname__.replace("Controller.", "_")


def _bodies(operation: Operation, handler: HTTPRouteHandler, refs: Models) -> None:
    if (body := body_of(handler)) is not None:
        media = {"schema": refs[body, "validation"], "example": BODIES[body]}
        operation["requestBody"] = {"required": True, "content": {"application/json": media}}
    if (files := handler.opt.get("files")) is not None:
        content = {kind: {"schema": {}, "example": file} for kind, file in files.items()}
        operation["requestBody"] = {"required": True, "content": content}
    answers = [refs[answer, "serialization"] for answer in _answers(handler)]
    success = str(handler.status_code)
    operation["responses"] = {success: operation["responses"][success]}
    response = operation["responses"][success]
    response["description"] = "Done." if answers else "Done; there is nothing to say."
    if answers:
        schema = answers[0] if len(answers) == 1 else {"anyOf": answers}
        response["content"] = {"application/json": {"schema": schema}}
    elif handler.parsed_fn_signature.return_type.annotation in (None, NoneType):
        response.pop("content", None)


def _rules(operation: Operation, handler: HTTPRouteHandler) -> None:
    """Tell who may call, and which headers are read and written."""
    policy: Policy = handler.opt["policy"]
    operation["security"] = [{"bearer": [name]} for name in policy.names()]
    parameters, headers = operation.setdefault("parameters", []), {}
    if is_keyed(handler):
        parameters.append(KEY)
        headers["Idempotent-Replayed"] = {"$ref": "#/components/headers/Idempotent-Replayed"}
    if "version" in handler.parsed_fn_signature.parameters:
        parameters.append(SEEN)
    if any("version" in answer.model_fields for answer in _answers(handler)):
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    operation["responses"][str(handler.status_code)]["headers"] = headers


def _used(document: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Leave out schemas that nothing points to."""
    rest = {**document, "components": {**document["components"], "schemas": {}}}
    found: dict[str, Any] = {}
    open_names = list(_named(rest))
    while open_names:
        name = open_names.pop()
        if name not in found:
            found[name] = schemas[name]
            open_names += _named(schemas[name])
    return dict(sorted(found.items()))


def _named(part: Any) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    if isinstance(part, dict):
        if isinstance(ref := part.get("$ref"), str) and ref.startswith("#/components/schemas/"):
            yield ref.rsplit("/", 1)[1]
        for value in part.values():
            yield from _named(value)
    elif isinstance(part, list):
        for value in part:
            yield from _named(value)
