"""What callers send and see of the hours of a place."""

import datetime as dt
from itertools import pairwise
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy.dialects.postgresql import Range

from inventory.places import minutes
from inventory.places.models import MINUTES_OF_A_DAY
from inventory.places.views import TimeOfDay
from oms.kernel.inputs import Input, Output, Text

MAX_STRETCHES = 10
MAX_SPECIAL_DAYS = 800


class StretchIn(Input):
    """From when until when a place is open.

    One that closes as early as it opens, or earlier, does so on the next day: 00:00 to 00:00 is
    all day.
    """

    opens: TimeOfDay
    closes: TimeOfDay

    @property
    def minutes(self) -> tuple[int, int]:
        """Return the stretch in minutes from the midnight before it."""
        opens, closes = minutes.read(self.opens), minutes.read(self.closes)
        return opens, closes if closes > opens else closes + MINUTES_OF_A_DAY


def _apart(stretches: list[StretchIn]) -> list[StretchIn]:
    told = sorted(one.minutes for one in stretches)
    if any(closes > opens for (_, closes), (opens, _) in pairwise(told)):
        raise ValueError("has stretches that overlap")
    if told and told[-1][1] - told[0][0] > MINUTES_OF_A_DAY:
        raise ValueError("has stretches of more than a day")
    return stretches


Stretches = Annotated[list[StretchIn], Field(max_length=MAX_STRETCHES), AfterValidator(_apart)]
"""The stretches of one day on which a place is open; none: it is closed."""


class WeekdayIn(Input):
    """When a place is open on one weekday; 1 is Monday, 7 is Sunday (ISO 8601)."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    open: Stretches


class SpecialDayIn(Input):
    """Other hours on one date, or none: closed. They outdo the week and holidays."""

    day: Annotated[dt.date, Field(strict=False)]
    open: Stretches
    note: Text | None = None


def _days_once(given: list[SpecialDayIn]) -> list[SpecialDayIn]:
    if len({one.day for one in given}) != len(given):
        raise ValueError("names a day twice")
    return given


def _weekdays_once(given: list[WeekdayIn]) -> list[WeekdayIn]:
    if len({one.weekday for one in given}) != len(given):
        raise ValueError("names a weekday twice")
    return given


class HoursIn(Input):
    """All the hours of a place; they replace those it had.

    Without any weekday it is always open; of a week that is told, weekdays left out are closed.
    """

    week: Annotated[list[WeekdayIn], Field(max_length=7), AfterValidator(_weekdays_once)]
    special_days: Annotated[
        list[SpecialDayIn], Field(max_length=MAX_SPECIAL_DAYS), AfterValidator(_days_once)
    ] = Field(default_factory=list)


class StretchOut(Output):
    """From when until when a place is open."""

    opens: str
    closes: str


class WeekdayOut(Output):
    """When a place is open on one weekday; 1 is Monday."""

    weekday: int
    open: list[StretchOut]


class SpecialDayOut(Output):
    """Other hours on one date, or none: closed."""

    day: dt.date
    open: list[StretchOut]
    note: str | None


class HoursOut(Output):
    """The hours of a place in its own time, and what they mean now.

    `next_opening` is now while it is open, null when it does not open within a year; `ready_by` is
    when an order that comes in now is ready. The version is that of the location.
    """

    location_id: UUID
    time_zone: str
    open_now: bool
    next_opening: dt.datetime | None
    closes_at: dt.datetime | None
    ready_by: dt.datetime | None
    week: list[WeekdayOut]
    special_days: list[SpecialDayOut]
    version: int


def ranges(stretches: list[StretchIn]) -> list[Range[int]]:
    """Write stretches as the database keeps them: those that touch are one."""
    made: list[Range[int]] = []
    for opens, closes in sorted(one.minutes for one in stretches):
        if made and made[-1].upper == opens:
            made[-1] = Range(made[-1].lower, closes)
        else:
            made.append(Range(opens, closes))
    return made


def told(kept: list[Range[int]]) -> list[StretchOut]:
    """Tell stretches as people do."""
    return [StretchOut(opens=minutes.write(low), closes=_closing(high)) for low, high in bare(kept)]


def bare(kept: list[Range[int]]) -> list[tuple[int, int]]:
    """Return the bare minutes of what the database keeps."""
    return [(one.lower or 0, one.upper or 0) for one in kept]


def _closing(minute: int) -> str:
    return minutes.write(minute % MINUTES_OF_A_DAY)
