"""Until when a cart holds its stock; pure but for the settings.

A cart holds for minutes and is kept by activity; who pays later (at a konbini, by bank transfer)
holds for days. Either has a limit that it never passes, counted from when the hold began.
"""

from datetime import datetime, timedelta

from oms.kernel.config import settings
from oms.kernel.errors import Rejected


class HoldTooLong(Rejected):
    """Stock cannot be held for so long."""

    seconds: int
    limit_seconds: int


def expiry(
    *, began_at: datetime, now: datetime, payment_method: str | None, seconds: int | None
) -> datetime:
    """Return until when a hold that began at a moment lasts from now on.

    Raises HoldTooLong when `seconds` alone are more than the limit.
    """
    span, limit = _terms(payment_method)
    if seconds is not None:
        if timedelta(seconds=seconds) > limit:
            raise HoldTooLong(seconds, int(limit.total_seconds()))
        span = timedelta(seconds=seconds)
    return min(now + span, began_at + limit)


def _terms(payment_method: str | None) -> tuple[timedelta, timedelta]:
    """Return how long is held for a payment method by itself, and how long at most."""
    given = settings()
    hours = given.hold_payment_hours.get(payment_method or "")
    if hours is None:
        return (
            timedelta(seconds=given.hold_seconds),
            timedelta(seconds=given.hold_limit_seconds),
        )
    return timedelta(hours=hours), timedelta(hours=given.hold_payment_limit_hours)
