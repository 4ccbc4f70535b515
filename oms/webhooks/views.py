"""How endpoints, messages and attempts are shown."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from oms.kernel.due import DueState
from oms.kernel.inputs import Output
from oms.kernel.pages import Page
from oms.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookMessage


class EndpointOut(Output):
    """A webhook endpoint; its secret is never shown again."""

    id: UUID
    channel_id: UUID | None
    url: str
    events: list[str]
    description: str | None
    active: bool
    disabled_at: datetime | None
    disabled_reason: str | None
    recorded_at: datetime
    version: int
    actions: list[str]


class NewEndpointOut(EndpointOut):
    """A fresh endpoint. `secret` verifies our signatures and is shown this once."""

    secret: str


class EndpointsOut(Output):
    """A page of webhook endpoints."""

    endpoints: list[EndpointOut]
    next_cursor: str | None


class AttemptOut(Output):
    """One try: what the target answered, or why it could not be asked."""

    status_code: int | None
    error: str | None
    duration_ms: int
    recorded_at: datetime


class MessageOut(Output):
    """An event owed to an endpoint; `id` is the `webhook-id` of every attempt."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_name: str
    status: DueState
    attempts: int
    next_at: datetime | None
    reason: str | None
    done_at: datetime | None
    recorded_at: datetime
    actions: list[str]


class MessageDetailOut(MessageOut):
    """A message with its attempts."""

    tried: list[AttemptOut]


class MessagesOut(Output):
    """A page of messages."""

    messages: list[MessageOut]
    next_cursor: str | None


def endpoint(row: WebhookEndpoint) -> EndpointOut:
    """Show an endpoint without its secret."""
    active = row.disabled_at is None
    return EndpointOut(
        id=row.id,
        channel_id=row.channel_id,
        url=row.url,
        events=row.events,
        description=row.description,
        active=active,
        disabled_at=row.disabled_at,
        disabled_reason=row.disabled_reason,
        recorded_at=row.recorded_at,
        version=row.version,
        actions=["change", "disable" if active else "enable", "delete"],
    )


def new_endpoint(row: WebhookEndpoint) -> NewEndpointOut:
    """Show a fresh endpoint with its secret, this once."""
    return NewEndpointOut(**dict(endpoint(row)), secret=row.secret)


def endpoints(page: Page[WebhookEndpoint]) -> EndpointsOut:
    """Show a page of endpoints."""
    shown = [endpoint(row) for row in page.rows]
    return EndpointsOut(endpoints=shown, next_cursor=page.next_cursor)


def message(row: WebhookMessage) -> MessageOut:
    """Show a message; a next attempt has a time only while one is due."""
    return MessageOut(
        id=row.id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        event_name=row.event_name,
        status=row.status,
        attempts=row.attempts,
        next_at=row.next_at if row.status is DueState.DUE else None,
        reason=row.reason,
        done_at=row.done_at,
        recorded_at=row.recorded_at,
        actions=["redeliver"],
    )


def messages(page: Page[WebhookMessage]) -> MessagesOut:
    """Show a page of messages."""
    shown = [message(row) for row in page.rows]
    return MessagesOut(messages=shown, next_cursor=page.next_cursor)


def message_detail(row: WebhookMessage, tried: Sequence[WebhookAttempt]) -> MessageDetailOut:
    """Show a message with its attempts."""
    attempts = [AttemptOut.model_validate(one) for one in tried]
    return MessageDetailOut(**dict(message(row)), tried=attempts)
