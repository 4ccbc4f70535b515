"""Telling integrators: every fact, with the full current order it is about."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.events import EventRow
from oms.orders import views as orders
from oms.webhooks import messages
from oms.webhooks import queries as webhooks


async def publish(session: AsyncSession, event: EventRow) -> None:
    """Owe a fact to every endpoint that wants it; nobody listening costs one small query.

    It comes after the other reactions to the fact: a shipped parcel must not be told with an
    order that still counts it as being packed.
    """
    if not await webhooks.receivers(session, event=event):
        return
    await messages.owe(session, event=event, payload=await payload(session, event=event))


async def payload(session: AsyncSession, *, event: EventRow) -> bytes:
    """Write the message of a fact: its type and time, the fact, and the order as it is now."""
    data: dict[str, Any] = {"event": told(event)}
    if event.data.get("order_id") is not None:
        shown = await orders.show(session, order_id=UUID(event.data["order_id"]))
        data["order"] = shown.model_dump(mode="json")
    return msgspec.json.encode({"type": event.name, "timestamp": event.occurred_at, "data": data})


def told(event: EventRow) -> dict[str, Any]:
    """Return a fact as integrators see it: its fields, its place in the story, who and where."""
    return {
        **event.data,
        "id": event.id,
        "sequence": event.sequence,
        "subject_id": event.subject_id,
        "actor": event.actor,
        "channel_id": event.channel_id,
        "occurred_at": event.occurred_at,
    }
