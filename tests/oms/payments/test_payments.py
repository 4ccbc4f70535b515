import asyncio

import pytest
from sqlalchemy import event, func, select

from oms.kernel import clock, db, ids, jobs, statements
from oms.kernel.due import DueState
from oms.payments import gateways, payments, queries, tasks
from oms.payments.gateways import Request
from oms.payments.models import Payment, SandboxCharge
from oms.payments.payments import CardNumberRefused, UnknownGateway
from oms.payments.states import PaymentStatus
from tests.oms.payments import steps

FACTS = {"currency": "JPY", "amount": 1980, "gateway": "sandbox", "method": "card"}


async def test_a_promise_is_pending_until_the_gateway_answers(database):
    order_id = await steps.promise()
    assert await steps.counters(order_id) == ("pending", 0, 0, 0)

    await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised"]
    assert await steps.violations() == {}


async def test_a_promise_costs_one_statement_with_the_commit(session):
    seen, engine, order_id = [], db.engine().sync_engine, ids.new()
    connection = await (await session.connection()).get_raw_connection()

    def see(connection, cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", see)
    with connection.driver_connection.query_logger(lambda record: seen.append(record.query)):
        payments.expect(session, order_id=order_id, channel_id=ids.new(), token="tok_ok", **FACTS)
        await statements.settle(session)
        await asyncio.sleep(0)  # the driver tells its loggers a moment later
    event.remove(engine, "before_cursor_execute", see)

    assert len([one for one in seen if "SAVEPOINT" not in one]) == 1
    assert [one.amount for one in await queries.of_order(session, order_id=order_id)] == [1980]


async def test_the_fact_of_a_payment_says_who_how_much_and_where(database):
    order_id = await steps.pay()
    payment = (await steps.book(order_id)).payment

    async with db.transaction() as session:
        (row,) = await session.scalars(
            select(steps.EventRow).where(steps.EventRow.subject_id == order_id)
        )

    assert (row.actor, row.channel_id) == ("gateway:sandbox", payment.channel_id)
    assert row.data == {
        "order_id": str(order_id),
        "payment_id": str(payment.id),
        "amount": 1000,
        "currency": "JPY",
    }


@pytest.mark.parametrize(
    ("token", "reason"),
    [("tok_declined", "card_declined"), ("4111", "invalid_token"), (None, "invalid_token")],
)
async def test_a_declined_card_is_told_with_its_reason(database, token, reason):
    order_id = await steps.pay(token)

    assert await steps.counters(order_id) == ("declined", 0, 0, 0)
    assert await steps.facts(order_id) == ["payment.declined"]
    assert (await steps.book(order_id)).operations[0].reason == reason
    assert await steps.violations() == {}


async def test_nothing_to_pay_is_authorised_without_a_gateway(session):
    order_id = ids.new()
    facts = {**FACTS, "amount": 0}

    payment = payments.expect(session, order_id=order_id, channel_id=ids.new(), token=None, **facts)

    assert payment.status is PaymentStatus.AUTHORISED
    (book,) = await queries.lock_order(session, order_id=order_id)
    assert book.operations == []


async def test_an_unknown_gateway_is_refused(session):
    facts = {**FACTS, "gateway": "acme"}

    with pytest.raises(UnknownGateway) as refused:
        payments.expect(session, order_id=ids.new(), channel_id=ids.new(), token=None, **facts)

    assert refused.value.data() == {"gateway": "acme", "known": ["manual", "sandbox"]}
    assert await session.scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.parametrize("token", ["4111111111111111", "4111 1111 1111 1111", "3782-822463-10005"])
async def test_a_card_number_is_neither_stored_nor_repeated(session, token):
    with pytest.raises(CardNumberRefused) as refused:
        payments.expect(session, order_id=ids.new(), channel_id=ids.new(), token=token, **FACTS)

    assert token not in str(refused.value)
    assert await session.scalar(select(func.count()).select_from(Payment)) == 0


async def test_the_token_is_forgotten_once_it_was_used(database):
    order_id = await steps.pay()

    assert (await steps.book(order_id)).payment.token is None


async def test_asking_again_asks_nothing_new(database):
    order_id = await steps.pay()
    (operation,) = (await steps.book(order_id)).operations

    await tasks.ask.run(operation_id=str(operation.id))

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised"]


async def test_a_worker_killed_after_the_call_asks_again_and_doubles_nothing(database):
    order_id = await steps.promise()
    book = await steps.book(order_id)
    (operation,) = book.operations
    await gateways.load("sandbox").authorise(
        Request(operation.id, book.payment.id, 1000, "JPY", token="tok_ok")
    )

    await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(SandboxCharge)) == 1


async def test_an_answer_lost_on_its_way_is_asked_for_again(database):
    order_id = await steps.pay("tok_timeout")
    assert await steps.counters(order_id) == ("pending", 0, 0, 0)
    assert await steps.violations() == {}

    with steps.later(seconds=2):
        await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(SandboxCharge)) == 1


async def test_a_late_authorisation_waits_for_the_webhook(database):
    order_id = await steps.pay("tok_late")
    assert await steps.counters(order_id) == ("pending", 0, 0, 0)
    assert await steps.operations(order_id) == [("authorise", "pending")]

    await steps.deliver(await steps.decide())
    await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)


async def test_a_webhook_before_the_call_returns_has_one_outcome(database):
    order_id = await steps.promise("tok_late")
    book = await steps.book(order_id)
    (operation,) = book.operations
    request = Request(operation.id, book.payment.id, 1000, "JPY", token="tok_late")
    answer = await gateways.load("sandbox").authorise(request)
    webhook = await steps.decide()
    ask, *_ = await steps.due_jobs()
    await steps.deliver(webhook)
    for row in await steps.due_jobs():
        if row.id != ask.id:
            await jobs.run(row.id)

    async with db.transaction() as session:
        book = await queries.lock_operation(session, operation_id=operation.id)
        await tasks.note(session, book, book.operation(operation.id), answer)
    await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised"]
    assert await steps.violations() == {}


async def test_a_webhook_that_never_came_is_chased(database):
    order_id = await steps.pay("tok_late")
    await steps.decide()

    with steps.later(hours=2):
        await tasks.chase.run()
        await tasks.chase.run()
        await steps.work()

    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised"]


async def test_a_gateway_that_does_not_answer_is_asked_again_later(database, monkeypatch):
    monkeypatch.setattr(tasks, "TIMEOUT_SECONDS", 0)
    order_id = await steps.pay()

    assert await steps.counters(order_id) == ("pending", 0, 0, 0)
    async with db.transaction() as session:
        (row,) = await session.scalars(select(jobs.JobRow))
    assert (row.status, row.attempts, row.reason) == (DueState.DUE, 1, "TimeoutError: ")
    assert row.next_at > clock.now()
