"""Operations: one request to a gateway, written down before it is made."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.payments import tasks
from oms.payments.books import Book
from oms.payments.models import PaymentOperation
from oms.payments.states import OperationKind


async def request(
    session: AsyncSession,
    book: Book,
    *,
    kind: OperationKind,
    amount: int,
    cause: str,
    refund_id: UUID | None = None,
) -> PaymentOperation:
    """Write a request into the book of a locked payment and owe it to the gateway."""
    operation = PaymentOperation(
        payment_id=book.payment.id, kind=kind, amount=amount, cause=cause, refund_id=refund_id
    )
    session.add(operation)
    book.operations.append(operation)
    await tasks.owe(session, operation)
    return operation
