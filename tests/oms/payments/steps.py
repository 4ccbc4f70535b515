"""Steps of payment tests that really commit: promise, ask, take, give back, play the provider."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from oms.kernel import checks, clock, db, ids, jobs
from oms.kernel.due import DueState
from oms.kernel.events import EventRow
from oms.kernel.jobs import JobRow
from oms.payments import captures, notices, payments, queries, refunds, voids
from oms.payments.checks import CHECKS
from oms.payments.gateways import sandbox
from oms.payments.models import Refund

ROUNDS = 30


async def promise(
    token="tok_ok", *, amount=1000, order_id=None, channel_id=None, gateway="sandbox"
):
    """Expect a payment and return its order."""
    order_id = order_id or ids.new()
    async with db.transaction() as session:
        payments.expect(
            session,
            order_id=order_id,
            channel_id=channel_id or ids.new(),
            currency="JPY",
            amount=amount,
            gateway=gateway,
            method="card",
            token=token,
        )
    return order_id


async def pay(token="tok_ok", **given):
    """Expect a payment and let the gateway answer."""
    order_id = await promise(token, **given)
    await work()
    return order_id


async def paid(token="tok_ok", *, amount=1000, **given):
    """Expect a payment and have all of it captured."""
    order_id = await pay(token, amount=amount, **given)
    await capture(order_id, amount)
    await work()
    return order_id


async def capture(order_id, amount, cause="shipment:1"):
    async with db.transaction() as session:
        await captures.capture(session, order_id=order_id, amount=amount, cause=cause)


async def grant(order_id, amount, cause="return:1", currency="JPY") -> Refund:
    async with db.transaction() as session:
        return await refunds.grant(
            session, order_id=order_id, currency=currency, amount=amount, cause=cause, terms=[]
        )


async def close(order_id):
    async with db.transaction() as session:
        await voids.close(session, order_id=order_id, reason="customer")


async def due_jobs():
    async with db.transaction() as session:
        found = await session.scalars(
            select(JobRow)
            .where(col(JobRow.status) == DueState.DUE, col(JobRow.next_at) <= clock.now())
            .order_by(col(JobRow.id))
        )
        return list(found)


async def work():
    """Do every job that is due now, until none is."""
    for _ in range(ROUNDS):
        found = await due_jobs()
        if not found:
            return
        for row in found:
            await jobs.run(row.id)
    raise AssertionError("jobs without end")


@contextmanager
def later(**shift):
    """Let it be later inside the block."""
    clock.use(None)
    system = clock.now
    start = system()
    clock.use(lambda: start + timedelta(**shift))
    try:
        yield
    finally:
        clock.use(None)


async def deliver(webhook, *, gateway="sandbox"):
    """Receive a webhook as the door does; tells whether it is new."""
    async with db.transaction() as session:
        return await notices.receive(
            session,
            gateway=gateway,
            headers=webhook.headers,
            body=webhook.body,
            now=clock.now(),
        )


async def decide(*, reason=None):
    """Let the provider settle what it has pending, and return its webhook."""
    (charge,) = await sandbox.pending()
    return await sandbox.decide(key=UUID(charge.key), reason=reason, now=clock.now())


async def book(order_id):
    """Read the only payment of an order and its operations."""
    async with db.transaction() as session:
        (found,) = await queries.lock_order(session, order_id=order_id)
        return found


async def counters(order_id):
    payment = (await book(order_id)).payment
    return payment.status.value, payment.authorised, payment.captured, payment.refunded


async def operations(order_id):
    return [(one.kind.value, one.status.value) for one in (await book(order_id)).operations]


async def refund_of(refund_id) -> Refund:
    async with db.transaction() as session:
        return await queries.refund(session, refund_id=refund_id)


async def facts(subject_id):
    """List the names of the facts recorded about a subject."""
    async with db.transaction() as session:
        found = await session.scalars(
            select(col(EventRow.name))
            .where(col(EventRow.subject_id) == subject_id)
            .order_by(col(EventRow.sequence))
        )
        return list(found)


async def violations():
    """Return what the room's own checks find wrong."""
    async with db.transaction() as session:
        found = [await checks.run(session, one) for one in CHECKS]
        return {one.check.name: one.offenders for one in found if not one.holds}
