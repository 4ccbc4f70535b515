"""Every invariant of selling is seen broken once, and holds on an honest day."""

import pytest
from sqlalchemy import text

from inventory.selling import backlog, backlog_limits
from inventory.selling.backlog_limits import Permit
from inventory.selling.checks import CHECKS
from inventory.selling.limits import Owed
from inventory.selling.models import BacklogKind
from oms.kernel import checks, clock, ids
from tests.factories import item

BROKEN = {
    "selling.taken_is_owed": ["UPDATE backlog_claim SET quantity = quantity + 1"],
    "selling.nothing_over_limit": [
        "ALTER TABLE backlog_limit DROP CONSTRAINT ck_backlog_limit_never_over_limit",
        "UPDATE backlog_limit SET units = taken - 1",
    ],
}


async def an_honest_day(session):
    """Units owed by two channels, and some of them given back."""
    await item(session, sku="CUP")
    web, shop = ids.new(), ids.new()
    for channel_id in (None, web):
        await backlog_limits.permit(
            session, sku="CUP", channel_id=channel_id, permit=Permit(BacklogKind.BACKORDER, 9)
        )
    line = ids.new()
    rows = [Owed(line, "CUP", web, 3), Owed(ids.new(), "CUP", shop, 4)]
    await backlog.take(session, rows=rows, now=clock.now())
    await backlog.give_back(session, rows=[Owed(line, "CUP", web, 1)])


async def broken(session):
    findings = [await checks.run(session, one) for one in CHECKS]
    return {one.check.name: one for one in findings if not one.holds}


async def test_every_invariant_holds_on_an_honest_day(session):
    await an_honest_day(session)

    assert await broken(session) == {}
    assert [(await checks.run(session, one)).rows for one in CHECKS] == [2, 2]


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_invariant_names_its_item(session, name):
    await an_honest_day(session)

    for damage in BROKEN[name]:
        await session.execute(text(damage))

    assert (await broken(session))[name].offenders[0].startswith("CUP ")


def test_every_check_is_seen_failing():
    assert set(BROKEN) == {one.name for one in CHECKS}
