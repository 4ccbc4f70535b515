"""Opening hours, whatever they are and whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.places import hours
from inventory.places.hours import Schedule

ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]

moments = st.integers(0, 2 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda s: (s[0], sum(s)))
days = st.lists(spans, max_size=3).map(sorted)
schedules = st.builds(
    Schedule,
    time_zone=st.sampled_from(ZONES),
    week=st.none() | st.dictionaries(st.integers(1, 7), days),
    special_days=st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), days, max_size=5),
    holiday_calendar=st.sampled_from([None, "JP", "DE", "US-CA"]),
    opens_on_holidays=st.booleans(),
    order_cutoff_minute=st.none() | st.integers(0, 1439),
    handling_minutes=st.integers(0, 3000),
)


def minutes_open(place, start, end):
    """Count the open minutes between two moments the slow way."""
    minutes = int((end - start) / timedelta(minutes=1))
    return sum(hours.is_open(place, start + timedelta(minutes=one)) for one in range(minutes))


@given(schedules, moments)
def test_it_opens_when_it_is_closed_and_is_open_then(place, at):
    opens_at = hours.next_opening(place, at)

    if opens_at is None:
        assert not hours.is_open(place, at)
    else:
        assert opens_at >= at
        assert hours.is_open(place, opens_at)
        assert (opens_at == at) == hours.is_open(place, at)
        if opens_at > at:
            assert not hours.is_open(place, opens_at - timedelta(microseconds=1))


@given(schedules, moments)
def test_it_closes_at_the_end_of_being_open(place, at):
    closes_at = hours.closes_at(place, at)

    if not hours.is_open(place, at):
        assert closes_at is None
    elif closes_at is not None:
        assert closes_at > at
        assert not hours.is_open(place, closes_at)
        assert hours.is_open(place, closes_at - timedelta(microseconds=1))
        assert hours.closes_at(place, at + (closes_at - at) / 2) == closes_at


@given(schedules, moments, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_who_orders_later_is_never_served_earlier(place, at, later):
    first, second = hours.ready_by(place, at), hours.ready_by(place, at + later)

    if first is not None and second is not None:
        assert at <= first <= second


@given(schedules, moments.map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 90))
def test_the_handling_time_is_spent_while_it_is_open(place, at, handling):
    place = Schedule(place.time_zone, place.week, place.special_days)
    ready_at = hours.ready_by(place, at, handling)

    if ready_at is not None and ready_at - at < timedelta(days=1):
        assert minutes_open(place, at, ready_at) == handling
