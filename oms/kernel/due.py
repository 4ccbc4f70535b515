"""Work that waits its turn in a row: shared by deliveries, jobs and webhook messages."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, String, literal
from sqlmodel import Field, col

from oms.kernel import ids
from oms.kernel.states import Machine
from oms.kernel.tables import Table, choice, moment, recorded_at


class DueState(StrEnum):
    """Where a piece of work stands."""

    DUE = "due"
    DONE = "done"
    PARKED = "parked"


DUE = Machine(
    "work",
    start=DueState.DUE,
    moves=[
        # verb     from                 to
        ("finish", {DueState.DUE},      DueState.DONE),
        ("park",   {DueState.DUE},      DueState.PARKED),
        ("replay", {DueState.PARKED},   DueState.DUE),
    ],
)  # fmt: skip

BACKOFF_SECONDS = (1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 12 * 3600)
"""Pause after the first, second, … failed attempt; after the last the work is parked."""

REASON_LENGTH = 2000


class Due(Table):
    """Columns of a row that is itself the job: when, how often tried, why it was given up."""

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    status: DueState = choice(DueState, DueState.DUE)
    attempts: int = 0
    next_at: datetime = moment()
    lease_until: datetime | None = moment(nullable=True)
    reason: str | None = None
    done_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()

    @staticmethod
    def checks() -> tuple[CheckConstraint, ...]:
        """Return the rules of the columns, for the table that has them."""
        return (
            CheckConstraint("attempts >= 0", name="attempts_counted"),
            CheckConstraint("status <> 'parked' or reason is not null", name="parked_with_reason"),
            CheckConstraint("(status = 'done') = (done_at is not null)", name="done_has_time"),
        )


def is_due(status: DueState) -> ColumnElement[bool]:
    """Say that a row is due: as a word, because a parameter never matches a partial index."""
    return col(status) == literal(DueState.DUE.value, String(), literal_execute=True)


def finished(row: Due, *, now: datetime) -> None:
    """Mark a claimed row done."""
    DUE.move(row, "finish")
    row.done_at, row.lease_until = now, None


def failed(
    row: Due, *, reason: str, now: datetime, schedule: tuple[int, ...] = BACKOFF_SECONDS
) -> None:
    """Note a failed attempt: another one later, or parked with the reason after the last."""
    row.attempts += 1
    row.reason, row.lease_until = reason[:REASON_LENGTH], None
    if row.attempts > len(schedule):
        DUE.move(row, "park")
    else:
        row.next_at = now + timedelta(seconds=schedule[row.attempts - 1])


def replayed(row: Due, *, now: datetime) -> None:
    """Put a parked row back to work from its first attempt."""
    DUE.move(row, "replay")
    row.attempts, row.next_at, row.reason = 0, now, None
