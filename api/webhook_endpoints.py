"""Webhooks: where integrators want our events, and what became of each message."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import Field, StringConstraints

from api.deps import Caller, Session, Version
from api.lists import Limit
from api.policies import allow
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.kernel import clock
from oms.kernel.inputs import Input, Text, fields
from oms.webhooks import endpoints, messages, queries, views
from oms.webhooks.endpoints import Changes, Wish
from oms.webhooks.views import (
    EndpointOut,
    EndpointsOut,
    MessageDetailOut,
    MessageOut,
    MessagesOut,
    NewEndpointOut,
)

MAX_PATTERNS = 100

Url = Annotated[Text, StringConstraints(min_length=1)]
Patterns = Annotated[
    list[Annotated[Text, StringConstraints(max_length=100)]],
    Field(min_length=1, max_length=MAX_PATTERNS, examples=[["order.*", "shipment.delivered"]]),
]

MAY = allow(Scope.WEBHOOKS, Role.MANAGER)


class EndpointIn(Input):
    """Where to send which events; a key bound to a channel hears of that channel only."""

    url: Url = Field(examples=["https://shop.example/hooks/oms"])
    events: Patterns = ["*"]
    description: Text | None = None
    channel_id: UUID | None = None


class EndpointChangeIn(Input):
    """What to change; what is left out stays. `active` true enables a disabled endpoint."""

    url: Url | None = None
    events: Patterns | None = None
    description: Text | None = None
    active: bool | None = None


class WebhookEndpointController(Controller):
    path = "/webhook-endpoints"
    tags = ["Webhooks"]

    @post(opt=MAY)
    async def create(
        self, session: Session, caller: Caller, data: JSONBody[EndpointIn]
    ) -> NewEndpointOut:
        """Ask for events by Standard Webhooks. The answer shows the secret, this once."""
        channel_id = channels.meant(bound=caller.channel_id, asked=data.channel_id)
        wish = Wish(channel_id, data.url, data.events, data.description)
        row = await endpoints.create(session, wish=wish)
        if channel_id is not None:
            await channels.find(session, channel_id=channel_id)
        return views.new_endpoint(row)

    @get(opt=MAY)
    async def list_some(
        self,
        session: Session,
        caller: Caller,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> EndpointsOut:
        """List endpoints, newest first."""
        page = await queries.endpoints(
            session, channel_id=caller.channel_id, cursor=cursor, limit=limit
        )
        return views.endpoints(page)

    @get("/{endpoint_id:uuid}", opt=MAY)
    async def read(
        self, session: Session, caller: Caller, endpoint_id: FromPath[UUID]
    ) -> EndpointOut:
        """Read an endpoint; its secret is not shown again."""
        row = await queries.endpoint(session, endpoint_id=endpoint_id, channel_id=caller.channel_id)
        return views.endpoint(row)

    @patch("/{endpoint_id:uuid}", opt=MAY)
    async def change(
        self,
        session: Session,
        caller: Caller,
        version: Version,
        endpoint_id: FromPath[UUID],
        data: JSONBody[EndpointChangeIn],
    ) -> EndpointOut:
        """Change an endpoint, disable it, or enable it again."""
        row = await endpoints.change(
            session,
            endpoint_id=endpoint_id,
            channel_id=caller.channel_id,
            changes=Changes(**fields(data)),
            now=clock.now(),
            version=version,
        )
        return views.endpoint(row)

    @delete("/{endpoint_id:uuid}", opt=MAY)
    async def delete(
        self, session: Session, caller: Caller, version: Version, endpoint_id: FromPath[UUID]
    ) -> None:
        """End an endpoint; messages on their way to it are given up."""
        await endpoints.delete(
            session,
            endpoint_id=endpoint_id,
            channel_id=caller.channel_id,
            now=clock.now(),
            version=version,
        )

    @get("/{endpoint_id:uuid}/messages", opt=MAY)
    async def messages(
        self,
        session: Session,
        caller: Caller,
        endpoint_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> MessagesOut:
        """List what was sent to an endpoint, newest first."""
        row = await queries.endpoint(session, endpoint_id=endpoint_id, channel_id=caller.channel_id)
        page = await queries.messages(session, endpoint_id=row.id, cursor=cursor, limit=limit)
        return views.messages(page)


class WebhookMessageController(Controller):
    path = "/webhook-messages/{message_id:uuid}"
    tags = ["Webhooks"]

    @get(opt=MAY)
    async def read(
        self, session: Session, caller: Caller, message_id: FromPath[UUID]
    ) -> MessageDetailOut:
        """Read a message with every attempt to deliver it."""
        row = await queries.message(session, message_id=message_id, channel_id=caller.channel_id)
        return views.message_detail(row, await queries.attempts(session, message_id=row.id))

    @post("/redeliver", opt=MAY, status_code=202)
    async def redeliver(
        self, session: Session, caller: Caller, message_id: FromPath[UUID]
    ) -> MessageOut:
        """Send a message again, also one that was delivered; its `webhook-id` stays the same."""
        row = await messages.redeliver(
            session, message_id=message_id, channel_id=caller.channel_id, now=clock.now()
        )
        return views.message(row)
