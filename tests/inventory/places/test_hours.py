"""When a place is open: weeks, nights, special days, holidays, and clocks that change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory.places import hours
from inventory.places.hours import Schedule

TOKYO = "Asia/Tokyo"
BERLIN = "Europe/Berlin"
DAY = [(600, 1200)]  # 10:00 to 20:00
EVERY_DAY = dict.fromkeys(range(1, 8), DAY)
WEEKDAYS = dict.fromkeys(range(1, 6), DAY)

STORE = Schedule(TOKYO, EVERY_DAY)
OFFICE = Schedule(TOKYO, WEEKDAYS, holiday_calendar="JP", opens_on_holidays=False)


def at(told, zone=TOKYO) -> datetime:
    """A moment told in local time, as UTC."""
    return datetime.fromisoformat(told).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("2026-11-25T09:59", False), ("2026-11-25T10:00", True), ("2026-11-25T19:59", True),
     ("2026-11-25T20:00", False)],
)  # fmt: skip
def test_hours_are_half_open(moment, is_open):
    assert hours.is_open(STORE, at(moment)) is is_open


def test_a_closed_store_opens_next_in_the_morning():
    assert hours.next_opening(STORE, at("2026-11-25T20:00")) == at("2026-11-26T10:00")
    assert hours.next_opening(STORE, at("2026-11-25T12:34")) == at("2026-11-25T12:34")


def test_a_store_that_is_open_closes_in_the_evening():
    assert hours.closes_at(STORE, at("2026-11-25T12:00")) == at("2026-11-25T20:00")
    assert hours.closes_at(STORE, at("2026-11-25T21:00")) is None


def test_a_lunch_break_closes_twice_a_day():
    shop = Schedule(TOKYO, dict.fromkeys(range(1, 8), ((540, 720), (780, 1080))))

    assert hours.closes_at(shop, at("2026-11-25T10:00")) == at("2026-11-25T12:00")
    assert hours.next_opening(shop, at("2026-11-25T12:00")) == at("2026-11-25T13:00")


def test_without_hours_a_place_is_always_open():
    place = Schedule(TOKYO)

    assert hours.is_open(place, at("2026-11-25T03:00"))
    assert hours.closes_at(place, at("2026-11-25T03:00")) is None
    assert hours.ready_by(place, at("2026-11-25T23:00"), 90) == at("2026-11-26T00:30")


def test_a_place_without_any_hours_in_its_week_never_opens():
    place = Schedule(TOKYO, {})

    assert hours.next_opening(place, at("2026-11-25T12:00")) is None
    assert hours.ready_by(place, at("2026-11-25T12:00")) is None
    assert not hours.is_open(place, at("2026-11-25T12:00"))


def test_a_bar_is_open_past_midnight_on_the_day_it_opened():
    bar = Schedule(TOKYO, {5: [(1080, 1560)]})  # Friday 18:00 to 02:00

    assert hours.is_open(bar, at("2026-11-28T01:59"))
    assert not hours.is_open(bar, at("2026-11-28T02:00"))
    assert not hours.is_open(bar, at("2026-11-27T01:00"))
    assert hours.closes_at(bar, at("2026-11-27T20:00")) == at("2026-11-28T02:00")


def test_hours_that_meet_at_midnight_are_one_stretch():
    place = Schedule(TOKYO, {5: [(600, 1440)], 6: [(0, 300)]})

    assert hours.closes_at(place, at("2026-11-27T12:00")) == at("2026-11-28T05:00")


def test_a_night_that_runs_into_the_next_days_hours_counts_once():
    place = replace(
        STORE, week={5: [(1080, 2100)], 6: [(600, 720)]}
    )  # to 11:00, and 10:00 to 12:00

    assert hours.closes_at(place, at("2026-11-27T23:00")) == at("2026-11-28T12:00")
    assert hours.ready_by(place, at("2026-11-28T10:30"), 60) == at("2026-11-28T11:30")


def test_on_a_holiday_an_office_stays_closed():
    thanksgiving = at("2026-11-23T12:00")  # 勤労感謝の日, a Monday

    assert not hours.is_open(OFFICE, thanksgiving)
    assert hours.next_opening(OFFICE, thanksgiving) == at("2026-11-24T10:00")
    assert hours.is_open(replace(OFFICE, opens_on_holidays=True), thanksgiving)


def test_golden_week_and_its_substitute_holiday_are_waited_out():
    assert hours.next_opening(OFFICE, at("2026-05-01T20:00")) == at("2026-05-07T10:00")


def test_a_special_day_outdoes_the_holiday_and_the_week():
    thanksgiving, friday = date(2026, 11, 23), date(2026, 11, 27)
    place = replace(OFFICE, special_days={thanksgiving: [(720, 780)], friday: []})

    assert hours.is_open(place, at("2026-11-23T12:30"))
    assert not hours.is_open(place, at("2026-11-23T13:00"))
    assert hours.next_opening(place, at("2026-11-27T09:00")) == at("2026-11-30T10:00")


def test_an_order_is_ready_when_the_handling_time_has_passed():
    place = replace(STORE, handling_minutes=90)

    assert hours.ready_by(place, at("2026-11-25T12:00")) == at("2026-11-25T13:30")
    assert hours.ready_by(place, at("2026-11-25T12:00"), 0) == at("2026-11-25T12:00")
    assert hours.ready_by(place, at("2026-11-25T08:00")) == at("2026-11-25T11:30")


def test_handling_goes_on_the_next_morning():
    place = replace(STORE, handling_minutes=90)

    assert hours.ready_by(place, at("2026-11-25T19:00")) == at("2026-11-26T10:30")
    assert hours.ready_by(place, at("2026-11-25T18:30")) == at("2026-11-25T20:00")


@pytest.mark.parametrize(
    ("received", "ready"),
    [("2026-11-25T14:59", "2026-11-25T15:59"), ("2026-11-25T15:00", "2026-11-26T11:00"),
     ("2026-11-27T15:00", "2026-11-30T11:00"), ("2026-11-28T09:00", "2026-11-30T11:00")],
)  # fmt: skip
def test_what_comes_after_the_cutoff_is_taken_up_on_the_next_day_that_opens(received, ready):
    place = replace(OFFICE, order_cutoff_minute=900, handling_minutes=60)

    assert hours.ready_by(place, at(received)) == at(ready)


def test_the_cutoff_is_that_of_the_places_own_day():
    place = Schedule("America/New_York", order_cutoff_minute=900)
    nine_in_the_morning = datetime(2026, 11, 25, 14, tzinfo=UTC)

    assert hours.ready_by(place, nine_in_the_morning) == nine_in_the_morning
    late = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)
    assert hours.ready_by(place, late) == datetime(2026, 11, 26, 5, tzinfo=UTC)


@pytest.mark.parametrize(("night", "lasts"), [("2026-03-28", 7), ("2026-10-24", 9)])
def test_a_night_on_which_the_clocks_change_has_the_hours_it_has(night, lasts):
    place = Schedule(BERLIN, {6: [(1320, 1800)]})  # Saturday 22:00 to 06:00
    start = at(f"{night}T22:00", BERLIN)

    assert hours.closes_at(place, start) - start == timedelta(hours=lasts)


def test_a_time_of_day_that_does_not_occur_comes_an_hour_late():
    place = Schedule(BERLIN, {7: [(150, 300)]})  # Sunday 02:30 to 05:00
    saturday = at("2026-03-28T12:00", BERLIN)

    assert hours.next_opening(place, saturday) == at("2026-03-29T03:30", BERLIN)


def test_a_time_of_day_that_occurs_twice_is_its_first_occurrence():
    place = Schedule(BERLIN, {7: [(150, 300)]})
    saturday = at("2026-10-24T12:00", BERLIN)

    opens_at = hours.next_opening(place, saturday)
    assert opens_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert hours.closes_at(place, opens_at) - opens_at == timedelta(hours=3, minutes=30)
