"""Who may call a route. Every route declares it, or the app refuses to start."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from oms.accounts.models import Role, Scope
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.errors import Forbidden

FRAMEWORK = "litestar."


class NotAllowed(Forbidden):
    """This needs another permission."""

    needs: list[str]


@dataclass(frozen=True)
class Policy:
    """The scope an API key needs, or the roles of which a member of staff needs one."""

    scope: Scope | None = None
    roles: frozenset[Role] = frozenset()
    public: bool = False
    all_channels: bool = False

    def names(self) -> list[str]:
        """Name what lets somebody in, each of them alone: a scope of a key, a role of staff."""
        scopes = [self.scope.value] if self.scope else []
        roles = [] if self.public else sorted(self.roles | {Role.ADMIN})
        return [*scopes, *(f"role:{role}" for role in roles)]

    def check(self, actor: Actor) -> None:
        """Let the actor pass, or raise NotAllowed naming what is needed."""
        if actor.kind is ActorKind.CLIENT:
            if self.scope is None or self.scope not in actor.scopes:
                raise NotAllowed([self.scope] if self.scope else ["a staff token"])
            if self.all_channels and actor.channel_id is not None:
                raise NotAllowed(["a key that is not bound to a channel"])
        elif not actor.roles & (self.roles | {Role.ADMIN}):
            raise NotAllowed(sorted(self.roles | {Role.ADMIN}))


def allow(scope: Scope | None = None, *roles: Role, all_channels: bool = False) -> dict[str, Any]:
    """Declare the policy of a route: `opt=allow(Scope.ORDERS_READ, Role.SUPPORT)`.

    Administrators may do everything staff may do. What tells of `all_channels` is not for keys
    that are bound to one.
    """
    return {"policy": Policy(scope, frozenset(roles), all_channels=all_channels)}


PUBLIC: dict[str, Any] = {"policy": Policy(public=True)}
"""Declared open: health, signed webhooks, signed pages."""

EVERYBODY = tuple(Role)
"""Any member of staff."""


class PolicyMissing(Exception):
    """Routes without a declared policy."""


def handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Go through our own routes: path and handler."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if not handler.fn.__module__.startswith(FRAMEWORK):
                    yield route.path, handler


def demand(app: Litestar) -> None:
    """Refuse to start with a route that does not say who may call it. Raises PolicyMissing."""
    missing = [path for path, handler in handlers(app) if "policy" not in handler.opt]
    if missing:
        raise PolicyMissing(f"no policy declared for {sorted(missing)}")
