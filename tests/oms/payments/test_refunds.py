import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from oms.kernel import db, ids
from oms.kernel.money import CurrencyMismatch
from oms.kernel.states import IllegalMove
from oms.payments import queries, refunds
from oms.payments.refunds import (
    NothingToRefund,
    RefundChanged,
    RefundExceedsCaptured,
    RefundUnderWay,
)
from tests.oms.payments import steps


async def retry(refund, **given):
    async with db.transaction() as session:
        return await refunds.retry(session, refund_id=refund.id, **given)


async def settle(refund, **given):
    async with db.transaction() as session:
        return await refunds.settle(session, refund_id=refund.id, reference="transfer 17", **given)


async def failing_refund():
    """A refund the provider refused after promising it."""
    order_id = await steps.paid("tok_refund_pending")
    refund = await steps.grant(order_id, 400)
    await steps.work()
    await steps.deliver(await steps.decide(reason="account_closed"))
    await steps.work()
    return order_id, await steps.refund_of(refund.id)


async def test_what_is_granted_is_sent_and_told_apart(database):
    order_id = await steps.paid()

    refund = await steps.grant(order_id, 400)
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)
    await steps.work()

    sent = await steps.refund_of(refund.id)
    assert (sent.status.value, sent.processed) == ("processed", 400)
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)
    assert (await steps.facts(order_id))[2:] == ["refund.granted", "refund.processed"]
    assert await steps.violations() == {}


async def test_the_same_cause_is_granted_once(database):
    order_id = await steps.paid()

    first = await steps.grant(order_id, 400, "return:1")
    again = await steps.grant(order_id, 400, "return:1")
    await steps.work()

    assert again.id == first.id
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)


async def test_more_than_was_captured_is_refused_and_names_what_is_possible(database):
    order_id = await steps.paid()
    await steps.grant(order_id, 700, "return:1")

    with pytest.raises(RefundExceedsCaptured) as refused:
        await steps.grant(order_id, 301, "return:2")

    assert refused.value.status_code == 422
    assert refused.value.data() == {
        "order_id": order_id,
        "refundable": 300,
        "wanted": 301,
        "currency": "JPY",
    }
    await steps.work()
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 700)


async def test_authorised_money_cannot_be_refunded(database):
    order_id = await steps.pay()

    with pytest.raises(RefundExceedsCaptured):
        await steps.grant(order_id, 1)


async def test_money_in_another_currency_is_refused(database):
    order_id = await steps.paid()

    with pytest.raises(CurrencyMismatch):
        await steps.grant(order_id, 1, currency="USD")


@pytest.mark.parametrize("amount", [0, -1])
async def test_a_refund_of_nothing_is_refused(database, amount):
    order_id = await steps.paid()

    with pytest.raises(NothingToRefund):
        await steps.grant(order_id, amount)


async def test_refunds_take_from_the_payment_with_most_left(database):
    order_id = await steps.pay(amount=300)
    await steps.pay(amount=700, order_id=order_id)
    await steps.capture(order_id, 1000)
    await steps.work()

    refund = await steps.grant(order_id, 800)
    await steps.work()

    async with db.transaction() as session:
        found = await queries.of_order(session, order_id=order_id)
    assert [one.refunded for one in found] == [100, 700]
    assert (await steps.refund_of(refund.id)).processed == 800
    assert (await steps.facts(order_id)).count("refund.processed") == 1
    assert await steps.violations() == {}


async def test_a_refund_waits_for_the_capture_it_comes_from(database):
    order_id = await steps.pay("tok_late")
    await steps.capture(order_id, 1000)
    refund = await steps.grant(order_id, 400)
    await steps.work()
    assert [one[1] for one in await steps.operations(order_id)] == [
        "pending",
        "requested",
        "requested",
    ]
    assert await steps.violations() == {}

    await steps.deliver(await steps.decide())
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)
    assert (await steps.refund_of(refund.id)).status == "processed"
    assert await steps.violations() == {}


async def test_a_refund_of_a_capture_that_failed_fails(database):
    order_id = await steps.pay("tok_capture_fails")
    await steps.capture(order_id, 1000)
    refund = await steps.grant(order_id, 400)

    await steps.work()

    failed = await steps.refund_of(refund.id)
    assert (failed.status.value, failed.processed) == ("failed", 0)
    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert set(await steps.facts(order_id)) >= {"payment.capture_failed", "refund.failed"}
    assert await steps.violations() == {}


async def test_a_refund_settles_by_webhook(database):
    order_id = await steps.paid("tok_refund_pending")
    refund = await steps.grant(order_id, 400)
    await steps.work()
    assert (await steps.refund_of(refund.id)).status == "granted"
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)

    await steps.deliver(await steps.decide())
    await steps.work()

    assert (await steps.refund_of(refund.id)).status == "processed"
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)


async def test_a_refused_refund_stays_owed_and_can_be_retried(database):
    order_id, refund = await failing_refund()
    assert (refund.status.value, refund.processed) == ("failed", 0)
    with pytest.raises(RefundExceedsCaptured):
        await steps.grant(order_id, 601, "return:2")

    await retry(refund)
    await steps.work()
    await steps.deliver(await steps.decide())
    await steps.work()

    assert (await steps.refund_of(refund.id)).status == "processed"
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 400)
    assert await steps.violations() == {}


async def test_only_a_failed_refund_is_retried(database):
    order_id = await steps.paid()
    refund = await steps.grant(order_id, 400)

    with pytest.raises(IllegalMove):
        await retry(refund)


async def test_a_refund_without_an_order_waits_to_be_settled_by_hand(database):
    refund = await steps.grant(None, 250)
    await steps.work()
    assert (await steps.refund_of(refund.id)).status == "granted"

    await settle(refund)

    settled = await steps.refund_of(refund.id)
    assert (settled.status.value, settled.processed, settled.settled) == ("processed", 250, 250)
    assert settled.settlement == "transfer 17"
    assert await steps.facts(refund.id) == ["refund.granted", "refund.processed"]
    assert await steps.violations() == {}
    with pytest.raises(IllegalMove):
        await settle(refund)


async def test_a_refund_of_an_order_without_payments_is_settled_by_hand(database):
    order_id = ids.new()
    refund = await steps.grant(order_id, 250)

    await settle(refund)

    assert await steps.facts(order_id) == ["refund.granted", "refund.processed"]


async def test_a_refused_refund_is_settled_by_hand_and_stays_counted(database):
    order_id, refund = await failing_refund()

    await settle(refund)

    assert (await steps.refund_of(refund.id)).status == "processed"
    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)
    with pytest.raises(RefundExceedsCaptured):
        await steps.grant(order_id, 601, "return:2")
    assert await steps.violations() == {}


async def test_what_a_gateway_may_still_send_is_not_settled_by_hand(database):
    order_id = await steps.paid("tok_refund_pending")
    refund = await steps.grant(order_id, 400)
    await steps.work()

    with pytest.raises(RefundUnderWay) as refused:
        await settle(refund)

    assert refused.value.under_way == 400
    assert (await steps.refund_of(refund.id)).settled == 0


async def test_a_refund_changed_meanwhile_is_refused(database):
    refund = await steps.grant(None, 250)

    with pytest.raises(RefundChanged):
        await settle(refund, version=refund.version + 1)

    assert (await steps.refund_of(refund.id)).status == "granted"


@pytest.mark.parametrize(
    "change",
    ["refunded = captured + 1", "captured = authorised + 1", "authorised = amount + 1"],
)
async def test_the_database_itself_refuses_more_than_before(database, change):
    order_id = await steps.paid()

    with pytest.raises(IntegrityError):
        async with db.engine().begin() as connection:
            await connection.execute(text(f"UPDATE payment SET {change}"))  # noqa: S608 -- ours

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)
