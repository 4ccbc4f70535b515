import pytest
from sqlalchemy import text

from oms.kernel import checks
from oms.payments.checks import CHECKS
from tests.oms.payments import steps

KNOWN = {one.name: one for one in CHECKS}

BREAKS = {
    "payments.never_more_than_before": "UPDATE payment SET refunded = captured + 1",
    "payments.counters_are_sums": "UPDATE payment SET captured = captured - 500",
    "refunds.processed_is_sum": "UPDATE refund SET processed = processed - 1",
    "operations.asked_or_waiting": "UPDATE payment_operation SET status = 'requested'",
    "operations.sandbox_agrees": "UPDATE sandbox_charge SET amount = amount - 1",
}


def test_every_check_is_tried():
    assert set(BREAKS) == set(KNOWN)


@pytest.mark.parametrize("name", BREAKS)
async def test_a_check_sees_what_it_is_for(database, session, name):
    order_id = await steps.paid()
    await steps.grant(order_id, 400)
    await steps.work()
    assert (await checks.run(session, KNOWN[name])).holds

    await session.execute(
        text("ALTER TABLE payment DROP CONSTRAINT ck_payment_never_more_than_before")
    )
    await session.execute(text(BREAKS[name]))

    found = await checks.run(session, KNOWN[name])
    await session.rollback()
    assert (found.rows > 0, len(found.offenders) > 0) == (True, True)


async def test_an_operation_that_is_only_waiting_is_no_offence(database):
    order_id = await steps.pay("tok_late")
    await steps.capture(order_id, 1000)
    await steps.grant(order_id, 1000)
    await steps.work()

    assert await steps.violations() == {}
