"""The invariants hold after a story, and each is seen broken."""

import pytest
from sqlalchemy import text

from oms.kernel import checks
from returns import inspections
from returns.checks import CHECKS
from returns.inspections import Piece
from returns.states import Disposition
from tests import factories

BREAKS = {
    "returns.counted_in_orders": "UPDATE order_line SET returned = returned - 1",
    "returns.within_shipped": (
        "ALTER TABLE order_line DROP CONSTRAINT ck_order_line_returned_was_shipped;"
        "UPDATE order_line SET returned = shipped + 1"
    ),
    "returns.receipts_add_up": "UPDATE return_line SET received = received - 1",
    "returns.inspections_add_up": "UPDATE return_receipt SET inspected = inspected - 1",
    "returns.ended_clean": "UPDATE \"return\" SET status = 'cancelled'",
    "returns.refunds_granted": "UPDATE refund SET amount = amount + 1",
    "returns.refunds_within_lines": "UPDATE return_inspection SET refund_amount = 1000000",
    "returns.stocked_once": "UPDATE return_inspection SET disposition = 'scrapped'",
}


async def inspected(session) -> None:
    """A return of two units that came; one was looked at."""
    order, (line,) = await factories.shipped_order(session)
    found, (receipt,) = await factories.received_return(session, order, (line, 2))
    pieces = [Piece(receipt.id, 1, Disposition.RESTOCKED)]
    await inspections.inspect(session, return_id=found.id, pieces=pieces)
    await session.flush()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_a_return_keeps_every_invariant(session, check):
    await inspected(session)

    finding = await checks.run(session, check)

    assert finding.offenders == []
    assert finding.rows > 0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_a_broken_invariant_is_found(session, check):
    await inspected(session)
    for statement in BREAKS[check.name].split(";"):
        await session.execute(text(statement))

    assert len((await checks.run(session, check)).offenders) == 1
