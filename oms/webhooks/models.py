"""Endpoints of integrators, messages owed to them, and every attempt to deliver one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.due import Due
from oms.kernel.tables import Table, Versioned, moment, recorded_at


class WebhookEndpoint(Versioned, table=True):
    """Where an integrator wants our events; no channel means the events of every channel.

    The secret signs, so it is kept readable; it is shown once, when the endpoint is made.
    """

    __tablename__ = "webhook_endpoint"

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    channel_id: UUID | None = None
    url: str
    secret: str
    events: list[str] = Field(sa_type=ARRAY(Text))
    description: str | None = None
    disabled_at: datetime | None = moment(nullable=True)
    disabled_reason: str | None = None
    deleted_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()


class WebhookMessage(Due, table=True):
    """One event owed to one endpoint; its id is the `webhook-id` of every attempt."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_webhook_message_due", "next_at", postgresql_where=text("status = 'due'")),
        Index("ix_webhook_message_endpoint", "endpoint_id", "id"),
        *Due.checks(),
    )

    endpoint_id: UUID = Field(foreign_key="webhook_endpoint.id")
    event_id: UUID = Field(foreign_key="event.id")
    event_name: str
    payload: bytes


class WebhookAttempt(Table, table=True):
    """One try: what the target answered, or why it could not be asked."""

    __tablename__ = "webhook_attempt"

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    message_id: UUID = Field(foreign_key="webhook_message.id", index=True)
    status_code: int | None = None
    error: str | None = None
    duration_ms: int
    recorded_at: datetime = recorded_at()
