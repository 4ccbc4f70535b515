"""Reading and locking endpoints and messages: an endpoint first, then its message."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import pages
from oms.kernel.due import DueState
from oms.kernel.errors import NotFound, Stale
from oms.kernel.events import EventRow
from oms.kernel.pages import Page
from oms.kernel.statements import Statement
from oms.webhooks.events import OURS
from oms.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookMessage

MAX_ATTEMPTS_SHOWN = 100


class UnknownEndpoint(NotFound):
    """There is no such webhook endpoint."""

    endpoint_id: UUID


class UnknownMessage(NotFound):
    """There is no such webhook message."""

    message_id: UUID


class EndpointStale(Stale):
    """The webhook endpoint was changed since it was read."""

    version: int


async def endpoint(
    session: AsyncSession, *, endpoint_id: UUID, channel_id: UUID | None
) -> WebhookEndpoint:
    """Return an endpoint; with `channel_id` only one of that channel. Raises UnknownEndpoint."""
    row = await session.scalar(_endpoints(channel_id).where(col(WebhookEndpoint.id) == endpoint_id))
    if row is None:
        raise UnknownEndpoint(endpoint_id)
    return row


async def lock_endpoint(
    session: AsyncSession, *, endpoint_id: UUID, channel_id: UUID | None, version: int | None = None
) -> WebhookEndpoint:
    """Lock an endpoint to change it. Raises UnknownEndpoint, EndpointStale."""
    row = await session.scalar(
        _endpoints(channel_id).where(col(WebhookEndpoint.id) == endpoint_id).with_for_update()
    )
    if row is None:
        raise UnknownEndpoint(endpoint_id)
    if version is not None and row.version != version:
        raise EndpointStale(row.version)
    return row


async def lock_receiver(session: AsyncSession, *, message_id: UUID) -> WebhookEndpoint:
    """Lock the endpoint of a message, also one that was deleted since."""
    found = await session.scalars(
        select(WebhookEndpoint)
        .join(WebhookMessage, col(WebhookMessage.endpoint_id) == col(WebhookEndpoint.id))
        .where(col(WebhookMessage.id) == message_id)
        .with_for_update(of=WebhookEndpoint)
    )
    return found.one()


async def endpoints(
    session: AsyncSession, *, channel_id: UUID | None, cursor: str | None = None, limit: int
) -> Page[WebhookEndpoint]:
    """List endpoints, newest first; with `channel_id` only those of that channel."""
    key = col(WebhookEndpoint.id)
    return await pages.page(session, _endpoints(channel_id), key, cursor=cursor, limit=limit)


_RECEIVERS = Statement("""
SELECT id FROM webhook_endpoint
WHERE disabled_at IS NULL AND deleted_at IS NULL
    AND (channel_id IS NULL OR channel_id = :channel_id) AND events && :patterns
ORDER BY id
""")


async def receivers(session: AsyncSession, *, event: EventRow) -> Sequence[UUID]:
    """Return the active endpoints that want an event, in key order; most often there are none."""
    if event.name in OURS:
        return []
    found = await _RECEIVERS.rows(
        session, channel_id=event.channel_id, patterns=patterns(event.name)
    )
    return [row["id"] for row in found]


def patterns(name: str) -> list[str]:
    """Return every pattern that stands for an event: `order.placed`, `order.*` and `*`."""
    parts = name.split(".")
    return [name, *(".".join(parts[:end]) + ".*" for end in range(1, len(parts))), "*"]


async def messages(
    session: AsyncSession, *, endpoint_id: UUID, cursor: str | None = None, limit: int
) -> Page[WebhookMessage]:
    """List the messages of an endpoint, newest first."""
    query = select(WebhookMessage).where(col(WebhookMessage.endpoint_id) == endpoint_id)
    return await pages.page(session, query, col(WebhookMessage.id), cursor=cursor, limit=limit)


async def message(
    session: AsyncSession, *, message_id: UUID, channel_id: UUID | None
) -> WebhookMessage:
    """Return a message; with `channel_id` only of that channel's endpoints.

    Raises UnknownMessage.
    """
    row = await session.get(WebhookMessage, message_id)
    if row is None or not await _reaches(session, row.endpoint_id, channel_id):
        raise UnknownMessage(message_id)
    return row


async def lock_message(
    session: AsyncSession, *, message_id: UUID, channel_id: UUID | None
) -> WebhookMessage:
    """Lock a message to send it again; raises as `message` does."""
    await message(session, message_id=message_id, channel_id=channel_id)
    return await session.get_one(
        WebhookMessage, message_id, with_for_update=True, populate_existing=True
    )


async def attempts(session: AsyncSession, *, message_id: UUID) -> Sequence[WebhookAttempt]:
    """Return the last attempts to deliver a message, oldest first."""
    found = await session.scalars(
        select(WebhookAttempt)
        .where(col(WebhookAttempt.message_id) == message_id)
        .order_by(col(WebhookAttempt.id).desc())
        .limit(MAX_ATTEMPTS_SHOWN)
    )
    return found.all()[::-1]


async def due_message(
    session: AsyncSession, *, message_id: UUID, now: datetime
) -> WebhookMessage | None:
    """Lock a message if it is due and nobody sends it at this moment."""
    lease = col(WebhookMessage.lease_until)
    return await session.scalar(
        select(WebhookMessage)
        .where(col(WebhookMessage.id) == message_id, col(WebhookMessage.status) == DueState.DUE)
        .where(col(WebhookMessage.next_at) <= now, or_(lease.is_(None), lease < now))
        .with_for_update(skip_locked=True)
    )


async def sent_message(session: AsyncSession, *, message_id: UUID) -> WebhookMessage:
    """Lock a message that was just sent, to note how it went."""
    return await session.get_one(
        WebhookMessage, message_id, with_for_update=True, populate_existing=True
    )


def _endpoints(channel_id: UUID | None) -> Select[WebhookEndpoint]:
    query = select(WebhookEndpoint).where(col(WebhookEndpoint.deleted_at).is_(None))
    return query if channel_id is None else query.where(_of_channel(channel_id))


def _of_channel(channel_id: UUID) -> ColumnElement[bool]:
    return col(WebhookEndpoint.channel_id) == channel_id


async def _reaches(session: AsyncSession, endpoint_id: UUID, channel_id: UUID | None) -> bool:
    query = _endpoints(channel_id).where(col(WebhookEndpoint.id) == endpoint_id)
    return await session.scalar(query) is not None
