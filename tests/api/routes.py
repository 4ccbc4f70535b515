"""Every route of the application, as the tests of its edges go through them."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from litestar import Litestar
from litestar.constants import RESERVED_KWARGS
from litestar.handlers import HTTPRouteHandler

from api import policies
from api.examples import BODIES
from api.idempotent import is_keyed
from api.policies import Policy
from oms.accounts import credentials
from oms.kernel import db
from oms.kernel.inputs import Input


@dataclass(frozen=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    handler: HTTPRouteHandler

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def policy(self) -> Policy:
        return self.handler.opt["policy"]

    @property
    def body(self) -> type[Input] | None:
        """Return the model of the JSON body, if the route takes one."""
        field = self.handler.parsed_fn_signature.parameters.get("data")
        return None if field is None else field.annotation

    @property
    def example(self) -> dict[str, Any]:
        return BODIES[self.body]

    @property
    def good(self) -> bytes | None:
        """Return the example as it is sent, None where the route takes no body."""
        return None if self.body is None else json.dumps(self.example).encode()

    @property
    def keyed(self) -> bool:
        """Tell whether the route wants an Idempotency-Key."""
        return is_keyed(self.handler)

    @property
    def versioned(self) -> bool:
        """Tell whether the route reads If-Match."""
        return "version" in self.handler.parsed_fn_signature.parameters

    @property
    def questioning(self) -> bool:
        """Tell whether the route must be asked something, by a query parameter it demands."""
        given = {*self.handler.resolve_dependencies(), *RESERVED_KWARGS}
        filled = {_read(part)[1] for part in self.path.split("/")}
        fields = self.handler.parsed_fn_signature.parameters
        return any(one.is_required for name, one in fields.items() if name not in given | filled)

    def url(self, **values: str) -> str:
        """Fill the path in; what is not given is an id that nothing has."""
        parts = [
            values.get(name, "nothing" if kind in {"str", "path"} else str(uuid4()))
            if name
            else part
            for part, name, kind in map(_read, self.path.split("/"))
        ]
        return "/".join(parts)


def _read(part: str) -> tuple[str, str, str]:
    if not part.startswith("{"):
        return part, "", ""
    name, _, kind = part.strip("{}").partition(":")
    return part, name, kind


def all_of(app: Litestar) -> list[Route]:
    """Return every route but the documents' own."""
    return [
        Route(method, path, handler)
        for path, handler in policies.handlers(app)
        for method in sorted(handler.http_methods)
    ]


async def key(*scopes, channel_id=None) -> str:
    async with db.transaction() as session:
        made = await credentials.issue_api_key(
            session, name="Key", scopes=list(scopes), channel_id=channel_id
        )
    return made.token
