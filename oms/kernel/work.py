"""Every kind of row that is work: how to find what is overdue and how to do one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import deliveries, jobs
from oms.kernel.due import Due, is_due
from oms.kernel.events import Delivery
from oms.kernel.jobs import JobRow

BATCH = 500


@dataclass(frozen=True)
class Kind:
    """A table of work and the function that does one row of it, safe to call at any time.

    `ready` leaves out rows that wait for others, so that they do not hide what can be done.
    """

    table: type[Due]
    run: Callable[[UUID], Awaitable[None]]
    ready: Callable[[], ColumnElement[bool] | TextClause] = true


_kinds: dict[str, Kind] = {
    "delivery": Kind(Delivery, deliveries.run, deliveries.free),
    "job": Kind(JobRow, jobs.run),
}


def register(name: str, kind: Kind) -> None:
    """Let the workers know another table of work."""
    _kinds[name] = kind


async def do(kind: str, row_id: UUID) -> None:
    """Do one row, if it is still due. Raises KeyError for an unknown kind."""
    await _kinds[kind].run(row_id)


async def overdue(session: AsyncSession, *, now: datetime) -> list[tuple[str, UUID]]:
    """Return work whose time has come and that nobody holds, oldest first, at most 500 a kind."""
    found: list[tuple[str, UUID]] = []
    for name, kind in _kinds.items():
        table = kind.table
        rows = await session.scalars(
            select(col(table.id))
            .where(is_due(table.status), col(table.next_at) <= now, kind.ready())
            .where(or_(col(table.lease_until).is_(None), col(table.lease_until) < now))
            .order_by(col(table.next_at))
            .limit(BATCH)
        )
        found += [(name, row_id) for row_id in rows]
    return found
