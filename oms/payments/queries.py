"""Reading payments and refunds; locks are taken on payments in id order, then on the refund."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import pages
from oms.kernel.errors import NotFound
from oms.kernel.pages import Page
from oms.payments.books import Book
from oms.payments.models import Payment, PaymentOperation, Refund
from oms.payments.states import OperationStatus, PaymentStatus, RefundStatus


class UnknownPayment(NotFound):
    """There is no such payment."""

    payment_id: UUID


class UnknownOperation(NotFound):
    """No gateway was ever asked this."""

    operation_id: UUID


class UnknownRefund(NotFound):
    """There is no such refund."""

    refund_id: UUID


@dataclass(frozen=True)
class Filter:
    """Which payments or refunds are wanted; None means any."""

    order_id: UUID | None = None
    channel_id: UUID | None = None
    status: PaymentStatus | RefundStatus | None = None


async def of_order(session: AsyncSession, *, order_id: UUID) -> list[Payment]:
    """Return the payments of an order, oldest first."""
    query = select(Payment).where(col(Payment.order_id) == order_id).order_by(col(Payment.id))
    return list(await session.scalars(query))


async def operations(
    session: AsyncSession, *, payment_ids: Sequence[UUID]
) -> list[PaymentOperation]:
    """Return what was asked of the gateways of some payments, oldest first."""
    found = await session.scalars(
        select(PaymentOperation)
        .where(col(PaymentOperation.payment_id).in_(payment_ids))
        .order_by(col(PaymentOperation.id))
        .execution_options(populate_existing=True)
    )
    return list(found)


async def refund_operations(
    session: AsyncSession, *, refund_ids: Sequence[UUID]
) -> list[PaymentOperation]:
    """Return what was asked of gateways for some refunds, oldest first."""
    found = await session.scalars(
        select(PaymentOperation)
        .where(col(PaymentOperation.refund_id).in_(refund_ids))
        .order_by(col(PaymentOperation.id))
    )
    return list(found)


async def silent(session: AsyncSession, *, before: datetime, limit: int) -> list[PaymentOperation]:
    """Return what was asked before a moment and still waits for its webhook, oldest first."""
    pending = literal(
        OperationStatus.PENDING.value, String(), literal_execute=True
    )  # for the index
    found = await session.scalars(
        select(PaymentOperation)
        .where(col(PaymentOperation.status) == pending)
        .where(col(PaymentOperation.requested_at) < before)
        .order_by(col(PaymentOperation.requested_at))
        .limit(limit)
    )
    return list(found)


async def lock_order(session: AsyncSession, *, order_id: UUID) -> list[Book]:
    """Lock the payments of an order, and with them all that is asked of their gateways."""
    await session.flush()
    payments = await session.scalars(
        select(Payment)
        .where(col(Payment.order_id) == order_id)
        .order_by(col(Payment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return await _books(session, list(payments))


async def lock_payment(session: AsyncSession, *, payment_id: UUID) -> Book:
    """Lock one payment. Raises UnknownPayment."""
    await session.flush()
    payment = await session.get(
        Payment, payment_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if payment is None:
        raise UnknownPayment(payment_id)
    return (await _books(session, [payment]))[0]


async def lock_operation(session: AsyncSession, *, operation_id: UUID) -> Book:
    """Lock the payment an operation belongs to. Raises UnknownOperation."""
    payment_id = await session.scalar(
        select(col(PaymentOperation.payment_id)).where(col(PaymentOperation.id) == operation_id)
    )
    if payment_id is None:
        raise UnknownOperation(operation_id)
    return await lock_payment(session, payment_id=payment_id)


async def lock_refund(session: AsyncSession, *, refund_id: UUID) -> Refund:
    """Lock a refund, after the payments of its order. Raises UnknownRefund."""
    await session.flush()
    found = await session.get(Refund, refund_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise UnknownRefund(refund_id)
    return found


async def payment(
    session: AsyncSession, *, payment_id: UUID, channel_id: UUID | None = None
) -> Payment:
    """Return one payment of this channel (None: of any). Raises UnknownPayment."""
    found = await session.get(Payment, payment_id)
    if found is None or channel_id not in (None, found.channel_id):
        raise UnknownPayment(payment_id)
    return found


async def payments(
    session: AsyncSession, *, wanted: Filter, cursor: str | None, limit: int
) -> Page[Payment]:
    """Return a page of payments, newest first."""
    query = select(Payment)
    if wanted.order_id is not None:
        query = query.where(col(Payment.order_id) == wanted.order_id)
    if wanted.channel_id is not None:
        query = query.where(col(Payment.channel_id) == wanted.channel_id)
    if wanted.status is not None:
        query = query.where(col(Payment.status) == wanted.status)
    return await pages.page(session, query, col(Payment.id), cursor=cursor, limit=limit)


async def refunds(
    session: AsyncSession, *, wanted: Filter, cursor: str | None, limit: int
) -> Page[Refund]:
    """Return a page of refunds, newest first; a channel sees those of its orders' payments."""
    query = select(Refund)
    if wanted.order_id is not None:
        query = query.where(col(Refund.order_id) == wanted.order_id)
    if wanted.channel_id is not None:
        theirs = select(Payment).where(
            col(Payment.order_id) == col(Refund.order_id),
            col(Payment.channel_id) == wanted.channel_id,
        )
        query = query.where(theirs.exists())
    if wanted.status is not None:
        query = query.where(col(Refund.status) == wanted.status)
    return await pages.page(session, query, col(Refund.id), cursor=cursor, limit=limit)


async def refund(session: AsyncSession, *, refund_id: UUID) -> Refund:
    """Return one refund. Raises UnknownRefund."""
    found = await session.get(Refund, refund_id)
    if found is None:
        raise UnknownRefund(refund_id)
    return found


async def refunds_of_order(session: AsyncSession, *, order_id: UUID) -> list[Refund]:
    """Return what is owed back for an order, oldest first."""
    query = select(Refund).where(col(Refund.order_id) == order_id).order_by(col(Refund.id))
    return list(await session.scalars(query))


async def refund_of_cause(session: AsyncSession, *, cause: str) -> Refund | None:
    """Return what was granted for a cause, if anything was."""
    return await session.scalar(select(Refund).where(col(Refund.cause) == cause))


async def _books(session: AsyncSession, payments: list[Payment]) -> list[Book]:
    asked = await operations(session, payment_ids=[one.id for one in payments])
    return [
        Book(payment, [one for one in asked if one.payment_id == payment.id])
        for payment in payments
    ]
