"""By when each of those who wait has all units: supply handed out in their turn; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inventory.commitments import Parts


@dataclass(frozen=True)
class Need:
    """Units of a line that wait, and what one of them holds."""

    line_id: UUID
    quantity: int
    holds: Parts


Supply = Mapping[str, Sequence[tuple[datetime, int]]]
"""Units of each SKU by the date at which they are there, the earliest first."""


def dates(needs: Sequence[Need], supply: Supply) -> dict[UUID, datetime]:
    """Return, for each line whose units all come, when the last of them does.

    A line that gets only some takes these all the same, as it will when they come.
    """
    left = {sku: list(units) for sku, units in supply.items()}
    found: dict[UUID, datetime] = {}
    for need in needs:
        last = [
            _take(left.get(sku, []), need.quantity * each)
            for sku, each in need.holds.items()
            if each
        ]
        come = [date for date in last if date is not None]
        if come and len(come) == len(last):
            found[need.line_id] = max(come)
    return found


def _take(units: list[tuple[datetime, int]], wanted: int) -> datetime | None:
    """Take units off the earliest supply; returns when the last of them comes, if all do."""
    while units and wanted:
        date, some = units[0]
        if some > wanted:
            units[0] = date, some - wanted
            return date
        units.pop(0)
        wanted -= some
        if not wanted:
            return date
    return None
