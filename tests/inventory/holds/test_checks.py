"""Every invariant of holds is seen broken once, and holds on an honest day."""

import pytest
from sqlalchemy import text

from inventory import checks as inventory_checks
from inventory.holds import checks as hold_checks
from inventory.holds import holds
from inventory.holds.holds import Cart
from oms.kernel import checks, events, ids
from tests.factories import sites

BROKEN = {
    "holds.keep_what_carts_have": "UPDATE hold_line SET quantity = quantity + 1",
    "holds.told_as_they_ended": "UPDATE hold SET status = 'expired' WHERE status = 'active'",
    "stock.reserved_is_held": "UPDATE hold SET status = 'expired' WHERE status = 'active'",
}


async def an_honest_day(session):
    """One cart that holds, and one that was given up."""
    await sites(session, {"CUP": 5}, {"CUP": 2})
    for number in range(2):
        cart = Cart(ids.new(), f"cart-{number}", {"CUP": 3})
        held = await holds.create(session, cart=cart)
        if number:
            await holds.release(session, hold_id=held.id)
    await events.flush(session)


async def broken(session):
    every = [*hold_checks.CHECKS, *inventory_checks.CHECKS]
    findings = [await checks.run(session, one) for one in every]
    return {one.check.name for one in findings if not one.holds}


async def test_every_invariant_holds_on_an_honest_day(session):
    await an_honest_day(session)

    assert await broken(session) == set()


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_invariant_is_seen(session, name):
    await an_honest_day(session)

    await session.execute(text(BROKEN[name]))

    assert name in await broken(session)


def test_every_check_is_seen_failing():
    assert {one.name for one in hold_checks.CHECKS} <= set(BROKEN)
