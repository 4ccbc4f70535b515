"""Shipping notices: what is on the trucks that suppliers send."""

from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.purchase_orders import READING, RECEIVING
from inventory.supply import notices, queries, receipts, shown
from inventory.supply.views import NoticeChangesIn, NoticeOut, ReceivedOut, SupplyReceiptIn
from oms.kernel.inputs import Output


class NoticesOut(Output):
    """A page of shipping notices, newest first."""

    notices: list[NoticeOut]
    next_cursor: str | None


class ShippingNoticeController(Controller):
    path = "/shipping-notices"
    tags = ["Supply"]

    @get(opt=READING)
    async def list_some(
        self,
        session: Session,
        purchase_order_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> NoticesOut:
        """List shipping notices, newest first."""
        page = await queries.notices(
            session, purchase_order_id=purchase_order_id, cursor=cursor, limit=limit
        )
        rows = await shown.notices(session, found=page.rows)
        return NoticesOut(notices=rows, next_cursor=page.next_cursor)

    @get("/{notice_id:uuid}", opt=READING)
    async def read(self, session: Session, notice_id: FromPath[UUID]) -> NoticeOut:
        """Read a shipping notice."""
        return await shown.notice(session, notice_id=notice_id)

    @patch("/{notice_id:uuid}", opt=RECEIVING)
    async def change(
        self,
        session: Session,
        notice_id: FromPath[UUID],
        version: Version,
        data: JSONBody[NoticeChangesIn],
    ) -> NoticeOut:
        """Change when or how the truck comes."""
        await notices.change(session, notice_id=notice_id, changes=data, version=version)
        return await shown.notice(session, notice_id=notice_id)

    @post("/{notice_id:uuid}/depart", opt=RECEIVING, status_code=200)
    @idempotent
    async def depart(
        self, request: AnyRequest, session: Session, notice_id: FromPath[UUID], version: Version
    ) -> NoticeOut:
        """Note that the truck is on its way."""
        await notices.depart(session, notice_id=notice_id, version=version)
        return await shown.notice(session, notice_id=notice_id)

    @post("/{notice_id:uuid}/cancel", opt=RECEIVING, status_code=200)
    @idempotent
    async def cancel(
        self, request: AnyRequest, session: Session, notice_id: FromPath[UUID], version: Version
    ) -> NoticeOut:
        """Note that the truck does not come; its units are still due."""
        await notices.cancel(session, notice_id=notice_id, version=version)
        return await shown.notice(session, notice_id=notice_id)

    @post("/{notice_id:uuid}/receipts", opt=RECEIVING)
    @idempotent
    async def receive(
        self,
        request: AnyRequest,
        session: Session,
        notice_id: FromPath[UUID],
        version: Version,
        data: JSONBody[SupplyReceiptIn],
    ) -> ReceivedOut:
        """Receive goods off the truck, as against its purchase order."""
        receipt = await receipts.receive_notice(
            session, notice_id=notice_id, told=data, version=version
        )
        return await shown.received(session, receipt=receipt)
