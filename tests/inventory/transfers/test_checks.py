"""Every invariant of transfers is seen broken once, and holds on an honest day."""

import pytest
from sqlalchemy import text

from inventory.transfers import arrivals
from inventory.transfers import checks as transfer_checks
from inventory.transfers.arrivals import Piece
from inventory.transfers.states import Outcome, TransferReason
from oms.kernel import checks
from tests.factories import transfer

BROKEN = {
    "transfers.units_under_way": [
        "ALTER TABLE transfer_line DROP CONSTRAINT ck_transfer_line_arrived_was_shipped",
        "UPDATE transfer_line SET lost = lost + 3 WHERE shipped > 0",
    ],
    "transfers.status_follows_units": ["UPDATE transfer SET status = 'received'"],
    "transfers.counters_are_receipts": ["UPDATE transfer_receipt SET quantity = quantity + 1"],
    "transfers.conserve_units": ["UPDATE transfer_line SET surplus = surplus + 1"],
}


async def an_honest_day(session):
    """One transfer that is held, and one of which a part was received and a part was lost."""
    await transfer(session, until="reserve", sku="VASE")
    found = await transfer(session, until="ship")
    pieces = [
        Piece("CUP", Outcome.ACCEPTED, 2),
        Piece("CUP", Outcome.LOST, 1, TransferReason.LOST_IN_TRANSIT),
    ]
    await arrivals.receive(session, transfer_id=found.id, pieces=pieces)


async def broken(session):
    findings = [await checks.run(session, one) for one in transfer_checks.CHECKS]
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
    assert set(BROKEN) == {one.name for one in transfer_checks.CHECKS}
