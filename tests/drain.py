"""Doing all that is due, in this process, until nothing is left."""

from datetime import datetime

from sqlalchemy import text

from oms.kernel import clock, db, work

ROUNDS = 200


async def drain(*, now: datetime | None = None) -> int:
    """Run every due delivery, job and webhook; returns how many runs it took."""
    runs = 0
    for _ in range(ROUNDS):
        async with db.transaction() as session:
            found = await work.overdue(session, now=now or clock.now())
        if not found:
            return runs
        for kind, row_id in found:
            await work.do(kind, row_id)
            runs += 1
    raise AssertionError(f"still work to do after {ROUNDS} rounds: {found[:5]}")


async def parked() -> list[str]:
    """Return the reasons of work that was given up."""
    async with db.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT reason FROM delivery WHERE status = 'parked' UNION ALL"
                " SELECT reason FROM job WHERE status = 'parked'"
            )
        )
        return [str(row.reason) for row in rows]
