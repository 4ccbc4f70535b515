"""What every carrier's adapter keeps; a new file in fulfillment/carriers is tested by existing.

It needs a recorded report of one parcel that was delivered: reports/<code>.json. Those of EasyPost
are from EasyPost/examples (MIT).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fulfillment import carriers
from fulfillment.carriers import UnreadableReport
from fulfillment.states import TrackingStatus
from oms.kernel.adapters import UnknownAdapter
from oms.kernel.signatures import InvalidSignature

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
REPORTS = Path(__file__).parent / "reports"
GARBAGE = [b"", b"null", b"[]", b"{}", b'{"id":1}', b"\xff\xfe", b"[" * 100_000, b'"\\u0000"']


@pytest.fixture(params=carriers.codes())
def code(request, database_url):
    return request.param


@pytest.fixture
def carrier(code):
    return carriers.load(code)


@pytest.fixture
def body(code):
    return (REPORTS / f"{code}.json").read_bytes()


def signed(carrier, body, message_id="msg_1"):
    return carrier.sign(body=body, message_id=message_id, now=NOW)


def test_a_signed_report_is_known_by_the_same_id_at_every_retry(carrier, body):
    first = carrier.verify(headers=signed(carrier, body), body=body, now=NOW)
    again = carrier.verify(headers=signed(carrier, body), body=body, now=NOW + timedelta(minutes=4))

    assert first == again != ""


def test_a_changed_body_is_refused(carrier, body):
    with pytest.raises(InvalidSignature):
        carrier.verify(headers=signed(carrier, body), body=body + b" ", now=NOW)


@pytest.mark.parametrize("damage", ["", "v1,", "v1,,,=é", "{}x", "x{}", "{cut}", "{other}"])
def test_a_changed_signature_is_refused(carrier, body, damage):
    headers = signed(carrier, body)
    name = next(name for name in headers if "signature" in name)
    right, other = headers[name], signed(carrier, b"other")[name]
    headers[name] = damage.format(right, cut=right[:-1], other=other)

    with pytest.raises(InvalidSignature):
        carrier.verify(headers=headers, body=body, now=NOW)


def test_an_unsigned_report_is_refused(carrier, body):
    with pytest.raises(InvalidSignature):
        carrier.verify(headers={}, body=body, now=NOW)


def test_one_carrier_cannot_sign_for_another(carrier, code, body):
    for other in set(carriers.codes()) - {code}:
        with pytest.raises(InvalidSignature):
            carrier.verify(headers=signed(carriers.load(other), body), body=body, now=NOW)


def test_a_recorded_report_tells_of_a_delivery(carrier, body):
    scans = carrier.read(body)

    assert len({scan.tracking_number for scan in scans}) == 1
    assert TrackingStatus.DELIVERED in {scan.status for scan in scans}
    assert TrackingStatus.UNKNOWN not in {scan.status for scan in scans}
    assert all(scan.occurred_at.tzinfo for scan in scans)


def test_scans_keep_their_ids_at_every_telling(carrier, body):
    first, again = carrier.read(body), carrier.read(body)

    assert first == again
    assert len({scan.scan_id for scan in first}) == len(first)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_signed_garbage_is_unreadable_but_has_an_id(carrier, garbage):
    if garbage != b"\xff\xfe":
        assert carrier.verify(headers=signed(carrier, garbage), body=garbage, now=NOW)
    with pytest.raises(UnreadableReport):
        carrier.read(garbage)


def test_an_unknown_carrier_is_not_there():
    with pytest.raises(UnknownAdapter) as refusal:
        carriers.load("pigeon")

    assert refusal.value.known == carriers.codes() == ["easypost", "sandbox"]
