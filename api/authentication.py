"""Finding out who calls, before anything of the request is read."""

from collections.abc import Sequence

from litestar.connection import ASGIConnection
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.policies import FRAMEWORK, Policy
from oms.accounts import credentials
from oms.accounts.credentials import CredentialsInvalid
from oms.kernel import actors, clock, db
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.gathering import Gathering

ANONYMOUS = Actor(ActorKind.SYSTEM, "public")


AT_MOST = 100
"""Callers looked up in one round trip."""


class Authentication(ASGIMiddleware):
    """Resolves the actor, checks the route's policy, and lets the request act as them."""

    def __init__(self) -> None:
        """Look up together those who arrive together."""
        self._callers = Gathering(_look_up, at_most=AT_MOST)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on as its actor. Raises CredentialsInvalid, NotAllowed."""
        handler = scope["route_handler"]
        if str(getattr(handler.fn, "__module__", "")).startswith(FRAMEWORK):
            await next_app(scope, receive, send)
            return
        policy: Policy = handler.opt["policy"]
        actor = ANONYMOUS
        if not policy.public:
            header = ASGIConnection(scope).headers.get("authorization")
            actor = await self._callers.join(None, header)
            policy.check(actor)
        scope["user"], scope["auth"] = actor, policy
        with actors.acting(actor):
            await next_app(scope, receive, send)


async def _look_up(_: None, headers: Sequence[str | None]) -> list[Actor | CredentialsInvalid]:
    async with db.reading() as connection:
        return await credentials.authenticate_all(connection, headers=headers, now=clock.now())
