"""What follows from a gateway's answer: states, counters and facts, once however often it comes."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events
from oms.kernel.errors import Malformed
from oms.kernel.events import Event
from oms.payments import queries
from oms.payments.books import UNSETTLED, Book
from oms.payments.events import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentCaptureFailed,
    PaymentDeclined,
    PaymentVoided,
    PaymentVoidFailed,
    RefundFailed,
    RefundProcessed,
)
from oms.payments.gateways import Answer, Notice, Outcome
from oms.payments.models import Payment, PaymentOperation, Refund
from oms.payments.states import OPERATION, PAYMENT, REFUND, OperationKind, PaymentStatus

K = OperationKind
UNEXPLAINED = "unexplained"


class OutcomeContradicts(Malformed):
    """The gateway now says the opposite of what it said before."""

    operation_id: UUID
    ours: str
    theirs: str


class NoticeMismatch(Malformed):
    """A gateway's webhook does not match what we asked of it."""

    operation_id: UUID
    differs: list[str]


def compare(book: Book, notice: Notice, *, gateway: str) -> None:
    """Make sure a webhook speaks of what we asked: the same money of the same payment.

    Raises NoticeMismatch naming what differs.
    """
    operation, payment = book.operation(notice.key), book.payment
    theirs = notice.outcome.reference
    known = operation.gateway_reference or payment.gateway_reference or theirs
    said = {
        "gateway": (payment.gateway, gateway),
        "kind": (operation.kind.value, notice.kind.value),
        "amount": (operation.amount, notice.amount),
        "currency": (payment.currency, notice.currency),
        "reference": (known, theirs),
    }
    differs = [
        f"{name}: ours {one}, theirs {other}" for name, (one, other) in said.items() if one != other
    ]
    if differs:
        raise NoticeMismatch(operation.id, differs)


async def note(
    session: AsyncSession,
    *,
    book: Book,
    operation: PaymentOperation,
    outcome: Outcome,
    now: datetime,
) -> bool:
    """Write down what came of an operation of a locked payment; tells whether that settled it.

    The first final answer counts, be it the call's or the webhook's. Raises OutcomeContradicts.
    """
    if operation.status not in UNSETTLED:
        _agree(operation, outcome)
        return False
    operation.gateway_reference = outcome.reference or operation.gateway_reference
    if outcome.status is Answer.PENDING:
        if OPERATION.allows(operation.status, "wait"):
            OPERATION.move(operation, "wait")
        return False
    succeeded = outcome.status is Answer.SUCCEEDED
    OPERATION.move(operation, "succeed" if succeeded else "fail")
    operation.reason, operation.settled_at = outcome.reason, now
    await EFFECTS[operation.kind, succeeded](session, book.payment, operation)
    return True


def _agree(operation: PaymentOperation, outcome: Outcome) -> None:
    said = outcome.status.value
    if outcome.status is not Answer.PENDING and said != operation.status.value:
        raise OutcomeContradicts(operation.id, operation.status.value, said)


async def _authorised(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    payment.authorised += asked.amount
    payment.gateway_reference, payment.token = asked.gateway_reference, None
    if PAYMENT.allows(payment.status, "authorise"):
        PAYMENT.move(payment, "authorise")
        _tell(session, payment, PaymentAuthorised(**_about(payment, asked)))


async def _declined(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    payment.token = None
    if PAYMENT.allows(payment.status, "decline"):
        PAYMENT.move(payment, "decline")
        _tell(session, payment, PaymentDeclined(**_about(payment, asked), reason=_why(asked)))


async def _captured(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    payment.captured += asked.amount
    PAYMENT.move(payment, "capture")
    _tell(session, payment, PaymentCaptured(**_about(payment, asked)))


async def _not_captured(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    _tell(session, payment, PaymentCaptureFailed(**_about(payment, asked), reason=_why(asked)))


async def _voided(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    told_before = payment.status is PaymentStatus.VOIDED
    if PAYMENT.allows(payment.status, "void"):
        PAYMENT.move(payment, "void")
    if not told_before:
        _tell(session, payment, PaymentVoided(**_about(payment, asked)))


async def _not_voided(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    if payment.authorised > payment.captured:
        _tell(session, payment, PaymentVoidFailed(**_about(payment, asked), reason=_why(asked)))


async def _refunded(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    refund = await _refund(session, asked)
    payment.refunded += asked.amount
    refund.processed += asked.amount
    if refund.processed == refund.amount:
        REFUND.move(refund, "process")
        _tell(session, payment, RefundProcessed(**_of(refund)))


async def _not_refunded(session: AsyncSession, payment: Payment, asked: PaymentOperation) -> None:
    refund = await _refund(session, asked)
    if REFUND.allows(refund.status, "fail"):
        REFUND.move(refund, "fail")
        _tell(session, payment, RefundFailed(**_of(refund), reason=_why(asked)))


EFFECTS: dict[
    tuple[OperationKind, bool],
    Callable[[AsyncSession, Payment, PaymentOperation], Awaitable[None]],
] = {
    (K.AUTHORISE, True): _authorised,
    (K.AUTHORISE, False): _declined,
    (K.CAPTURE, True): _captured,
    (K.CAPTURE, False): _not_captured,
    (K.VOID, True): _voided,
    (K.VOID, False): _not_voided,
    (K.REFUND, True): _refunded,
    (K.REFUND, False): _not_refunded,
}


async def _refund(session: AsyncSession, asked: PaymentOperation) -> Refund:
    if asked.refund_id is None:
        raise AssertionError("a refund operation always belongs to a refund")
    return await queries.lock_refund(session, refund_id=asked.refund_id)


def _tell(session: AsyncSession, payment: Payment, event: Event) -> None:
    events.record(session, event, about=payment.order_id, channel_id=payment.channel_id)


def _why(asked: PaymentOperation) -> str:
    return asked.reason or UNEXPLAINED


def _about(payment: Payment, asked: PaymentOperation) -> dict[str, Any]:
    return {
        "order_id": payment.order_id,
        "payment_id": payment.id,
        "amount": asked.amount,
        "currency": payment.currency,
    }


def _of(refund: Refund) -> dict[str, Any]:
    return {
        "order_id": refund.order_id,
        "refund_id": refund.id,
        "amount": refund.amount,
        "currency": refund.currency,
    }
