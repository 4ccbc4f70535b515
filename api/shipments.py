"""Parcels and what the carriers say of them."""

from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, FromQuery

from api.deps import Session
from api.lists import Limit
from api.policies import EVERYBODY, allow
from fulfillment import queries, views
from fulfillment.views import ShipmentOut, ShipmentsOut
from oms.accounts.models import Scope
from oms.kernel.pages import DEFAULT_LIMIT


class ShipmentController(Controller):
    path = "/shipments"
    tags = ["Fulfilment"]

    @get(opt=allow(Scope.FULFILLMENT_READ, *EVERYBODY))
    async def list_some(
        self,
        session: Session,
        order_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> ShipmentsOut:
        """List parcels, newest first."""
        page = await queries.shipments(session, order_id=order_id, cursor=cursor, limit=limit)
        shown = await views.shipments(session, page.rows)
        return ShipmentsOut(shipments=shown, next_cursor=page.next_cursor)

    @get("/{shipment_id:uuid}", opt=allow(Scope.FULFILLMENT_READ, *EVERYBODY))
    async def read(self, session: Session, shipment_id: FromPath[UUID]) -> ShipmentOut:
        """Read a parcel with what is in it and every scan of it."""
        parcel = await queries.shipment(session, shipment_id=shipment_id)
        return await views.shipment(session, parcel)
