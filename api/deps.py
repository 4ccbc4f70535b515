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


def caller(request: AnyRequest) -> Actor:
    """Return who asks."""
    actor: Actor = request.user
    return actor


PROVIDED = {
    "session": Provide(db.request_session),
    "caller": Provide(caller, sync_to_thread=False),
    "version": Provide(if_match, sync_to_thread=False),
}
