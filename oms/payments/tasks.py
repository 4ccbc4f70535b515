"""Jobs: asking a gateway, and interpreting what it tells by webhook."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import actors, clock, inbox, jobs
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.db import transaction
from oms.payments import gateways, outcomes, queries
from oms.payments.books import UNSETTLED, Book
from oms.payments.gateways import Answer, Outcome, Request
from oms.payments.models import PaymentOperation
from oms.payments.states import OperationStatus

TIMEOUT_SECONDS = 30
PATIENCE = timedelta(hours=1)
BATCH = 500

SOURCE = "gateway:"
"""What precedes a gateway's code in the inbox."""


@jobs.job("payments.ask")
async def ask(*, operation_id: str) -> None:
    """Ask the gateway what an operation says: claim, call without a transaction, note.

    The operation's id is the gateway's idempotency key, so a second run asks nothing new.
    """
    async with transaction() as session:
        book = await queries.lock_operation(session, operation_id=UUID(operation_id))
        operation = book.operation(UUID(operation_id))
        ready = await _claim(session, book, operation)
    if not ready:
        return
    outcome = await _call(book, operation)
    with actors.acting(Actor(ActorKind.GATEWAY, book.payment.gateway)):
        async with transaction() as session:
            book = await queries.lock_operation(session, operation_id=operation.id)
            await note(session, book, book.operation(operation.id), outcome)


@jobs.job("payments.interpret")
async def interpret(*, message_id: str) -> None:
    """Believe a gateway's webhook after comparing it with what we asked."""
    async with transaction() as session:
        message = await session.get_one(inbox.InboxMessage, UUID(message_id))
        code = message.source.removeprefix(SOURCE)
        notice = gateways.load(code).read(message.body)
        with actors.acting(Actor(ActorKind.GATEWAY, code)):
            book = await queries.lock_operation(session, operation_id=notice.key)
            outcomes.compare(book, notice, gateway=code)
            await note(session, book, book.operation(notice.key), notice.outcome)


@jobs.job("payments.chase", every=timedelta(minutes=10))
async def chase() -> None:
    """Ask gateways again, once a day, about what they promised a webhook for and never told."""
    now = clock.now()
    async with transaction() as session:
        for operation in await queries.silent(session, before=now - PATIENCE, limit=BATCH):
            await owe(session, operation, after=now.date())


async def owe(
    session: AsyncSession, operation: PaymentOperation, *, after: UUID | date | None = None
) -> None:
    """Owe the question to the gateway, from this commit on; again `after` something changed."""
    key = f"operation:{operation.id}" + ("" if after is None else f":after:{after}")
    jobs.enqueue(session, ask, key=key, operation_id=operation.id)


async def note(
    session: AsyncSession, book: Book, operation: PaymentOperation, outcome: Outcome
) -> None:
    """Write down an outcome and wake what waited for it."""
    settled = await outcomes.note(
        session, book=book, operation=operation, outcome=outcome, now=clock.now()
    )
    if settled:
        for waiting in book.operations:
            if waiting.status is OperationStatus.REQUESTED:
                await owe(session, waiting, after=operation.id)


async def _claim(session: AsyncSession, book: Book, operation: PaymentOperation) -> bool:
    if operation.status not in UNSETTLED or book.must_wait(operation):
        return False
    reason = book.impossible(operation)
    if reason is not None and operation.status is OperationStatus.REQUESTED:
        await note(session, book, operation, Outcome(Answer.FAILED, reason=reason))
        return False
    return True


async def _call(book: Book, operation: PaymentOperation) -> Outcome:
    gateway = gateways.load(book.payment.gateway)
    request = Request(
        key=operation.id,
        payment_id=book.payment.id,
        amount=operation.amount,
        currency=book.payment.currency,
        token=book.payment.token,
        reference=book.payment.gateway_reference,
    )
    verbs = {
        "authorise": gateway.authorise,
        "capture": gateway.capture,
        "void": gateway.void,
        "refund": gateway.refund,
    }
    async with asyncio.timeout(TIMEOUT_SECONDS):
        return await verbs[operation.kind](request)
