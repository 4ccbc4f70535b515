"""What a channel may sell."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.deps import Caller, Session
from api.policies import EVERYBODY, allow
from inventory import availability
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.kernel import clock
from oms.kernel.inputs import Count, Input, Output

MAX_SKUS = 500

Skus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=MAX_SKUS)]
"""`sku=A&sku=B`, up to 500."""


class PlaceOut(Output):
    """How many units the channel may sell from one location."""

    location_id: UUID
    location_code: str
    available: int


class SellableOut(Output):
    """How many units of one SKU the channel may sell, in all and by location."""

    sku: str
    total: int
    locations: list[PlaceOut]


class AvailabilityOut(Output):
    """What the channel may sell at `as_of`; `unknown` are SKUs that are not sold."""

    channel_id: UUID
    as_of: datetime
    items: list[SellableOut]
    unknown: list[str]


class BufferIn(Input):
    """Units per SKU and location that the channel must leave on the shelf."""

    units: Count


class BufferOut(Output):
    """Units per SKU and location that the channel must leave on the shelf."""

    channel_id: UUID
    units: int


class AvailabilityController(Controller):
    tags = ["Inventory"]

    @get("/availability", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read(
        self,
        session: Session,
        caller: Caller,
        skus: Skus,
        channel_id: FromQuery[UUID | None] = None,
    ) -> AvailabilityOut:
        """Tell what a channel may sell; a key that is bound to a channel sees its own."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        found = await availability.of_channel(session, channel_id=own, skus=skus, now=clock.now())
        return AvailabilityOut.model_validate(found)

    @put("/channel-buffers/{channel_id:uuid}", opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def set_buffer(
        self, session: Session, caller: Caller, channel_id: FromPath[UUID], data: JSONBody[BufferIn]
    ) -> BufferOut:
        """Say how many units a channel must leave on every shelf."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        await availability.keep_back(session, channel_id=own, units=data.units)
        return BufferOut(channel_id=own, units=data.units)
