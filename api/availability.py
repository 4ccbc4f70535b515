"""What a channel may sell."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromQuery, QueryParameter

from api.deps import Caller, Session
from api.policies import EVERYBODY, allow
from inventory.selling import availability
from inventory.selling.models import BacklogKind
from oms.accounts.models import Scope
from oms.channels import channels
from oms.kernel import clock
from oms.kernel.inputs import Output

MAX_SKUS = 500

Skus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=MAX_SKUS)]
"""`sku=A&sku=B`, up to 500."""


class PlaceOut(Output):
    """How many units the channel may sell from one location."""

    location_id: UUID
    location_code: str
    available: int


class AheadOut(Output):
    """How many units may be sold beyond what is there, and when they are expected."""

    units: int
    kind: BacklogKind
    available_at: datetime | None


class SellableOut(Output):
    """How many units of one SKU the channel may sell, in all, by location, and `ahead`.

    `total` is null for what cannot run out. Of a kit it counts whole kits, each from one location.
    """

    sku: str
    total: int | None
    ahead: AheadOut | None
    locations: list[PlaceOut]


class AvailabilityOut(Output):
    """What the channel may sell at `as_of`; `unknown` are SKUs that are not sold."""

    channel_id: UUID
    as_of: datetime
    items: list[SellableOut]
    unknown: list[str]


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
