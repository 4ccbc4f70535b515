"""Available to promise by date: what may still be promised without breaking a promise; pure.

The discrete rule: of what has come by a date, what is owed by that date is gone, and a unit that a
later promise needs (no later supply being there for it) is gone as well. So a new promise never
takes supply of one that was made, and with more owed than comes there is nothing, never less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, pairwise
from typing import Protocol


class Supply(Protocol):
    """Something of which there is more from date to date."""

    def dates(self) -> set[datetime]:
        """Return when there is more."""

    def by(self, date: datetime) -> int:
        """Return how many units there are by a date, were nothing owed."""


@dataclass(frozen=True)
class Shelf:
    """Units of one SKU at one location: there now, kept from the channel, and coming by date."""

    units: int
    kept: int = 0
    coming: Mapping[datetime, int] = field(default_factory=dict)

    def dates(self) -> set[datetime]:
        """Return when units come."""
        return set(self.coming)

    def by(self, date: datetime) -> int:
        """Return how many units the channel could have by a date, were nothing owed."""
        come = sum(units for at, units in self.coming.items() if at <= date)
        return max(self.units + come - self.kept, 0)


@dataclass(frozen=True)
class Bundle:
    """Kits that could be made at one location: of each part so many for one kit."""

    parts: Sequence[tuple[Shelf, int]]

    def dates(self) -> set[datetime]:
        """Return when parts come."""
        return {at for shelf, _ in self.parts for at in shelf.dates()}

    def by(self, date: datetime) -> int:
        """Return how many whole kits the channel could have by a date, were nothing owed."""
        return min((shelf.by(date) // each for shelf, each in self.parts), default=0)


@dataclass(frozen=True)
class Step:
    """From this date on so many units may be promised, all told."""

    at: datetime
    units: int


def promisable(supply: Sequence[int], owed: Sequence[int]) -> list[int]:
    """Return what may be promised by each date, from what has come and what is owed by then."""
    found: list[int] = []
    least: int | None = None
    for come, gone in zip(reversed(supply), reversed(owed), strict=True):
        least = come - gone if least is None else min(least, come - gone)
        found.append(max(least, 0))
    return found[::-1]


def steps(supplies: Sequence[Supply], owed: Mapping[datetime, int], *, now: datetime) -> list[Step]:
    """Return when more may be promised: now, then each date at which it is more.

    What is owed by a date that has passed is owed now.
    """
    dates = owed.keys() | set(chain.from_iterable(one.dates() for one in supplies))
    line = [now, *sorted(at for at in dates if at > now)]
    supply = [sum(one.by(date) for one in supplies) for date in line]
    gone = [sum(units for at, units in owed.items() if at <= date) for date in line]
    return _rising(list(zip(line, promisable(supply, gone), strict=True)))


def least(of: Sequence[tuple[Sequence[Step], int]]) -> list[Step]:
    """Return how many kits may be promised when each takes so many units of every one of these."""
    line = sorted({step.at for steps_of, _ in of for step in steps_of})
    return _rising([(at, min(_by(steps_of, at) // each for steps_of, each in of)) for at in line])


def _by(found: Sequence[Step], at: datetime) -> int:
    return max((step.units for step in found if step.at <= at), default=0)


def _rising(line: Sequence[tuple[datetime, int]]) -> list[Step]:
    first = [Step(*line[0])] if line else []
    return first + [
        Step(at, units) for (_, before), (at, units) in pairwise(line) if units > before
    ]


def earliest(found: Sequence[Step], quantity: int) -> datetime | None:
    """Return the first date by which so many units may be promised, None if there is none."""
    return next((step.at for step in found if step.units >= quantity), None)
