"""By when a channel may promise goods: what is there, what comes, less what is owed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import Caller, Session
from api.policies import EVERYBODY, allow
from oms.accounts.models import Scope
from oms.channels import channels
from oms.kernel import clock
from oms.kernel.inputs import Input, Output, Sku
from oms.orders import promises
from oms.orders.promises import Wish

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)

MAX_WISHES = 100

Skus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=MAX_WISHES)]
"""`sku=A&sku=B`, up to 100."""


class WishIn(Input):
    """So many units of one item."""

    sku: Sku
    quantity: int = Field(1, ge=1, le=1_000_000)


class PromiseIn(Input):
    """What is wanted, of which channel. A key that is bound to a channel need not name it."""

    items: list[WishIn] = Field(min_length=1, max_length=MAX_WISHES)
    channel_id: UUID | None = None


class StepOut(Output):
    """From `at` on so many units may be promised, all told."""

    at: datetime
    units: int


class PromiseOut(Output):
    """What may be promised of one item, and the first date at which `quantity` units may be.

    `promised_at` is null when too little is known to come. `owed` units wait already, on every
    channel; `undated` units come without a date and `overdue` ones should be here: neither is
    promised before there is a new date. `ahead` is how many may be ordered beyond what is there.
    What is not `counted` cannot run out.
    """

    sku: str
    quantity: int
    promised_at: datetime | None
    counted: bool
    ahead: int
    owed: int
    undated: int
    overdue: int
    steps: list[StepOut]


class PromisesOut(Output):
    """What the channel may promise at `as_of`; `unknown` are SKUs that are not sold."""

    channel_id: UUID
    as_of: datetime
    items: list[PromiseOut]
    unknown: list[str]


class PromiseController(Controller):
    path = "/availability/promise"
    tags = ["Availability"]

    @get(opt=READING)
    async def read(
        self,
        session: Session,
        caller: Caller,
        skus: Skus,
        channel_id: FromQuery[UUID | None] = None,
    ) -> PromisesOut:
        """Tell what a channel may promise of items, now and by which date more."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        return await _told(session, own, [Wish(sku) for sku in skus])

    @post(opt=READING, status_code=200)
    async def ask(self, session: Session, caller: Caller, data: JSONBody[PromiseIn]) -> PromisesOut:
        """Tell by when a channel may promise so many units; nothing is changed by asking."""
        own = await channels.own(session, bound=caller.channel_id, asked=data.channel_id)
        return await _told(session, own, [Wish(one.sku, one.quantity) for one in data.items])


async def _told(session: AsyncSession, channel_id: UUID, wishes: Sequence[Wish]) -> PromisesOut:
    now = clock.now()
    found = await promises.of_channel(session, wishes=wishes, channel_id=channel_id, now=now)
    known = {one.sku for one in found}
    return PromisesOut(
        channel_id=channel_id,
        as_of=now,
        items=[PromiseOut.model_validate(one) for one in found],
        unknown=[sku for sku in dict.fromkeys(one.sku for one in wishes) if sku not in known],
    )
