"""What a channel may sell: how many, where, near whom, and why so many."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from api.deps import Caller, Session
from api.exports import sent
from api.policies import EVERYBODY, allow
from inventory.places import nearby as places
from inventory.selling import availability, explanations, nearby
from inventory.selling.availability import Question
from inventory.selling.availability_views import (
    MAX_SKUS,
    AvailabilityIn,
    AvailabilityOut,
    ExplanationOut,
)
from inventory.selling.nearby_views import NearbyOut
from inventory.selling.rules import Method
from oms.accounts.models import Scope
from oms.channels import channels
from oms.channels.exports import exports
from oms.channels.files import Format
from oms.kernel import clock
from oms.kernel.files.charsets import Charset

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)

Skus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=MAX_SKUS)]
"""`sku=A&sku=B`, up to 500."""

FewSkus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=50)]
"""What is wanted, `sku=A&sku=A&sku=B` for two of A and one of B, up to 50 units."""

Latitude = Annotated[float | None, QueryParameter(ge=-90, le=90)]
Longitude = Annotated[float | None, QueryParameter(ge=-180, le=180)]
Radius = Annotated[int, QueryParameter(ge=1, le=500)]
Limit = Annotated[int, QueryParameter(ge=1, le=50)]

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
        found = await availability.of_channel(session, asked=asked)
        return AvailabilityOut.of(found)

    @post(opt=READING, status_code=200)
    async def ask(
        self, session: Session, caller: Caller, data: JSONBody[AvailabilityIn]
    ) -> AvailabilityOut:
        """Tell what a channel may sell of up to 500 items; nothing is changed by asking."""
        own = await channels.own(session, bound=caller.channel_id, asked=data.channel_id)
        asked = Question(own, data.skus, data.method, data.by_location)
        found = await availability.of_channel(session, asked=asked)
        return AvailabilityOut.of(found)

    @get("/nearby", opt=READING)
    async def read_nearby(
        self,
        session: Session,
        caller: Caller,
        skus: FewSkus,
        channel_id: FromQuery[UUID | None] = None,
        postal_code: FromQuery[str | None] = None,
        latitude: Latitude = None,
        longitude: Longitude = None,
        radius_km: Radius = 20,
        limit: Limit = 10,
    ) -> NearbyOut:
        """Tell which places near somebody have it all, and when it can be picked up there.

        `sku=A&sku=A&sku=B` asks for two of A and one of B; places without enough of each are left
        out, the nearest come first. Near is around a Japanese `postal_code`, or around `latitude`
        and `longitude`.
        """
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        around = places.point(postal_code=postal_code, latitude=latitude, longitude=longitude)
        asked = nearby.Question(own, skus, around, radius_metres=radius_km * 1000, limit=limit)
        found = await nearby.stores(session, asked=asked, now=clock.now())
        return NearbyOut.model_validate(found)

    @get("/export.csv", opt=READING)
    async def export_csv(
        self,
        caller: Caller,
        channel_id: FromQuery[UUID | None] = None,
        method: FromQuery[Method] = Method.SHIPPING,
        charset: FromQuery[Charset] = Charset.UTF_8,
        *,
        bom: FromQuery[bool] = False,
    ) -> Stream:
        """Fetch all that a channel may sell as one file, at each location where it has ever been.

        What cannot run out has one row, without a location and a number. `charset=cp932` and
        `bom=true` are for spreadsheets that need them.
        """
        file = await exports.export_sellable(
            bound=caller.channel_id, asked=channel_id, method=method, form=Format.CSV,
            charset=charset, bom=bom,
        )  # fmt: skip
        return sent(file, file_name="availability.csv", charset=charset)

    @get("/export.ndjson", opt=READING)
    async def export_ndjson(
        self,
        caller: Caller,
        channel_id: FromQuery[UUID | None] = None,
        method: FromQuery[Method] = Method.SHIPPING,
    ) -> Stream:
        """Fetch the rows of `export.csv` as lines of JSON."""
        file = await exports.export_sellable(
            bound=caller.channel_id, asked=channel_id, method=method, form=Format.NDJSON
        )
        return sent(file, file_name="availability.ndjson")

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
