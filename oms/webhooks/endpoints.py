"""Endpoints: where integrators want which of our events."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected
from oms.kernel.events import Event
from oms.webhooks import queries, targets
from oms.webhooks.events import (
    OURS,
    EndpointChanged,
    EndpointCreated,
    EndpointDeleted,
    EndpointDisabled,
)
from oms.webhooks.models import WebhookEndpoint

MAX_ENDPOINTS = 50
"""Per channel, and as many for all channels."""

SECRET_BYTES = 32
SECRET_MARK = "whsec_"  # noqa: S105 -- what such secrets begin with


class UnknownEventPattern(Rejected):
    """Events are chosen by name (`order.placed`), by family (`order.*`), or all (`*`)."""

    unknown: list[str]


class TooManyEndpoints(Conflict):
    """This channel has as many webhook endpoints as it may have."""

    limit: int


@dataclass(frozen=True)
class Changes:
    """What is to be changed about an endpoint; None leaves it as it is."""

    url: str | None = None
    events: Sequence[str] | None = None
    description: str | None = None
    active: bool | None = None


@dataclass(frozen=True)
class Wish:
    """What an integrator asks for; without a channel the events of every channel."""

    channel_id: UUID | None
    url: str
    events: Sequence[str]
    description: str | None = None


async def create(session: AsyncSession, *, wish: Wish) -> WebhookEndpoint:
    """Make an endpoint with a fresh secret.

    The target is looked up before the database is asked anything, so that no transaction waits
    for the network. Raises TargetRefused, TargetNotFound, UnknownEventPattern, TooManyEndpoints.
    """
    chosen = patterns(wish.events)
    await targets.check(wish.url)
    await _leave_room(session, wish.channel_id)
    row = WebhookEndpoint(
        channel_id=wish.channel_id,
        url=wish.url,
        secret=secret(),
        events=chosen,
        description=wish.description,
    )
    session.add(row)
    await session.flush()
    _record(session, row, EndpointCreated(endpoint_id=row.id, url=row.url, events=row.events))
    return row


async def change(
    session: AsyncSession,
    *,
    endpoint_id: UUID,
    channel_id: UUID | None,
    changes: Changes,
    now: datetime,
    version: int | None = None,
) -> WebhookEndpoint:
    """Change where, what or whether to send; a new target is looked up before all else.

    Raises TargetRefused, TargetNotFound, UnknownEndpoint, EndpointStale, UnknownEventPattern.
    """
    if changes.url is not None:
        await targets.check(changes.url)
    row = await queries.lock_endpoint(
        session, endpoint_id=endpoint_id, channel_id=channel_id, version=version
    )
    row.url = changes.url or row.url
    row.events = row.events if changes.events is None else patterns(changes.events)
    if changes.description is not None:
        row.description = changes.description
    _switch(session, row, changes, now)
    await session.flush()
    _record(session, row, EndpointChanged(endpoint_id=row.id, url=row.url, events=row.events))
    return row


async def delete(
    session: AsyncSession,
    *,
    endpoint_id: UUID,
    channel_id: UUID | None,
    now: datetime,
    version: int | None = None,
) -> None:
    """End an endpoint; what it was sent stays on record. Raises UnknownEndpoint, EndpointStale."""
    row = await queries.lock_endpoint(
        session, endpoint_id=endpoint_id, channel_id=channel_id, version=version
    )
    row.deleted_at = now
    await session.flush()
    _record(session, row, EndpointDeleted(endpoint_id=row.id))


async def disable_gone(session: AsyncSession, *, message_id: UUID, now: datetime) -> None:
    """Disable the endpoint of a message, because its target says it is gone for good (410)."""
    row = await queries.lock_receiver(session, message_id=message_id)
    if row.disabled_at is None:
        _disable(session, row, "the target answered 410 Gone", now)
        await session.flush()


def patterns(given: Sequence[str]) -> list[str]:
    """Return event patterns, sorted, each once. Raises UnknownEventPattern for unknown events."""
    names = Event.known.keys() - OURS
    possible = {pattern for name in names for pattern in queries.patterns(name)}
    if unknown := sorted(set(given) - possible):
        raise UnknownEventPattern(unknown)
    return sorted(set(given))


def secret() -> str:
    """Make a secret as Standard Webhooks wants it: `whsec_` and 24 to 64 random bytes."""
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _switch(session: AsyncSession, row: WebhookEndpoint, changes: Changes, now: datetime) -> None:
    if changes.active is True:
        row.disabled_at, row.disabled_reason = None, None
    elif changes.active is False and row.disabled_at is None:
        _disable(session, row, "disabled by request", now)


def _disable(session: AsyncSession, row: WebhookEndpoint, reason: str, now: datetime) -> None:
    row.disabled_at, row.disabled_reason = now, reason
    _record(session, row, EndpointDisabled(endpoint_id=row.id, reason=reason))


async def _leave_room(session: AsyncSession, channel_id: UUID | None) -> None:
    count = await session.scalar(
        select(func.count())
        .select_from(WebhookEndpoint)
        .where(col(WebhookEndpoint.channel_id).is_not_distinct_from(channel_id))
        .where(col(WebhookEndpoint.deleted_at).is_(None))
    )
    if (count or 0) >= MAX_ENDPOINTS:
        raise TooManyEndpoints(MAX_ENDPOINTS)


def _record(session: AsyncSession, row: WebhookEndpoint, fact: Event) -> None:
    events.record(session, fact, about=row.id, channel_id=row.channel_id)
