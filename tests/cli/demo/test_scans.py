"""The assumed carrier tells what carriers tell, with their habits."""

from collections import Counter

from oms.cli.demo import scans
from oms.cli.demo.scans import Scan, Word

PARCELS = [(str(536365 + index), parcel) for index in range(1000) for parcel in (0, 1)]


def told(*, is_abroad=False):
    return [scans.scans(number, parcel=parcel, is_abroad=is_abroad) for number, parcel in PARCELS]


def seen(messages):
    """The words in the order of the way, each scan once."""
    return [scan.status for scan in sorted(messages, key=lambda scan: scan.number)]


def test_a_plain_parcel_is_told_from_the_dock_to_the_door():
    assert scans.scans("536365", parcel=0, is_abroad=False) == (
        Scan(0, Word.ACCEPTED, 13_848, 14_376),
        Scan(1, Word.IN_TRANSIT, 76_908, 77_547),
        Scan(2, Word.OUT_FOR_DELIVERY, 105_416, 106_044),
        Scan(3, Word.DELIVERED, 124_033, 124_722),
    )


def test_parcels_of_one_order_travel_apart():
    first, second = (scans.scans("536365", parcel=index, is_abroad=False) for index in (0, 1))

    assert first != second


def test_messages_come_in_the_order_of_telling_and_never_before_the_sight():
    for messages in (*told(), *told(is_abroad=True)):
        times = [scan.told_after_seconds for scan in messages]
        assert times == sorted(times)
        assert all(scan.seen_after_seconds <= scan.told_after_seconds for scan in messages)


def test_on_the_way_time_only_moves_forward():
    for messages in (*told(), *told(is_abroad=True)):
        way = {scan.number: scan.seen_after_seconds for scan in messages}
        sights = [way[number] for number in sorted(way)]
        assert sights == sorted(set(sights))


def test_a_doubled_scan_says_the_same_twice():
    doubled = 0
    for messages in told():
        by_number = {}
        for scan in messages:
            first = by_number.setdefault(scan.number, scan)
            doubled += first is not scan
            assert first.status == scan.status
            assert first.seen_after_seconds == scan.seen_after_seconds
    assert 200 < doubled < 500


def test_some_scans_are_told_after_a_later_one():
    late = sum(
        [scan.number for scan in messages] != sorted(scan.number for scan in messages)
        for messages in told()
    )

    assert 100 < late < 400


def test_a_few_parcels_are_never_heard_of_again():
    lost = [
        messages
        for (number, parcel), messages in zip(PARCELS, told(), strict=True)
        if scans.is_still_moving(number, parcel=parcel)
    ]

    assert 25 < len(lost) < 75
    assert {seen(messages)[-1] for messages in lost} == {Word.IN_TRANSIT}


def test_every_other_parcel_arrives_at_last():
    for (number, parcel), messages in zip(PARCELS, told(), strict=True):
        if not scans.is_still_moving(number, parcel=parcel):
            assert seen(messages)[-1] is Word.DELIVERED


def test_after_a_failed_attempt_the_van_comes_again():
    failed = [seen(messages) for messages in told() if Word.ATTEMPT_FAILED in seen(messages)]

    assert 80 < len(failed) < 160
    for words in failed:
        after = words[words.index(Word.ATTEMPT_FAILED) :]
        assert list(dict.fromkeys(after)) == [
            Word.ATTEMPT_FAILED,
            Word.OUT_FOR_DELIVERY,
            Word.DELIVERED,
        ]


def test_abroad_a_parcel_passes_more_hubs():
    hubs = Counter(
        len({scan.number for scan in messages if scan.status is Word.IN_TRANSIT})
        for messages in told(is_abroad=True)
    )

    assert set(hubs) == {2, 3, 4}
