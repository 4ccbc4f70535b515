"""Many hands on one payment: nothing is taken or sent twice, and never more than there is."""

import asyncio
import random

import pytest
from sqlalchemy import select

from oms.kernel import clock, db, jobs
from oms.payments import tasks
from oms.payments.gateways import sandbox
from oms.payments.models import Refund, SandboxCharge
from oms.payments.refunds import RefundExceedsCaptured
from tests.oms.payments import steps

AT_ONCE = 16


async def provider_sum(kind):
    async with db.transaction() as session:
        found = await session.scalars(select(SandboxCharge).where(SandboxCharge.kind == kind))
        return sum(one.amount for one in found if one.outcome == "succeeded")


async def work_at_once():
    """Do every due job, each twice, all at the same time, until none is left."""
    hands = asyncio.Semaphore(AT_ONCE)

    async def do(job_id):
        async with hands:
            await jobs.run(job_id)

    while found := await steps.due_jobs():
        await asyncio.gather(*(do(row.id) for row in found for _ in range(2)))


async def granted(order_id, amount, cause):
    try:
        return await steps.grant(order_id, amount, cause)
    except RefundExceedsCaptured:
        return None


async def test_refunds_at_once_never_exceed_what_was_captured(database):
    order_id = await steps.paid(amount=1000)

    wishes = [granted(order_id, 70, f"return:{number}") for number in range(AT_ONCE)]
    made = [one for one in await asyncio.gather(*wishes) if one is not None]
    await work_at_once()

    assert len(made) == 14
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 980)
    assert await provider_sum("refund") == 980
    assert await steps.violations() == {}


async def test_the_same_refund_at_once_is_granted_once(database):
    order_id = await steps.paid(amount=1000)

    made = await asyncio.gather(*(steps.grant(order_id, 400, "return:1") for _ in range(AT_ONCE)))
    await work_at_once()

    assert len({one.id for one in made}) == 1
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)
    assert await provider_sum("refund") == 400


async def test_captures_of_one_cause_at_once_capture_once(database):
    order_id = await steps.pay(amount=1000)

    await asyncio.gather(*(steps.capture(order_id, 600, "shipment:1") for _ in range(AT_ONCE)))
    await work_at_once()

    assert await steps.counters(order_id) == ("captured", 1000, 600, 0)
    assert await provider_sum("capture") == 600


async def test_captures_and_refunds_over_two_payments_do_not_wait_crosswise(database):
    order_id = await steps.pay(amount=500)
    await steps.pay(amount=500, order_id=order_id)

    await asyncio.gather(
        *(steps.capture(order_id, 150, f"shipment:{number}") for number in range(8)),
        *(granted(order_id, 150, f"return:{number}") for number in range(8)),
    )
    await work_at_once()

    captured, refunded = await provider_sum("capture"), await provider_sum("refund")
    assert captured == 1000
    async with db.transaction() as session:
        owed = await session.scalars(select(Refund))
        assert sum(one.processed for one in owed) == refunded
    assert await steps.violations() == {}


@pytest.mark.parametrize("attempt", range(5))
async def test_a_webhook_crossing_its_own_call_has_one_outcome(database, attempt):
    order_id = await steps.paid("tok_refund_pending")
    refund = await steps.grant(order_id, 400)
    (ask,) = await steps.due_jobs()
    operation = (await steps.book(order_id)).operations[-1]

    async def provider():
        while not await sandbox.pending():
            pass  # every look gives the call time to reach the provider
        webhook = await sandbox.decide(key=operation.id, now=clock.now())
        for number in range(3):
            message = sandbox.signed(webhook.body, message_id=f"m{number}", now=clock.now())
            await steps.deliver(message)
        await work_at_once()

    await asyncio.gather(jobs.run(ask.id), provider(), tasks.ask.run(operation_id=operation.id.hex))
    await work_at_once()

    assert (await steps.refund_of(refund.id)).processed == 400
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)
    assert (await steps.facts(order_id)).count("refund.processed") == 1
    assert await provider_sum("refund") == 400
    assert await steps.violations() == {}


async def test_the_same_question_at_once_is_answered_once(database):
    order_id = await steps.promise()
    (operation,) = (await steps.book(order_id)).operations

    await asyncio.gather(*(tasks.ask.run(operation_id=str(operation.id)) for _ in range(AT_ONCE)))

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised"]
    assert await provider_sum("authorise") == 1000


@pytest.mark.parametrize("seed", range(8))
async def test_closing_at_any_moment_keeps_nothing(database, seed):
    """Whatever crosses the cancellation, in the end the provider holds no money of the order."""
    chance = random.Random(seed)
    order_id = await steps.promise()

    async def at_some_time(step):
        await asyncio.sleep(chance.random() / 50)
        await step

    await asyncio.gather(
        at_some_time(work_at_once()),
        at_some_time(steps.capture(order_id, 600)),
        at_some_time(steps.close(order_id)),
        at_some_time(steps.close(order_id)),
    )
    await work_at_once()

    kept = await provider_sum("authorise") - await provider_sum("void")
    assert kept == await provider_sum("refund") == await provider_sum("capture")
    assert await steps.violations() == {}


@pytest.mark.parametrize("seed", range(6))
async def test_a_worker_killed_anywhere_doubles_nothing(database, monkeypatch, seed):
    """Die between the call and the commit of its outcome; others carry on when the lease ends."""
    chance = random.Random(seed)
    note, deaths = tasks.note, []

    async def dying(*args, **kwargs):
        if len(deaths) < 8 and chance.random() < 0.7:
            deaths.append(chance.random() < 0.5)
            if deaths[-1]:
                await note(*args, **kwargs)
            raise asyncio.CancelledError
        return await note(*args, **kwargs)

    monkeypatch.setattr(tasks, "note", dying)
    order_id = await steps.promise("tok_timeout")
    await steps.capture(order_id, 1000)
    refund = await steps.grant(order_id, 300)
    for minutes in range(60):
        with steps.later(minutes=3 * minutes):
            for row in await steps.due_jobs():
                try:
                    await jobs.run(row.id)
                except asyncio.CancelledError:
                    continue

    assert deaths
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 300)
    assert (await steps.refund_of(refund.id)).processed == 300
    assert await provider_sum("capture") == 1000
    assert await provider_sum("refund") == 300
    assert await steps.violations() == {}
