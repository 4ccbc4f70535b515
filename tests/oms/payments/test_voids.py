from sqlalchemy import select
from sqlmodel import col

from oms.kernel import db
from oms.payments import queries
from oms.payments.models import Refund, SandboxCharge
from tests.oms.payments import steps


async def provider_did():
    async with db.transaction() as session:
        found = await session.scalars(select(SandboxCharge).order_by(col(SandboxCharge.key)))
        return [(one.kind, one.outcome, one.amount) for one in found]


async def test_closing_lets_go_of_what_is_authorised(database):
    order_id = await steps.pay()

    await steps.close(order_id)
    await steps.work()

    assert await steps.counters(order_id) == ("voided", 1000, 0, 0)
    assert await steps.facts(order_id) == ["payment.authorised", "payment.voided"]
    assert await provider_did() == [("authorise", "succeeded", 1000), ("void", "succeeded", 1000)]
    assert await steps.violations() == {}


async def test_closing_twice_voids_once(database):
    order_id = await steps.pay()

    await steps.close(order_id)
    await steps.close(order_id)
    await steps.work()
    await steps.close(order_id)
    await steps.work()

    assert len(await provider_did()) == 2
    assert (await steps.facts(order_id)).count("payment.voided") == 1


async def test_closing_gives_back_what_is_captured(database):
    order_id = await steps.paid()

    await steps.close(order_id)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 1000)
    async with db.transaction() as session:
        (refund,) = await session.scalars(select(Refund))
    assert refund.terms == [{"rule": "order_closed", "reason": "customer", "amount": 1000}]


async def test_closing_gives_back_no_more_than_is_left(database):
    order_id = await steps.paid()
    await steps.grant(order_id, 300)

    await steps.close(order_id)
    await steps.close(order_id)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 1000)
    assert await steps.violations() == {}


async def test_closing_after_a_partial_capture_does_both(database):
    order_id = await steps.pay()
    await steps.capture(order_id, 400)
    await steps.work()

    await steps.close(order_id)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 400, 400)
    assert sorted(await provider_did())[2:] == [
        ("refund", "succeeded", 400),
        ("void", "succeeded", 600),
    ]


async def test_closing_while_a_capture_is_under_way_gives_it_back(database):
    order_id = await steps.pay()
    await steps.capture(order_id, 1000)

    await steps.close(order_id)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 1000)
    assert await steps.violations() == {}


async def test_closing_before_the_gateway_was_asked_voids_in_the_end(database):
    order_id = await steps.promise()

    await steps.close(order_id)
    assert await steps.counters(order_id) == ("voided", 0, 0, 0)
    await steps.work()

    assert await steps.counters(order_id) == ("voided", 1000, 0, 0)
    assert await provider_did() == [("authorise", "succeeded", 1000), ("void", "succeeded", 1000)]
    assert await steps.facts(order_id) == ["payment.voided"]
    assert await steps.violations() == {}


async def test_an_authorisation_after_the_void_is_let_go_of_and_not_lost(database):
    order_id = await steps.pay("tok_late")
    await steps.close(order_id)
    await steps.work()
    assert await steps.counters(order_id) == ("voided", 0, 0, 0)
    assert await steps.violations() == {}

    await steps.deliver(await steps.decide())
    await steps.work()

    assert await steps.counters(order_id) == ("voided", 1000, 0, 0)
    assert await provider_did() == [("authorise", "succeeded", 1000), ("void", "succeeded", 1000)]
    assert await steps.facts(order_id) == ["payment.voided"]
    assert await steps.violations() == {}


async def test_a_decline_after_the_void_leaves_nothing_to_do(database):
    order_id = await steps.pay("tok_late")
    await steps.close(order_id)

    await steps.deliver(await steps.decide(reason="expired"))
    await steps.work()

    assert await steps.counters(order_id) == ("voided", 0, 0, 0)
    assert await steps.operations(order_id) == [("authorise", "failed"), ("void", "failed")]
    assert await steps.facts(order_id) == ["payment.voided"]
    assert await steps.violations() == {}


async def test_nothing_more_is_captured_once_an_order_closes(database):
    order_id = await steps.pay()
    await steps.close(order_id)

    await steps.capture(order_id, 1000)
    await steps.work()

    assert await steps.counters(order_id) == ("voided", 1000, 0, 0)
    assert "payment.capture_failed" in await steps.facts(order_id)


async def test_a_free_order_closes_without_a_gateway(database):
    order_id = await steps.promise(amount=0)

    await steps.close(order_id)

    assert await steps.counters(order_id) == ("voided", 0, 0, 0)
    async with db.transaction() as session:
        (payment,) = await queries.of_order(session, order_id=order_id)
    assert payment.status == "voided"
    assert await provider_did() == []
