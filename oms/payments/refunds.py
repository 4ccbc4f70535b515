"""Refunds: what is owed to a shopper (granted), apart from what was sent (processed)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected, Stale
from oms.kernel.money import CurrencyMismatch
from oms.payments import operations, queries
from oms.payments.books import UNSETTLED, Book
from oms.payments.events import RefundGranted, RefundProcessed
from oms.payments.models import PaymentOperation, Refund
from oms.payments.states import REFUND, OperationKind


class RefundExceedsCaptured(Rejected):
    """More would go back than was paid and is not granted yet."""

    order_id: UUID
    refundable: int
    wanted: int
    currency: str


class NothingToRefund(Rejected):
    """A refund is at least one minor unit."""

    amount: int


class RefundUnderWay(Conflict):
    """A gateway is still working on this refund."""

    refund_id: UUID
    under_way: int


class RefundChanged(Stale):
    """The refund was changed since you read it."""

    expected: int
    current: int


async def grant(
    session: AsyncSession,
    *,
    order_id: UUID | None,
    currency: str,
    amount: int,
    cause: str,
    terms: list[dict[str, Any]],
) -> Refund:
    """Owe a shopper `amount`, once per cause, from the payments with most left first.

    Money whose capture is under way counts as paid; its refund waits for the capture. Without an
    order or payments the refund waits to be settled by hand.
    Raises RefundExceedsCaptured, NothingToRefund, CurrencyMismatch.
    """
    books = [] if order_id is None else await queries.lock_order(session, order_id=order_id)
    if (earlier := await queries.refund_of_cause(session, cause=cause)) is not None:
        return earlier
    if amount < 1:
        raise NothingToRefund(amount)
    if order_id is not None and books:
        _same_currency(books, currency)
        refundable = await possible(session, order_id=order_id, books=books)
        if amount > refundable:
            raise RefundExceedsCaptured(order_id, refundable, amount, currency)
    refund = Refund(order_id=order_id, cause=cause, currency=currency, amount=amount, terms=terms)
    session.add(refund)
    await session.flush()
    _tell(session, refund, books, RefundGranted)
    await _spread(session, refund, books)
    return refund


async def possible(session: AsyncSession, *, order_id: UUID, books: Sequence[Book]) -> int:
    """Return how much more may be granted for an order whose payments are locked."""
    granted = await queries.refunds_of_order(session, order_id=order_id)
    return sum(book.paid for book in books) - sum(one.amount for one in granted)


async def retry(session: AsyncSession, *, refund_id: UUID, version: int | None = None) -> Refund:
    """Ask the gateways once more for what is still owed of a failed refund.

    Raises IllegalMove, RefundChanged, RefundExceedsCaptured.
    """
    books = await _lock_books(session, refund_id)
    refund = await _lock(session, refund_id, version)
    REFUND.move(refund, "retry")
    await _spread(session, refund, books)
    return refund


async def settle(
    session: AsyncSession, *, refund_id: UUID, reference: str, version: int | None = None
) -> Refund:
    """Note that a person sent the rest of a refund, by transfer or in cash.

    Raises RefundUnderWay while a gateway may still send it; IllegalMove, RefundChanged.
    """
    books = await _lock_books(session, refund_id)
    refund = await _lock(session, refund_id, version)
    if under_way := _under_way(refund, books):
        raise RefundUnderWay(refund.id, under_way)
    REFUND.move(refund, "settle")
    refund.settled, refund.settlement = refund.amount - refund.processed, reference
    refund.processed = refund.amount
    _tell(session, refund, books, RefundProcessed)
    return refund


async def _lock_books(session: AsyncSession, refund_id: UUID) -> list[Book]:
    order_id = (await queries.refund(session, refund_id=refund_id)).order_id
    return [] if order_id is None else await queries.lock_order(session, order_id=order_id)


async def _lock(session: AsyncSession, refund_id: UUID, version: int | None) -> Refund:
    refund = await queries.lock_refund(session, refund_id=refund_id)
    if version is not None and version != refund.version:
        raise RefundChanged(version, refund.version)
    return refund


async def _spread(session: AsyncSession, refund: Refund, books: Sequence[Book]) -> None:
    """Ask the gateways for what is owed and not asked for yet, most refundable first."""
    rest = refund.amount - refund.processed - _under_way(refund, books)
    room = sum(max(book.refundable, 0) for book in books)
    if books and refund.order_id is not None and rest > room:
        raise RefundExceedsCaptured(refund.order_id, room, rest, refund.currency)
    for book in sorted(books, key=lambda one: -one.refundable):
        part = min(rest, book.refundable)
        if part > 0:
            rest -= part
            await operations.request(
                session,
                book,
                kind=OperationKind.REFUND,
                amount=part,
                cause=f"refund:{refund.id}:{len(_asked(refund, books))}",
                refund_id=refund.id,
            )


def _asked(refund: Refund, books: Sequence[Book]) -> list[PaymentOperation]:
    return [one for book in books for one in book.operations if one.refund_id == refund.id]


def _under_way(refund: Refund, books: Sequence[Book]) -> int:
    return sum(one.amount for one in _asked(refund, books) if one.status in UNSETTLED)


def _same_currency(books: Sequence[Book], currency: str) -> None:
    for book in books:
        if book.payment.currency != currency:
            raise CurrencyMismatch(book.payment.currency, currency)


def _tell(
    session: AsyncSession,
    refund: Refund,
    books: Sequence[Book],
    fact: type[RefundGranted] | type[RefundProcessed],
) -> None:
    event = fact(
        order_id=refund.order_id,
        refund_id=refund.id,
        amount=refund.amount,
        currency=refund.currency,
    )
    channel_id = books[0].payment.channel_id if books else None
    events.record(session, event, about=refund.order_id or refund.id, channel_id=channel_id)
