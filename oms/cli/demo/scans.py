"""The carrier's assumed scans of one parcel, with what carriers really do to those who listen.

Scans come twice, come late and so out of order; sometimes nobody is at home; a few parcels are
still on the way when the demonstration ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from oms.cli.demo import chances

HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS

# Of a thousand parcels:
STILL_MOVING_PER_MILLE = 25
ATTEMPT_FAILED_PER_MILLE = 60
# Of a thousand scans:
DOUBLED_PER_MILLE = 40
LATE_PER_MILLE = 40
# A late scan is told this long after the parcel was seen, at least and at most.
LATE_SECONDS = (DAY_SECONDS, 3 * DAY_SECONDS)
# Any other scan is told at once: within a quarter of an hour.
PROMPT_SECONDS = 900


class Word(StrEnum):
    """What a scan says about the parcel."""

    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Scan:
    """One message of the carrier. Seconds count from the handover of the parcel.

    A doubled scan is told twice under the same number; the parcel was seen once.
    """

    number: int
    status: Word
    seen_after_seconds: int
    told_after_seconds: int


def scans(invoice: str, *, parcel: int, is_abroad: bool) -> tuple[Scan, ...]:
    """The messages about the parcel of that index in the order in which they are told."""
    told: list[Scan] = []
    for number, (status, seen) in enumerate(_journey(invoice, parcel, is_abroad=is_abroad)):
        names = (invoice, parcel, number)
        delay = chances.draw(PROMPT_SECONDS, "prompt", *names)
        if chances.happens(LATE_PER_MILLE, "late", *names):
            delay = chances.between(*LATE_SECONDS, "delay", *names)
        told.append(Scan(number, status, seen, seen + delay))
        if chances.happens(DOUBLED_PER_MILLE, "doubled", *names):
            again = seen + delay + chances.between(1, HOUR_SECONDS, "again", *names)
            told.append(Scan(number, status, seen, again))
    return tuple(sorted(told, key=lambda scan: (scan.told_after_seconds, scan.number)))


def is_still_moving(invoice: str, *, parcel: int) -> bool:
    """Whether the parcel is never heard of again after its last transit scan."""
    return chances.happens(STILL_MOVING_PER_MILLE, "moving", invoice, parcel)


def _journey(invoice: str, parcel: int, *, is_abroad: bool) -> Iterator[tuple[Word, int]]:
    """What is seen on the way and after how many seconds, in the order of the way."""
    hubs = chances.between(2, 4, "hubs", invoice, parcel) if is_abroad else 1
    seen = chances.between(HOUR_SECONDS, 4 * HOUR_SECONDS, "accepted", invoice, parcel)
    yield Word.ACCEPTED, seen
    for hub in range(hubs):
        seen += _hop_seconds(invoice, parcel, hub, is_abroad=is_abroad)
        yield Word.IN_TRANSIT, seen
    if is_still_moving(invoice, parcel=parcel):
        return
    seen += chances.between(4 * HOUR_SECONDS, 20 * HOUR_SECONDS, "van", invoice, parcel)
    yield Word.OUT_FOR_DELIVERY, seen
    if chances.happens(ATTEMPT_FAILED_PER_MILLE, "nobody home", invoice, parcel):
        yield Word.ATTEMPT_FAILED, seen + 4 * HOUR_SECONDS
        seen += DAY_SECONDS
        yield Word.OUT_FOR_DELIVERY, seen
    seen += chances.between(HOUR_SECONDS, 8 * HOUR_SECONDS, "door", invoice, parcel)
    yield Word.DELIVERED, seen


def _hop_seconds(invoice: str, parcel: int, hub: int, *, is_abroad: bool) -> int:
    longest = 2 * DAY_SECONDS if is_abroad else 20 * HOUR_SECONDS
    return chances.between(6 * HOUR_SECONDS, longest, "hop", invoice, parcel, hub)
