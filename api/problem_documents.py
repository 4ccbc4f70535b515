"""How refusals are documented: one shape, a family for each status, a stable code for each."""

from collections.abc import Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler

from api.policies import Policy
from api.responses import PROBLEM
from oms.kernel import errors
from oms.kernel.errors import DomainError

FAMILIES: dict[int, str] = {
    family.status_code: family.__name__
    for family in (
        errors.Malformed,
        errors.Unauthenticated,
        errors.Forbidden,
        errors.NotFound,
        errors.Conflict,
        errors.Stale,
        errors.Rejected,
        errors.Unavailable,
    )
} | {413: "TooLarge", 415: "WrongMediaType"}

_ABOUT = {
    413: "The body is too large.",
    415: "The body is not JSON.",
    **{family.status_code: family.title for family in DomainError.__subclasses__()},
}

_TEXT = {"type": "string"}

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "title": "Problem",
        "type": "object",
        "description": "A refusal by RFC 9457. What it is about stands in further members, "
        "named by the code: `out_of_stock` lists every shortage in `shortages`.",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {**_TEXT, "format": "uri-reference", "description": "Where it is explained."},
            "title": {**_TEXT, "description": "What was refused, in one sentence."},
            "status": {"type": "integer", "description": "The HTTP status."},
            "detail": {**_TEXT, "description": "The same with its circumstances, for people."},
            "code": {**_TEXT, "description": "A stable word for programs."},
            "errors": {
                "type": "array",
                "description": "Every field that is wrong.",
                "items": {"$ref": "#/components/schemas/WrongField"},
            },
        },
        "additionalProperties": True,
        "examples": [
            {
                "type": "/problems/out_of_stock",
                "title": "Not enough stock is available.",
                "status": 409,
                "detail": "Not enough stock is available. (shortages: …)",
                "code": "out_of_stock",
                "shortages": [{"sku": "CUP-BLUE", "wanted": 2, "available": 1}],
            }
        ],
    },
    "WrongField": {
        "title": "WrongField",
        "type": "object",
        "description": "One field that is not as it must be.",
        "required": ["pointer", "detail"],
        "properties": {
            "pointer": {**_TEXT, "description": "Which field, as a JSON pointer (RFC 6901)."},
            "code": {**_TEXT, "description": "What is wrong, as a word."},
            "detail": {**_TEXT, "description": "What is wrong, as a sentence."},
        },
        "examples": [
            {
                "pointer": "/lines/0/quantity",
                "code": "int_type",
                "detail": "Input should be a valid integer",
            }
        ],
    },
}

RESPONSES: dict[str, Any] = {
    name: {
        "description": _ABOUT[status],
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, name in FAMILIES.items()
}


def responses(path: str, method: str, handler: HTTPRouteHandler) -> dict[str, Any]:
    """Return the refusals a route may answer with, by status."""
    return {
        str(status): {"$ref": f"#/components/responses/{FAMILIES[status]}"}
        for status in sorted(_statuses(path, method, handler))
    }


def _statuses(path: str, method: str, handler: HTTPRouteHandler) -> Iterator[int]:
    names = handler.parsed_fn_signature.parameters
    policy: Policy = handler.opt["policy"]
    yield from (400, 503)
    if not policy.public:
        yield from (401, 403)
    if "{" in path:
        yield 404
    if method != "get":
        yield from (404, 409, 422)
    if "data" in names:
        yield from (413, 415)
    if "version" in names:
        yield 412


def codes() -> list[type[DomainError]]:
    """Return every refusal there is, by status and code."""
    found = {one.code: one for one in _all(DomainError) if not one.__subclasses__()}
    return sorted(found.values(), key=lambda one: (one.status_code, one.code))


def _all(family: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in family.__subclasses__():
        yield one
        yield from _all(one)
