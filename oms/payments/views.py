"""How payments and refunds are shown. No token, no card."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.inputs import Output
from oms.kernel.money import Money
from oms.payments import queries
from oms.payments.books import UNSETTLED, Book
from oms.payments.models import Payment, PaymentOperation, Refund
from oms.payments.states import (
    REFUND,
    OperationKind,
    OperationStatus,
    PaymentStatus,
    RefundStatus,
)


class OperationOut(Output):
    """One request to the gateway, and what came of it."""

    id: UUID
    kind: OperationKind
    status: OperationStatus
    amount: Money
    refund_id: UUID | None
    reason: str | None
    requested_at: datetime
    settled_at: datetime | None


class PaymentOut(Output):
    """A payment: counters are sums of the operations that succeeded."""

    id: UUID
    order_id: UUID
    channel_id: UUID
    gateway: str
    method: str
    status: PaymentStatus
    amount: Money
    authorised: Money
    captured: Money
    refunded: Money
    operations: list[OperationOut]
    actions: list[str]
    version: int
    recorded_at: datetime


class RefundOut(Output):
    """Money owed back: `amount` is granted, `processed` was sent, `terms` say why."""

    id: UUID
    order_id: UUID | None
    cause: str
    status: RefundStatus
    amount: Money
    processed: Money
    settled_by_hand: Money
    settlement: str | None
    terms: list[dict[str, Any]]
    actions: list[str]
    version: int
    recorded_at: datetime


async def show_payment(session: AsyncSession, payment: Payment) -> PaymentOut:
    """Show one payment."""
    return (await show_payments(session, [payment]))[0]


async def show_payments(session: AsyncSession, payments: Sequence[Payment]) -> list[PaymentOut]:
    """Show payments with what was asked of their gateways."""
    await session.flush()
    asked = await queries.operations(session, payment_ids=[one.id for one in payments])
    return [
        _payment(Book(payment, [one for one in asked if one.payment_id == payment.id]))
        for payment in payments
    ]


async def show_refund(session: AsyncSession, refund: Refund) -> RefundOut:
    """Show one refund."""
    return (await show_refunds(session, [refund]))[0]


async def show_refunds(session: AsyncSession, refunds: Sequence[Refund]) -> list[RefundOut]:
    """Show refunds with what a person may do about each now."""
    await session.flush()
    asked = await queries.refund_operations(session, refund_ids=[one.id for one in refunds])
    under_way = {one.refund_id for one in asked if one.status in UNSETTLED}
    return [_refund(refund, under_way=refund.id in under_way) for refund in refunds]


def _payment(book: Book) -> PaymentOut:
    row, currency = book.payment, book.payment.currency
    return PaymentOut(
        id=row.id,
        order_id=row.order_id,
        channel_id=row.channel_id,
        gateway=row.gateway,
        method=row.method,
        status=row.status,
        amount=Money(amount=row.amount, currency=currency),
        authorised=Money(amount=row.authorised, currency=currency),
        captured=Money(amount=row.captured, currency=currency),
        refunded=Money(amount=row.refunded, currency=currency),
        operations=[_operation(one, currency) for one in book.operations],
        actions=["retry_capture"] if book.failed_captures() else [],
        version=row.version,
        recorded_at=row.recorded_at,
    )


def _operation(row: PaymentOperation, currency: str) -> OperationOut:
    return OperationOut(
        id=row.id,
        kind=row.kind,
        status=row.status,
        amount=Money(amount=row.amount, currency=currency),
        refund_id=row.refund_id,
        reason=row.reason,
        requested_at=row.requested_at,
        settled_at=row.settled_at,
    )


def _refund(row: Refund, *, under_way: bool) -> RefundOut:
    verbs = {"retry"} if under_way else {"retry", "settle"}
    return RefundOut(
        id=row.id,
        order_id=row.order_id,
        cause=row.cause,
        status=row.status,
        amount=Money(amount=row.amount, currency=row.currency),
        processed=Money(amount=row.processed, currency=row.currency),
        settled_by_hand=Money(amount=row.settled, currency=row.currency),
        settlement=row.settlement,
        terms=row.terms,
        actions=[verb for verb in REFUND.possible(row.status) if verb in verbs],
        version=row.version,
        recorded_at=row.recorded_at,
    )
