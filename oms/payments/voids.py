"""Voids: letting go of money nobody will take, when an order is cancelled."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events
from oms.payments import operations, queries, refunds
from oms.payments.books import ENDED, Book
from oms.payments.events import PaymentVoided
from oms.payments.states import PAYMENT, OperationKind, PaymentStatus


async def close(session: AsyncSession, *, order_id: UUID, reason: str) -> None:
    """Void what is not captured and grant back what is, once however often it is asked.

    A payment still waiting for its authorisation is voided here at once, and at the gateway
    as soon as the authorisation succeeds after all.
    """
    books = await queries.lock_order(session, order_id=order_id)
    for book in books:
        if book.payment.status not in ENDED and not book.closing:
            await _void(session, book)
    if not books:
        return
    amount = await refunds.possible(session, order_id=order_id, books=books)
    if amount > 0:
        await refunds.grant(
            session,
            order_id=order_id,
            currency=books[0].payment.currency,
            amount=amount,
            cause=f"close:{order_id}",
            terms=[{"rule": "order_closed", "reason": reason, "amount": amount}],
        )


async def let_go(session: AsyncSession, *, order_id: UUID) -> None:
    """Void what nobody will capture, when an order got smaller and all the rest is charged.

    Captures under way are waited for, and nothing captured goes back.
    """
    for book in await queries.lock_order(session, order_id=order_id):
        if book.capturable > 0:
            await _ask(session, book, book.capturable)


async def _void(session: AsyncSession, book: Book) -> None:
    payment, left = book.payment, book.authorisable - book.payment.captured
    if left > 0:
        await _ask(session, book, left)
    if payment.status is PaymentStatus.PENDING or payment.amount == 0:
        PAYMENT.move(payment, "void")
        fact = PaymentVoided(
            order_id=payment.order_id,
            payment_id=payment.id,
            amount=left,
            currency=payment.currency,
        )
        events.record(session, fact, about=payment.order_id, channel_id=payment.channel_id)


async def _ask(session: AsyncSession, book: Book, amount: int) -> None:
    cause = f"void:{book.payment.id}:{len(book.operations)}"
    await operations.request(session, book, kind=OperationKind.VOID, amount=amount, cause=cause)
