"""When a place is open, closes, opens again, and has an order ready: arithmetic without a database.

Hours are told in the place's own time of day and reckoned in UTC, so that a night on which the
clocks change has the hours it has. A time of day that does not occur on such a night is read with
the offset before the change, one that occurs twice is its first occurrence (RFC 5545, 3.3.5).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.places import holiday_calendars
from inventory.places.models import MINUTES_OF_A_DAY

DAYS_AHEAD = 366
"""How far we look for an opening; a place that does not open within a year is not waited for."""

FORTNIGHT = timedelta(days=14)
"""A place that stays open longer than this has no closing time."""

Intervals = Sequence[tuple[int, int]]
"""Minutes from a day's midnight, half-open; what lasts past midnight runs on beyond 1440."""

ALL_DAY: Intervals = ((0, MINUTES_OF_A_DAY),)

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """When a place is open and how long it takes over an order.

    `week` None is always open, a weekday (ISO: Monday is 1) without intervals is closed. A special
    day outdoes a holiday, a holiday on which the place stays closed outdoes the week.
    """

    time_zone: str
    week: Mapping[int, Intervals] | None = None
    special_days: Mapping[date, Intervals] = field(default_factory=dict)
    holiday_calendar: str | None = None
    opens_on_holidays: bool = True
    order_cutoff_minute: int | None = None
    handling_minutes: int = 0


def is_open(place: Schedule, at: datetime) -> bool:
    """Tell whether somebody is there."""
    return next_opening(place, at) == at


def next_opening(place: Schedule, at: datetime) -> datetime | None:
    """Return when the place is next open, `at` itself when it is; None: not within a year."""
    for opens_at, _ in _stretches(place, at):
        return max(opens_at, at)
    return None


def closes_at(place: Schedule, at: datetime) -> datetime | None:
    """Return when a place that is open closes; None when it is not, or not within a fortnight."""
    closing = at
    for opens_at, end in _stretches(place, at):
        if opens_at > closing or closing - at > FORTNIGHT:
            break
        closing = end
    return closing if at < closing <= at + FORTNIGHT else None


def ready_by(place: Schedule, at: datetime, handling_minutes: int | None = None) -> datetime | None:
    """Return when an order received at `at` is ready to be handed over; None: not within a year.

    What comes at or after the day's cut-off is taken up on the next day. Then the handling time
    (the place's own unless it is given) passes, while the place is open only.
    """
    begins_at = _taken_up(place, at)
    own = place.handling_minutes if handling_minutes is None else handling_minutes
    left = timedelta(minutes=own)
    for opens_at, end in _stretches(place, begins_at):
        start = max(opens_at, begins_at)
        if left <= end - start:
            return start + left
        left -= end - start
    return None


def _taken_up(place: Schedule, at: datetime) -> datetime:
    """Return when an order is taken up at the earliest: at once, or with the next day."""
    zone = ZoneInfo(place.time_zone)
    local = at.astimezone(zone)
    cutoff = place.order_cutoff_minute
    if cutoff is None or local.hour * 60 + local.minute < cutoff:
        return at
    return _moment(local.date() + DAY, 0, zone)


def _stretches(place: Schedule, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Go through the stretches of being open that end after `at`; none overlaps another."""
    zone = ZoneInfo(place.time_zone)
    yesterday = at.astimezone(zone).date() - DAY
    covered = None
    for ahead in range(DAYS_AHEAD + 2):
        day = yesterday + timedelta(days=ahead)
        intervals = _intervals(place, day)
        for opens_at, end in sorted(
            (_moment(day, opens, zone), _moment(day, closes, zone)) for opens, closes in intervals
        ):
            if end > (covered or at):
                yield max(opens_at, covered or opens_at), end
                covered = end


def _intervals(place: Schedule, day: date) -> Intervals:
    if day in place.special_days:
        return place.special_days[day]
    if not place.opens_on_holidays and _is_holiday(place, day):
        return ()
    return ALL_DAY if place.week is None else place.week.get(day.isoweekday(), ())


def _is_holiday(place: Schedule, day: date) -> bool:
    calendar = place.holiday_calendar
    return calendar is not None and day in holiday_calendars.days(calendar, day.year)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    days, minute = divmod(minute, MINUTES_OF_A_DAY)
    told = time(minute // 60, minute % 60)
    return datetime.combine(day + timedelta(days=days), told, zone).astimezone(UTC)
