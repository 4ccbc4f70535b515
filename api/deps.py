"""What controllers may ask for by name."""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncSession

from api.requests import if_match
from oms.kernel import db
from oms.kernel.actors import Actor

Session = NamedDependency[AsyncSession]
"""`session`: the transaction of this request, committed after the handler returns."""

Caller = NamedDependency[Actor]
"""`caller`: who asks, with their channel and location scope."""

Version = NamedDependency[int | None]
"""`version`: what If-Match says the caller has seen, None when it does not say."""

AnyRequest = Request[Any, Any, Any]


def provide_caller(request: AnyRequest, session: Session) -> Actor:  # noqa: ARG001 -- see PROVIDED
    """Return who asks."""
    actor: Actor = request.user
    return actor


def provide_version(request: AnyRequest, caller: Caller) -> int | None:  # noqa: ARG001 -- see PROVIDED
    """Return the version the caller has seen."""
    return if_match(request)


PROVIDED = {
    "session": Provide(db.request_session),
    "caller": Provide(provide_caller, sync_to_thread=False),
    "version": Provide(provide_version, sync_to_thread=False),
}
"""Each names the one before it: independent ones would be resolved in tasks of their own, which
costs more than what they do."""
