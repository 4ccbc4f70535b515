"""Finding out who calls, before anything of the request is read."""

from litestar.connection import ASGIConnection
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.policies import FRAMEWORK, Policy
from oms.accounts import credentials
from oms.kernel import actors, clock, db
from oms.kernel.actors import Actor, ActorKind

ANONYMOUS = Actor(ActorKind.SYSTEM, "public")


class Authentication(ASGIMiddleware):
    """Resolves the actor, checks the route's policy, and lets the request act as them."""

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
            async with db.reading() as connection:
                actor = await credentials.authenticate(connection, header=header, now=clock.now())
            policy.check(actor)
        scope["user"], scope["auth"] = actor, policy
        with actors.acting(actor):
            await next_app(scope, receive, send)
