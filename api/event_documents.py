"""The `webhooks:` section: what is sent to integrators, fact by fact (Standard Webhooks 1.0.0)."""

from typing import Any

from pydantic import BaseModel

from oms.kernel.events import Event
from oms.orders.views import OrderOut
from oms.webhooks.events import OURS

Refs = dict[tuple[type[BaseModel], str], Any]
SHOWN = "serialization"

PARAMETERS: dict[str, Any] = {
    name: {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }
    for name, description in (
        ("webhook-id", "The message; the same at every attempt, so that you can drop repeats."),
        ("webhook-timestamp", "When this attempt was made, in seconds since 1970."),
        ("webhook-signature", "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`."),
    )
}

_ID = {"type": "string", "format": "uuid"}

SCHEMAS: dict[str, Any] = {
    "Recorded": {
        "title": "Recorded",
        "type": "object",
        "description": "What every fact has beside its own fields.",
        "required": ["id", "sequence", "subject_id", "actor", "channel_id", "occurred_at"],
        "properties": {
            "id": {**_ID, "description": "The fact itself."},
            "sequence": {"type": "integer", "description": "Its number in the story, from 1."},
            "subject_id": {**_ID, "description": "Whose story it is: most often an order's."},
            "actor": {"type": "string", "description": "Who did it: `staff:Sato`, `system:oms`."},
            "channel_id": {"anyOf": [_ID, {"type": "null"}], "description": "Which channel's."},
            "occurred_at": {"type": "string", "format": "date-time", "description": "When."},
        },
    }
}

ANSWERS: dict[str, Any] = {
    "2XX": {"description": "Received. Answer within 15 seconds, work on it later."},
    "410": {"description": "Send nothing more: the endpoint is disabled."},
    "default": {"description": "Not received: it is sent again, over days, with growing pauses."},
}


def sent() -> dict[str, type[Event]]:
    """Return the facts that integrators may hear of, by name."""
    return {name: kind for name, kind in sorted(Event.known.items()) if name not in OURS}


def models() -> list[tuple[type[BaseModel], str]]:
    """Return the models this section points to."""
    return [*((kind, SHOWN) for kind in sent().values()), (OrderOut, SHOWN)]


def webhooks(refs: Refs) -> dict[str, Any]:
    """Describe every message that may be sent."""
    return {name: {"post": _operation(name, kind, refs)} for name, kind in sent().items()}


def _operation(name: str, kind: type[Event], refs: Refs) -> dict[str, Any]:
    about = (kind.__doc__ or name).strip()
    return {
        "tags": ["Webhooks out"],
        "operationId": name.replace(".", "_"),
        "summary": about.splitlines()[0].removesuffix("."),
        "description": about,
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _message(name, kind, refs)}},
        },
        "responses": ANSWERS,
        "security": [],
    }


def _message(name: str, kind: type[Event], refs: Refs) -> dict[str, Any]:
    fact = {"allOf": [refs[kind, SHOWN], {"$ref": "#/components/schemas/Recorded"}]}
    data: dict[str, Any] = {"event": fact}
    if "order_id" in kind.model_fields:
        data["order"] = refs[OrderOut, SHOWN]
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {"type": "object", "required": ["event"], "properties": data},
        },
    }
