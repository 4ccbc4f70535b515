"""Units of order lines on their way back: what a return changes in the order's own counters."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from oms.orders import progress
from oms.orders.progress import UnitMove
from returns.models import Return, ReturnLine


async def claim(session: AsyncSession, *, found: Return, lines: Sequence[ReturnLine]) -> None:
    """Count requested units, so that no other return can ask for them."""
    await _move(session, found, [(line, line.quantity) for line in lines], None, "return_requested")


async def release(
    session: AsyncSession, *, found: Return, lines: Sequence[ReturnLine]
) -> list[tuple[ReturnLine, int]]:
    """Give back every unit that was expected and has not come; returns which and how many."""
    awaited = [(line, line.quantity - line.received) for line in lines]
    released = [(line, units) for line, units in awaited if units]
    await _move(session, found, released, "return_requested", None)
    return released


async def arrive(
    session: AsyncSession, *, found: Return, arrived: list[tuple[ReturnLine, int]]
) -> None:
    """Count units that were seen: only they are returned."""
    await _move(session, found, arrived, "return_requested", "returned")


async def _move(
    session: AsyncSession,
    found: Return,
    units: list[tuple[ReturnLine, int]],
    counter_from: str | None,
    counter_to: str | None,
) -> None:
    moves = [
        UnitMove(line.order_line_id, counter_from, counter_to, quantity)
        for line, quantity in units
        if line.order_line_id is not None
    ]
    if moves and found.order_id is not None:
        await progress.move_units(session, order_id=found.order_id, moves=moves)
