"""The work of warehouses and stores: take it on, pick, pack, hand over, or give it back."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import Field, StringConstraints

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from fulfillment import pick_lists, queries, shipments, views, work
from fulfillment.pick_lists import PickListOut
from fulfillment.queries import Filter
from fulfillment.states import RejectReason, WorkStatus
from fulfillment.views import FulfillmentOrderOut, FulfillmentOrdersOut, ShipmentOut
from oms.accounts.models import Role, Scope
from oms.kernel import clock
from oms.kernel.inputs import Code, Count, Input, Quantity, Sku, fields
from oms.kernel.pages import DEFAULT_LIMIT
from oms.orders import rejections

MAX_LINES = 500

CarrierCode = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z0-9_]+$")]
"""The code of a carrier, as in the address of its webhook."""

DOING = allow(Scope.FULFILLMENT_WRITE, Role.WAREHOUSE, Role.STORE, Role.MANAGER)
"""Doing the work is for those who stand at the shelves, and for programs that act for them."""


class FoundIn(Input):
    """Units of an order line that were found on the shelf."""

    order_line_id: UUID
    quantity: Count


class PickIn(Input):
    """What was found. A line that is not named was found whole."""

    lines: list[FoundIn] = Field(default=[], max_length=MAX_LINES)


class ShipIn(Input):
    """The parcel that was handed over."""

    carrier: CarrierCode = Field(examples=["sandbox"])
    tracking_number: Code = Field(examples=["SB-4711-0001"])


class GivenBackIn(Input):
    """Units of an order line that cannot be sent from here; of a kit, the part that lacks."""

    order_line_id: UUID
    quantity: Quantity
    part: Sku | None = None


class RejectIn(Input):
    """Why units are given back; without lines all that is left."""

    reason: RejectReason
    lines: list[GivenBackIn] = Field(default=[], max_length=MAX_LINES)


class FulfillmentOrderController(Controller):
    path = "/fulfillment-orders"
    tags = ["Fulfilment"]

    @get(opt=allow(Scope.FULFILLMENT_READ, *EVERYBODY))
    async def list_some(
        self,
        session: Session,
        location_id: FromQuery[UUID | None] = None,
        order_id: FromQuery[UUID | None] = None,
        status: FromQuery[list[WorkStatus] | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> FulfillmentOrdersOut:
        """List work, oldest first: what is still to be done, unless an order or status is named.

        Staff of some locations see the work of those locations only.
        """
        wanted = Filter(location_id, order_id, tuple(status or ()))
        page = await queries.queue(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = await views.works(session, page.rows)
        return FulfillmentOrdersOut(fulfillment_orders=shown, next_cursor=page.next_cursor)

    @get("/{work_id:uuid}", opt=allow(Scope.FULFILLMENT_READ, *EVERYBODY))
    async def read(self, session: Session, work_id: FromPath[UUID]) -> FulfillmentOrderOut:
        """Read the work of one location with its lines."""
        return await views.work(session, await queries.get(session, work_id=work_id))

    @get("/{work_id:uuid}/pick-list", opt=allow(Scope.FULFILLMENT_READ, *EVERYBODY))
    async def pick_list(self, session: Session, work_id: FromPath[UUID]) -> PickListOut:
        """Read what to take from the shelves, of the lots that expire first."""
        return await pick_lists.suggest(session, work_id=work_id, now=clock.now())

    @post("/{work_id:uuid}/accept", opt=DOING, status_code=200)
    @idempotent
    async def accept(
        self, request: AnyRequest, session: Session, work_id: FromPath[UUID], version: Version
    ) -> FulfillmentOrderOut:
        """Take the work on."""
        done = await work.accept(session, work_id=work_id, version=version)
        return await views.work(session, done)

    @post("/{work_id:uuid}/pick", opt=DOING, status_code=200)
    @idempotent
    async def pick(
        self,
        request: AnyRequest,
        session: Session,
        work_id: FromPath[UUID],
        version: Version,
        data: JSONBody[PickIn],
    ) -> FulfillmentOrderOut:
        """Note what was taken from the shelf; units not found are to be rejected next."""
        found = [(line.order_line_id, line.quantity) for line in data.lines]
        done = await work.pick(session, work_id=work_id, found=found, version=version)
        return await views.work(session, done)

    @post("/{work_id:uuid}/pack", opt=DOING, status_code=200)
    @idempotent
    async def pack(
        self, request: AnyRequest, session: Session, work_id: FromPath[UUID], version: Version
    ) -> FulfillmentOrderOut:
        """Note that all picked units are in the parcel."""
        done = await work.pack(session, work_id=work_id, version=version)
        return await views.work(session, done)

    @post("/{work_id:uuid}/ship", opt=DOING)
    @idempotent
    async def ship(
        self,
        request: AnyRequest,
        session: Session,
        work_id: FromPath[UUID],
        version: Version,
        data: JSONBody[ShipIn],
    ) -> ShipmentOut:
        """Hand the parcel to the carrier: the units leave the stock."""
        parcel = await shipments.ship(
            session, work_id=work_id, version=version, now=clock.now(), **fields(data)
        )
        return await views.shipment(session, parcel)

    @post("/{work_id:uuid}/reject", opt=DOING, status_code=200)
    @idempotent
    async def reject(
        self,
        request: AnyRequest,
        session: Session,
        work_id: FromPath[UUID],
        version: Version,
        data: JSONBody[RejectIn],
    ) -> FulfillmentOrderOut:
        """Give units back that cannot be sent from here; another location takes over."""
        left = await rejections.reject(
            session,
            work_id=work_id,
            lines=[(line.order_line_id, line.quantity) for line in data.lines],
            reason=data.reason,
            missing={line.order_line_id: line.part for line in data.lines if line.part},
            version=version,
        )
        return await views.work(session, left)
