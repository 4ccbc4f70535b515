"""Captures: taking the money for what was handed over."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected, Stale
from oms.payments import operations, queries
from oms.payments.books import Book
from oms.payments.events import PaymentCaptureFailed
from oms.payments.models import Payment
from oms.payments.states import OperationKind

NOT_AUTHORISED = "not_authorised"


class NothingToRetry(Conflict):
    """No capture of this payment has failed since it was last tried."""

    payment_id: UUID


class CaptureExceedsAuthorised(Rejected):
    """More would be taken than is authorised and not captured yet."""

    payment_id: UUID
    capturable: int
    wanted: int
    currency: str


class PaymentChanged(Stale):
    """The payment was changed since you read it."""

    expected: int
    current: int


async def capture(session: AsyncSession, *, order_id: UUID, amount: int, cause: str) -> None:
    """Owe the captures of `amount` from the order's payments, oldest first, once per cause.

    What exceeds the authorised money is told as PaymentCaptureFailed; the rest is captured.
    An order without payments is paid elsewhere.
    """
    books = await queries.lock_order(session, order_id=order_id)
    if amount < 1 or any(_served(book, cause) for book in books):
        return
    missing = amount
    for book in books:
        part = min(missing, book.capturable)
        if part > 0:
            missing -= part
            await operations.request(
                session,
                book,
                kind=OperationKind.CAPTURE,
                amount=part,
                cause=f"{cause}:{book.payment.id}",
            )
    if books and missing > 0:
        _tell_missing(session, books[0], missing)


async def retry(session: AsyncSession, *, payment_id: UUID, version: int | None = None) -> Payment:
    """Ask the gateway once more for every capture that failed.

    Raises UnknownPayment, PaymentChanged, NothingToRetry, CaptureExceedsAuthorised.
    """
    book = await queries.lock_payment(session, payment_id=payment_id)
    payment, wanted = book.payment, book.failed_captures()
    if version is not None and version != payment.version:
        raise PaymentChanged(version, payment.version)
    if not wanted:
        raise NothingToRetry(payment_id)
    amount = sum(one.amount for one in wanted)
    if amount > book.capturable:
        raise CaptureExceedsAuthorised(payment_id, book.capturable, amount, payment.currency)
    for one in wanted:
        await operations.request(
            session, book, kind=OperationKind.CAPTURE, amount=one.amount, cause=f"retry:{one.id}"
        )
    return payment


def _served(book: Book, cause: str) -> bool:
    return any(one.cause == f"{cause}:{book.payment.id}" for one in book.operations)


def _tell_missing(session: AsyncSession, book: Book, missing: int) -> None:
    payment = book.payment
    fact = PaymentCaptureFailed(
        order_id=payment.order_id,
        payment_id=None,
        amount=missing,
        currency=payment.currency,
        reason=NOT_AUTHORISED,
    )
    events.record(session, fact, about=payment.order_id, channel_id=payment.channel_id)
