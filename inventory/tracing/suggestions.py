"""First expired, first out: which lots to take. Pure: it decides, others move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from inventory.tracing.states import LotStatus


@dataclass(frozen=True)
class Candidate:
    """Units of a lot that are free to be picked at one location."""

    lot_id: UUID
    code: str | None
    expires_on: date | None
    free: int
    status: LotStatus = LotStatus.OPEN


@dataclass(frozen=True)
class Take:
    """Units of one lot to take from the shelf."""

    lot_id: UUID
    quantity: int


@dataclass(frozen=True)
class Terms:
    """What a lot must fulfil: still be good `days` after `today`, and have a date if `dated`."""

    today: date
    days: int = 0
    dated: bool = False

    def allow(self, lot: Candidate) -> bool:
        """Tell whether units of a lot may go out: the last good day is `expires_on` itself.

        A lot without a date passes where no date is kept, and where no life must remain.
        """
        if lot.status is not LotStatus.OPEN:
            return False
        if lot.expires_on is None:
            return not (self.dated and self.days)
        return (lot.expires_on - self.today).days >= self.days


def order(lots: Iterable[Candidate]) -> list[Candidate]:
    """Sort lots by what goes first: the earliest date, undated ones next, unknown ones last."""
    return sorted(
        lots,
        key=lambda lot: (
            lot.expires_on is None,
            lot.expires_on or date.max,
            lot.code is None,
            lot.code or "",
            lot.lot_id,
        ),
    )


def first_expired(lots: Sequence[Candidate], *, quantity: int, terms: Terms) -> list[Take]:
    """Split units over the lots that expire first among those the terms allow.

    Fewer units are returned than wanted when the lots do not have them.
    """
    takes, left = [], quantity
    for lot in order(lots):
        if left and lot.free > 0 and terms.allow(lot):
            takes.append(Take(lot.lot_id, min(left, lot.free)))
            left -= takes[-1].quantity
    return takes
