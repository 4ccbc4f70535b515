"""Invariants as SQL that anyone can run on any database."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SHOWN = 20


@dataclass(frozen=True)
class Check:
    """One invariant: `sql` finds offenders (one text column), `counts` how many rows were read."""

    name: str
    says: str
    sql: str
    counts: str


@dataclass(frozen=True)
class Finding:
    """What a check saw: rows looked at, and the first offenders."""

    check: Check
    rows: int
    offenders: list[str]

    @property
    def holds(self) -> bool:
        """Tell whether the invariant holds."""
        return not self.offenders


async def run(session: AsyncSession, check: Check) -> Finding:
    """Look at every row a check is about."""
    rows = await session.scalar(text(check.counts)) or 0
    offenders = await session.scalars(text(f"{check.sql} LIMIT {SHOWN}"))
    return Finding(check, rows, [str(one) for one in offenders])


CHECKS = [
    Check(
        "events.gap_free",
        "every subject's facts are numbered 1 to n without a gap",
        """SELECT counter.subject_id::text FROM event_subject counter
           LEFT JOIN event ON event.subject_id = counter.subject_id
           GROUP BY counter.subject_id, counter.sequence
           HAVING count(event.id) <> counter.sequence
               OR min(event.sequence) <> 1 OR max(event.sequence) <> counter.sequence""",
        "SELECT count(*) FROM event",
    ),
    Check(
        "deliveries.delivered_or_due",
        "every reaction owed is done, due, or parked and waiting for a person; none is overdue",
        """SELECT id::text || ' ' || subscriber || ' ' || status || ' ' || coalesce(reason, '')
           FROM delivery
           WHERE status = 'parked'
              OR (status = 'due' AND next_at < now() - interval '15 minutes')""",
        "SELECT count(*) FROM delivery",
    ),
    Check(
        "jobs.done_or_due",
        "every job is done or due; none is parked or overdue",
        """SELECT id::text || ' ' || name || ' ' || status || ' ' || coalesce(reason, '') FROM job
           WHERE status = 'parked'
              OR (status = 'due' AND next_at < now() - interval '15 minutes')""",
        "SELECT count(*) FROM job",
    ),
    Check(
        "inbox.interpreted",
        "every message from outside has a job that interprets it",
        """SELECT inbox_message.id::text FROM inbox_message
           LEFT JOIN job ON job.key = 'inbox:' || inbox_message.id WHERE job.id IS NULL""",
        "SELECT count(*) FROM inbox_message",
    ),
]
