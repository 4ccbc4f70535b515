"""Until when a cart holds its stock."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.holds import deadlines
from inventory.holds.deadlines import HoldTooLong

BEGAN = datetime(2025, 3, 1, 9, tzinfo=UTC)


def lasts(method=None, seconds=None, after=timedelta()):
    """Return for how long a hold lasts in all that asks for more time after a while."""
    until = deadlines.expiry(
        began_at=BEGAN, now=BEGAN + after, payment_method=method, seconds=seconds
    )
    return until - BEGAN


def test_a_cart_holds_for_a_quarter_of_an_hour_unless_it_says():
    assert lasts() == timedelta(minutes=15)
    assert lasts("card") == timedelta(minutes=15)
    assert lasts(seconds=60) == timedelta(minutes=1)


def test_who_pays_later_has_the_time_of_the_payment_method():
    assert lasts("konbini") == timedelta(hours=72)
    assert lasts("bank_transfer") == timedelta(hours=168)


def test_activity_prolongs_up_to_the_limit_and_never_beyond():
    assert lasts(after=timedelta(hours=1)) == timedelta(hours=1, minutes=15)
    assert lasts(after=timedelta(hours=23, minutes=59)) == timedelta(hours=24)
    assert lasts("bank_transfer", after=timedelta(days=13)) == timedelta(days=14)


@pytest.mark.parametrize(
    ("method", "limit"), [(None, timedelta(days=1)), ("konbini", timedelta(days=14))]
)
def test_more_than_the_limit_is_refused_with_the_limit(method, limit):
    seconds = int(limit.total_seconds())
    assert lasts(method, seconds) == limit

    with pytest.raises(HoldTooLong) as refused:
        lasts(method, seconds + 1)

    assert refused.value.limit_seconds == seconds
