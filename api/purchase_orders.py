"""Purchase orders: what suppliers are to bring, and what they brought."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.supply import notices, purchase_orders, queries, receipts, shown
from inventory.supply.queries import Filter
from inventory.supply.states import PurchaseStatus
from inventory.supply.views import (
    EndingIn,
    NoticeIn,
    NoticeOut,
    PurchaseChangesIn,
    PurchaseOrderIn,
    PurchaseOrderOut,
    PurchaseSummaryOut,
    ReceivedOut,
    SupplyReceiptIn,
    SupplyReceiptOut,
)
from oms.accounts.models import Role, Scope
from oms.kernel import clock
from oms.kernel.inputs import Output

Name = Annotated[str | None, QueryParameter(max_length=255)]
"""Only what has exactly this name."""

READING = allow(Scope.INVENTORY_READ, *EVERYBODY, all_channels=True)
BUYING = allow(Scope.INVENTORY_WRITE, Role.MANAGER, all_channels=True)
RECEIVING = allow(
    Scope.INVENTORY_WRITE, Role.WAREHOUSE, Role.STORE, Role.MANAGER, all_channels=True
)


class PurchaseOrdersOut(Output):
    """A page of purchase orders, newest first."""

    purchase_orders: list[PurchaseSummaryOut]
    next_cursor: str | None


class SupplyReceiptsOut(Output):
    """A page of receipts, newest first."""

    receipts: list[SupplyReceiptOut]
    next_cursor: str | None


class PurchaseOrderController(Controller):
    path = "/purchase-orders"
    tags = ["Supply"]

    @post(opt=BUYING)
    @idempotent
    async def draft(
        self, request: AnyRequest, session: Session, data: JSONBody[PurchaseOrderIn]
    ) -> PurchaseOrderOut:
        """Draft a purchase order; nothing is incoming before it is ordered."""
        made = await purchase_orders.draft(session, new=data)
        return await shown.purchase_order(session, purchase_order_id=made.id)

    @get(opt=READING)
    async def list_some(
        self,
        session: Session,
        supplier: Name = None,
        external_id: Name = None,
        location_id: FromQuery[UUID | None] = None,
        status: FromQuery[PurchaseStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> PurchaseOrdersOut:
        """List purchase orders, newest first."""
        wanted = Filter(supplier, external_id, location_id, status)
        page = await queries.listed(session, wanted=wanted, cursor=cursor, limit=limit)
        rows = [PurchaseSummaryOut.model_validate(row) for row in page.rows]
        return PurchaseOrdersOut(purchase_orders=rows, next_cursor=page.next_cursor)

    @get("/{purchase_order_id:uuid}", opt=READING)
    async def read(self, session: Session, purchase_order_id: FromPath[UUID]) -> PurchaseOrderOut:
        """Read a purchase order."""
        return await shown.purchase_order(session, purchase_order_id=purchase_order_id)

    @patch("/{purchase_order_id:uuid}", opt=BUYING)
    async def change(
        self,
        session: Session,
        purchase_order_id: FromPath[UUID],
        version: Version,
        data: JSONBody[PurchaseChangesIn],
    ) -> PurchaseOrderOut:
        """Change what is wanted or by when; of what was ordered the incoming units follow."""
        await purchase_orders.change(
            session, purchase_order_id=purchase_order_id, changes=data, version=version
        )
        return await shown.purchase_order(session, purchase_order_id=purchase_order_id)

    @post("/{purchase_order_id:uuid}/order", opt=BUYING, status_code=200)
    @idempotent
    async def order(
        self,
        request: AnyRequest,
        session: Session,
        purchase_order_id: FromPath[UUID],
        version: Version,
    ) -> PurchaseOrderOut:
        """Order it of the supplier: its units are incoming from now on."""
        await purchase_orders.order(
            session, purchase_order_id=purchase_order_id, now=clock.now(), version=version
        )
        return await shown.purchase_order(session, purchase_order_id=purchase_order_id)

    @post("/{purchase_order_id:uuid}/close", opt=BUYING, status_code=200)
    @idempotent
    async def close(
        self,
        request: AnyRequest,
        session: Session,
        purchase_order_id: FromPath[UUID],
        version: Version,
        data: JSONBody[EndingIn],
    ) -> PurchaseOrderOut:
        """Close it short: what is still due will not come."""
        await purchase_orders.close(
            session, purchase_order_id=purchase_order_id, reason=data.reason, version=version
        )
        return await shown.purchase_order(session, purchase_order_id=purchase_order_id)

    @post("/{purchase_order_id:uuid}/cancel", opt=BUYING, status_code=200)
    @idempotent
    async def cancel(
        self,
        request: AnyRequest,
        session: Session,
        purchase_order_id: FromPath[UUID],
        version: Version,
        data: JSONBody[EndingIn],
    ) -> PurchaseOrderOut:
        """Cancel it, as long as nothing of it was received."""
        await purchase_orders.cancel(
            session, purchase_order_id=purchase_order_id, reason=data.reason, version=version
        )
        return await shown.purchase_order(session, purchase_order_id=purchase_order_id)

    @post("/{purchase_order_id:uuid}/receipts", opt=RECEIVING)
    @idempotent
    async def receive(
        self,
        request: AnyRequest,
        session: Session,
        purchase_order_id: FromPath[UUID],
        version: Version,
        data: JSONBody[SupplyReceiptIn],
    ) -> ReceivedOut:
        """Receive goods: good units are for sale at once, what differs from the paper is noted."""
        receipt = await receipts.receive(
            session, purchase_order_id=purchase_order_id, told=data, version=version
        )
        return await shown.received(session, receipt=receipt)

    @get("/{purchase_order_id:uuid}/receipts", opt=READING)
    async def list_receipts(
        self,
        session: Session,
        purchase_order_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> SupplyReceiptsOut:
        """List what was received of it, newest first."""
        await queries.get(session, purchase_order_id=purchase_order_id)
        page = await queries.receipts(
            session, purchase_order_id=purchase_order_id, cursor=cursor, limit=limit
        )
        rows = await shown.receipts(session, found=page.rows)
        return SupplyReceiptsOut(receipts=rows, next_cursor=page.next_cursor)

    @post("/{purchase_order_id:uuid}/notices", opt=RECEIVING)
    @idempotent
    async def announce(
        self,
        request: AnyRequest,
        session: Session,
        purchase_order_id: FromPath[UUID],
        data: JSONBody[NoticeIn],
    ) -> NoticeOut:
        """Note what the supplier says is on a truck."""
        made = await notices.announce(session, purchase_order_id=purchase_order_id, new=data)
        return await shown.notice(session, notice_id=made.id)
