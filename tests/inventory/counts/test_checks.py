"""Every invariant of counts is seen broken once, and holds on an honest day."""

import pytest
from sqlalchemy import text

from inventory.counts import checks as count_checks
from oms.kernel import checks
from tests.factories import shelf
from tests.inventory.counts.counting import approved, opened

BROKEN = {
    "counts.booked_is_ledger": ["UPDATE stock_count_line SET delta = delta - 1 WHERE delta <> 0"],
    "counts.approved_is_booked": [
        "UPDATE stock_count SET status = 'in_review', approved_at = NULL"
    ],
    "counts.freshness_is_known": [
        "UPDATE stock_counted SET counted_at = counted_at + interval '1 hour'"
    ],
}


async def an_honest_day(session):
    """One count that is booked and one that is still open."""
    level = await shelf(session, units=10)
    await approved(session, level, 8)
    await opened(session, level)


async def broken(session):
    findings = [await checks.run(session, one) for one in count_checks.CHECKS]
    return {one.check.name: one for one in findings if not one.holds}


async def test_every_invariant_holds_on_an_honest_day(session):
    await an_honest_day(session)

    assert await broken(session) == {}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_invariant_is_seen(session, name):
    await an_honest_day(session)

    for damage in BROKEN[name]:
        await session.execute(text(damage))

    assert name in await broken(session)


def test_every_check_is_seen_failing():
    assert set(BROKEN) == {one.name for one in count_checks.CHECKS}
