"""What a channel may sell: how many, where, and why so many."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter

from api.deps import Caller, Session
from api.policies import EVERYBODY, allow
from inventory.selling import availability, explanations
from inventory.selling.availability import Question
from inventory.selling.availability_views import (
    MAX_SKUS,
    AvailabilityIn,
    AvailabilityOut,
    ExplanationOut,
)
from inventory.selling.rules import Method
from oms.accounts.models import Scope
from oms.channels import channels
from oms.kernel import clock

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)

Skus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=MAX_SKUS)]
"""`sku=A&sku=B`, up to 500."""

OneSku = Annotated[str, QueryParameter(min_length=1, max_length=64)]


class AvailabilityController(Controller):
    path = "/availability"
    tags = ["Availability"]

    @get(opt=READING)
    async def read(
        self,
        session: Session,
        caller: Caller,
        skus: Skus,
        channel_id: FromQuery[UUID | None] = None,
        method: FromQuery[Method] = Method.SHIPPING,
        *,
        by_location: FromQuery[bool] = True,
    ) -> AvailabilityOut:
        """Tell what a channel may sell; a key that is bound to a channel sees its own."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        asked = Question(own, skus, method, by_location)
        found = await availability.of_channel(session, asked=asked, now=clock.now())
        return AvailabilityOut.of(found)

    @post(opt=READING, status_code=200)
    async def ask(
        self, session: Session, caller: Caller, data: JSONBody[AvailabilityIn]
    ) -> AvailabilityOut:
        """Tell what a channel may sell of up to 500 items; nothing is changed by asking."""
        own = await channels.own(session, bound=caller.channel_id, asked=data.channel_id)
        asked = Question(own, data.skus, data.method, data.by_location)
        found = await availability.of_channel(session, asked=asked, now=clock.now())
        return AvailabilityOut.of(found)

    @get("/explain", opt=READING)
    async def explain(
        self,
        session: Session,
        caller: Caller,
        sku: OneSku,
        channel_id: FromQuery[UUID | None] = None,
        method: FromQuery[Method] = Method.SHIPPING,
        location_id: FromQuery[UUID | None] = None,
    ) -> ExplanationOut:
        """Tell why a channel may sell as many as it may, term by term; the terms sum to it."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        asked = explanations.Question(sku, own, method, location_id)
        found = await explanations.explain(session, asked=asked, now=clock.now())
        return ExplanationOut.model_validate(found)
