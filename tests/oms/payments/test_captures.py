import pytest

from oms.kernel import db, ids
from oms.payments import captures, queries
from oms.payments.captures import CaptureExceedsAuthorised, NothingToRetry, PaymentChanged
from tests.oms.payments import steps


async def retry(order_id, **given):
    async with db.transaction() as session:
        (payment,) = await queries.of_order(session, order_id=order_id)
        return await captures.retry(session, payment_id=payment.id, **given)


async def test_what_ships_is_captured(database):
    order_id = await steps.pay()

    await steps.capture(order_id, 600)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 600, 0)
    assert await steps.facts(order_id) == ["payment.authorised", "payment.captured"]


async def test_the_same_cause_captures_once(database):
    order_id = await steps.pay()

    for _ in range(3):
        await steps.capture(order_id, 300, "shipment:1")
        await steps.work()
    await steps.capture(order_id, 300, "shipment:2")
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 600, 0)


async def test_captures_spread_over_payments_oldest_first(database):
    order_id = await steps.pay(amount=400)
    await steps.pay(amount=1000, order_id=order_id)

    await steps.capture(order_id, 700)
    await steps.work()

    async with db.transaction() as session:
        found = await queries.of_order(session, order_id=order_id)
    assert [one.captured for one in found] == [400, 300]


async def test_more_than_authorised_captures_what_is_there_and_tells_the_rest(database):
    order_id = await steps.pay()

    await steps.capture(order_id, 1200)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)
    assert await steps.facts(order_id) == [
        "payment.authorised",
        "payment.capture_failed",
        "payment.captured",
    ]
    assert await steps.violations() == {}


async def test_captures_under_way_leave_less_to_capture(database):
    order_id = await steps.pay()

    await steps.capture(order_id, 700, "shipment:1")
    await steps.capture(order_id, 700, "shipment:2")
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)


async def test_an_order_paid_elsewhere_captures_nothing(database):
    order_id = ids.new()

    await steps.capture(order_id, 100)

    assert await steps.facts(order_id) == []


async def test_a_capture_waits_for_a_late_authorisation(database):
    order_id = await steps.pay("tok_late")
    await steps.capture(order_id, 1000)
    await steps.work()
    assert await steps.operations(order_id) == [("authorise", "pending"), ("capture", "requested")]
    assert await steps.violations() == {}

    await steps.deliver(await steps.decide())
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 1000, 0)
    assert await steps.violations() == {}


async def test_a_capture_of_a_payment_declined_later_fails_without_asking(database):
    order_id = await steps.pay("tok_late")
    await steps.capture(order_id, 1000)

    await steps.deliver(await steps.decide(reason="expired"))
    await steps.work()

    assert await steps.counters(order_id) == ("declined", 0, 0, 0)
    assert await steps.facts(order_id) == ["payment.declined", "payment.capture_failed"]
    assert await steps.violations() == {}


async def test_a_failed_capture_is_told_and_can_be_retried(database):
    order_id = await steps.pay("tok_capture_fails")
    await steps.capture(order_id, 600)
    await steps.work()
    assert await steps.counters(order_id) == ("authorised", 1000, 0, 0)
    assert (await steps.facts(order_id))[-1] == "payment.capture_failed"

    await retry(order_id)
    await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 600, 0)
    with pytest.raises(NothingToRetry):
        await retry(order_id)


async def test_a_retry_never_takes_more_than_is_authorised(database):
    order_id = await steps.pay("tok_capture_fails")
    await steps.capture(order_id, 600)
    await steps.work()
    await steps.capture(order_id, 700, "shipment:2")
    await steps.work()

    with pytest.raises(CaptureExceedsAuthorised) as refused:
        await retry(order_id)

    assert (refused.value.capturable, refused.value.wanted) == (300, 600)
    assert await steps.counters(order_id) == ("captured", 1000, 700, 0)


async def test_a_retry_of_a_payment_that_changed_is_refused(database):
    order_id = await steps.pay("tok_capture_fails")
    await steps.capture(order_id, 600)
    await steps.work()

    with pytest.raises(PaymentChanged):
        await retry(order_id, version=99)

    assert len(await steps.operations(order_id)) == 2


async def test_a_capture_whose_answer_was_lost_is_done_once(database):
    order_id = await steps.promise("tok_timeout")
    for seconds in (0, 2, 4, 8):
        with steps.later(seconds=seconds):
            await steps.work()
    await steps.capture(order_id, 600)
    for seconds in (8, 10, 20):
        with steps.later(seconds=seconds):
            await steps.work()

    assert await steps.counters(order_id) == ("captured", 1000, 600, 0)
    assert await steps.violations() == {}
