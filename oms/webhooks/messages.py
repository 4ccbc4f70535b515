"""Messages owed to endpoints: each is a row that is claimed, sent, and noted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import clock, due, ids
from oms.kernel.due import DueState
from oms.kernel.errors import Conflict
from oms.kernel.events import EventRow
from oms.webhooks import endpoints, queries
from oms.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from oms.webhooks.states import MESSAGE

SCHEDULE_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pauses between ten attempts over three days (the example of Standard Webhooks 1.0.0)."""

LEASE = timedelta(seconds=60)
"""Longer than an attempt can take."""

GONE = 410


class EndpointDisabled(Conflict):
    """The endpoint of this message is disabled; enable it first."""

    endpoint_id: UUID


@dataclass(frozen=True)
class Letter:
    """A claimed message, with all that is needed to send it."""

    message_id: UUID
    url: str
    secret: str
    payload: bytes

    def __repr__(self) -> str:
        """Keep the secret and the shopper's data out of logs."""
        return f"Letter({self.message_id})"


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt; `final` says that no later attempt can do better."""

    status_code: int | None
    error: str | None
    duration_ms: int
    final: bool = False

    @property
    def delivered(self) -> bool:
        """Tell whether the target took the message (any 2xx)."""
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004 -- HTTP

    @property
    def reason(self) -> str:
        """Say why it was not taken."""
        return self.error or f"the target answered {self.status_code}"


async def owe(session: AsyncSession, *, event: EventRow, payload: bytes) -> int:
    """Owe an event to every active endpoint that wants it; returns how many new messages."""
    wanting = await queries.receivers(session, event=event)
    if not wanting:
        return 0
    owed = await session.scalars(
        insert(WebhookMessage)
        .values([_row(event, payload, endpoint_id) for endpoint_id in wanting])
        .on_conflict_do_nothing(index_elements=["endpoint_id", "event_id"])
        .returning(col(WebhookMessage.id))
    )
    fresh = owed.all()
    session.info.setdefault("wake", []).extend(("webhook", message_id) for message_id in fresh)
    return len(fresh)


async def claim(session: AsyncSession, *, message_id: UUID, now: datetime) -> Letter | None:
    """Lease a due message for one attempt; None when there is nothing to send.

    A message to an endpoint that was disabled or deleted meanwhile is given up.
    """
    row = await queries.due_message(session, message_id=message_id, now=now)
    if row is None:
        return None
    endpoint = await session.get_one(WebhookEndpoint, row.endpoint_id)
    if endpoint.disabled_at is not None or endpoint.deleted_at is not None:
        MESSAGE.move(row, "park")
        row.reason = "the endpoint is disabled"
        return None
    row.lease_until = now + LEASE
    return Letter(row.id, endpoint.url, endpoint.secret, row.payload)


async def note(
    session: AsyncSession, *, message_id: UUID, outcome: Outcome, now: datetime
) -> WebhookMessage:
    """Keep what came of an attempt: done, another one later, or given up with the reason.

    An endpoint that answers 410 is disabled.
    """
    if outcome.status_code == GONE:
        await endpoints.disable_gone(session, message_id=message_id, now=now)
    row = await queries.sent_message(session, message_id=message_id)
    session.add(
        WebhookAttempt(
            message_id=message_id,
            status_code=outcome.status_code,
            error=outcome.error,
            duration_ms=outcome.duration_ms,
        )
    )
    if row.status is DueState.DUE:
        _settle(row, outcome, now)
    return row


async def redeliver(
    session: AsyncSession, *, message_id: UUID, channel_id: UUID | None, now: datetime
) -> WebhookMessage:
    """Send a message again now, also one that was delivered; its id stays the same.

    Raises UnknownMessage, EndpointDisabled.
    """
    row = await queries.lock_message(session, message_id=message_id, channel_id=channel_id)
    endpoint = await session.get_one(WebhookEndpoint, row.endpoint_id)
    if endpoint.disabled_at is not None:
        raise EndpointDisabled(endpoint.id)
    MESSAGE.move(row, "redeliver")
    row.attempts, row.next_at, row.reason, row.done_at = 0, now, None, None
    await session.flush()
    session.info.setdefault("wake", []).append(("webhook", row.id))
    return row


def _row(event: EventRow, payload: bytes, endpoint_id: UUID) -> dict[str, object]:
    return {
        "id": ids.new(),
        "endpoint_id": endpoint_id,
        "event_id": event.id,
        "event_name": event.name,
        "payload": payload,
        "status": DueState.DUE,
        "attempts": 0,
        "next_at": clock.now(),
    }


def _settle(row: WebhookMessage, outcome: Outcome, now: datetime) -> None:
    if outcome.delivered:
        MESSAGE.move(row, "finish")
        row.attempts += 1
        row.done_at, row.lease_until, row.reason = now, None, None
        return
    schedule = () if outcome.final or outcome.status_code == GONE else SCHEDULE_SECONDS
    due.failed(row, reason=outcome.reason, now=now, schedule=schedule)
