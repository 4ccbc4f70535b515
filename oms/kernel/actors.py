"""Who acts: carried along a request or a reaction and written into every event."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """What sort of person or program acts."""

    CLIENT = "client"
    STAFF = "staff"
    CARRIER = "carrier"
    GATEWAY = "gateway"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Somebody who acts, and how far they may reach.

    `channel_id` None means every channel; `location_ids` None means every location.
    """

    kind: ActorKind
    name: str
    id: UUID | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    channel_id: UUID | None = None
    location_ids: frozenset[UUID] | None = None

    @property
    def label(self) -> str:
        """Name the actor in ledgers and events: `staff:Sato`, `system:worker`."""
        return f"{self.kind}:{self.name}"


SYSTEM = Actor(ActorKind.SYSTEM, "oms")

_current: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)


def current() -> Actor:
    """Return who is acting in this request, reaction or job."""
    return _current.get()


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Act as `actor` inside the block."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
