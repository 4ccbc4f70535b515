"""Payments and refunds: what was promised, taken and sent back."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from api.deps import AnyRequest, Caller, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import allow
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Input, Output, Word
from oms.kernel.pages import DEFAULT_LIMIT
from oms.payments import captures, queries, refunds, views
from oms.payments.queries import Filter
from oms.payments.states import PaymentStatus, RefundStatus
from oms.payments.views import PaymentOut, RefundOut

READERS = allow(Scope.PAYMENTS_READ, Role.SUPPORT, Role.MANAGER)
WRITERS = allow(None, Role.SUPPORT, Role.MANAGER)


class PaymentsOut(Output):
    """A page of payments, newest first."""

    payments: list[PaymentOut]
    next_cursor: str | None


class RefundsOut(Output):
    """A page of refunds, newest first."""

    refunds: list[RefundOut]
    next_cursor: str | None


class SettlementIn(Input):
    """How a person sent the money: the reference of a transfer, the number of a receipt."""

    reference: Word


class PaymentController(Controller):
    path = "/payments"
    tags = ["Payments"]

    @get(opt=READERS)
    async def list_some(
        self,
        session: Session,
        caller: Caller,
        order_id: FromQuery[UUID | None] = None,
        status: FromQuery[PaymentStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> PaymentsOut:
        """List payments, newest first."""
        wanted = Filter(order_id=order_id, channel_id=caller.channel_id, status=status)
        page = await queries.payments(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = await views.show_payments(session, page.rows)
        return PaymentsOut(payments=shown, next_cursor=page.next_cursor)

    @get("/{payment_id:uuid}", opt=READERS)
    async def read(
        self, session: Session, caller: Caller, payment_id: FromPath[UUID]
    ) -> PaymentOut:
        """Read a payment with everything that was asked of its gateway."""
        found = await queries.payment(session, payment_id=payment_id, channel_id=caller.channel_id)
        return await views.show_payment(session, found)

    @post("/{payment_id:uuid}/retry-capture", opt=WRITERS, status_code=200)
    @idempotent
    async def retry_capture(
        self, request: AnyRequest, session: Session, payment_id: FromPath[UUID], version: Version
    ) -> PaymentOut:
        """Ask the gateway once more for the captures that failed."""
        found = await captures.retry(session, payment_id=payment_id, version=version)
        return await views.show_payment(session, found)


class RefundController(Controller):
    path = "/refunds"
    tags = ["Payments"]

    @get(opt=READERS)
    async def list_some(
        self,
        session: Session,
        caller: Caller,
        order_id: FromQuery[UUID | None] = None,
        status: FromQuery[RefundStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> RefundsOut:
        """List refunds, newest first: what is granted, and how much of it was sent."""
        wanted = Filter(order_id=order_id, channel_id=caller.channel_id, status=status)
        page = await queries.refunds(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = await views.show_refunds(session, page.rows)
        return RefundsOut(refunds=shown, next_cursor=page.next_cursor)

    @post("/{refund_id:uuid}/retry", opt=WRITERS, status_code=200)
    @idempotent
    async def retry(
        self, request: AnyRequest, session: Session, refund_id: FromPath[UUID], version: Version
    ) -> RefundOut:
        """Ask the gateways once more for what is still owed of a failed refund."""
        found = await refunds.retry(session, refund_id=refund_id, version=version)
        return await views.show_refund(session, found)

    @post("/{refund_id:uuid}/settle", opt=WRITERS, status_code=200)
    @idempotent
    async def settle(
        self,
        request: AnyRequest,
        session: Session,
        refund_id: FromPath[UUID],
        version: Version,
        data: JSONBody[SettlementIn],
    ) -> RefundOut:
        """Note that a person sent the money, outside every gateway."""
        found = await refunds.settle(
            session, refund_id=refund_id, reference=data.reference, version=version
        )
        return await views.show_refund(session, found)
