"""What single carriers send, word for word."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from fulfillment.carriers import UnreadableReport, easypost, sandbox
from fulfillment.carriers.sandbox import Report
from fulfillment.states import TrackingStatus
from oms.kernel.signatures import InvalidSignature

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
REPORTS = Path(__file__).parent / "reports"
T = TrackingStatus


def test_easypost_signs_as_its_client_libraries_do(monkeypatch):
    """Vector: HMAC-SHA256 of the body under the secret "hush", computed elsewhere."""
    monkeypatch.setenv("OMS_EASYPOST_WEBHOOK_SECRET", "hush")
    body = b'{"test": 2432232314}'
    digest = "192324a2e62af75d17096ef005e8976075b52a199873f2f7c63e61e6bdbacf0e"

    headers = {"x-hmac-signature": f"hmac-sha256-hex={digest}"}

    assert easypost.CARRIER.verify(headers=headers, body=body, now=NOW)
    with pytest.raises(InvalidSignature):
        easypost.CARRIER.verify(headers={"x-hmac-signature": digest}, body=body, now=NOW)


def test_easypost_tells_the_whole_story_every_time(database_url):
    scans = easypost.CARRIER.read((REPORTS / "easypost.json").read_bytes())

    assert [(scan.status, scan.place) for scan in scans] == [
        (T.LABEL_CREATED, None),
        (T.IN_TRANSIT, "SOUTH SAN FRANCISCO, CA, US"),
        (T.IN_TRANSIT, "SOUTH SAN FRANCISCO, CA, US"),
        (T.IN_TRANSIT, "SAN FRANCISCO, CA, US"),
        (T.OUT_FOR_DELIVERY, "SAN FRANCISCO, CA, US"),
        (T.DELIVERED, "SAN FRANCISCO, CA, US"),
    ]
    assert {scan.tracking_number for scan in scans} == {"EZ4000000004"}
    assert scans[1].occurred_at == datetime(2014, 11, 21, 14, 48, tzinfo=UTC)


def test_easypost_news_of_other_things_tells_no_scan():
    assert easypost.CARRIER.read((REPORTS / "easypost_batch.json").read_bytes()) == []


def test_easypost_tracker_without_its_parts_is_unreadable():
    body = json.dumps({"id": "evt_1", "description": "tracker.updated", "result": {}}).encode()

    with pytest.raises(UnreadableReport):
        easypost.CARRIER.read(body)


def test_the_sandbox_speaks_standard_webhooks(database_url):
    scan = Report(tracking_number="SB-1", scan_id="2", status="in_transit", occurred_at=NOW)
    now = datetime.now(UTC)

    headers, body = sandbox.report(scan, now=now)

    Webhook(sandbox.secret()).verify(body, headers)
    assert sandbox.CARRIER.verify(headers=headers, body=body, now=now) == "SB-1:2"
    [told] = sandbox.CARRIER.read(body)
    assert (told.scan_id, told.status, told.occurred_at) == ("SB-1:2", T.IN_TRANSIT, NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_the_sandbox_refuses_what_was_signed_at_another_time(database_url, minutes):
    scan = Report(tracking_number="SB-1", scan_id="2", status="in_transit", occurred_at=NOW)
    headers, body = sandbox.report(scan, now=NOW)

    with pytest.raises(InvalidSignature):
        sandbox.CARRIER.verify(headers=headers, body=body, now=NOW + timedelta(minutes=minutes))


def test_a_word_the_sandbox_does_not_know_is_kept():
    body = json.dumps(
        {
            "tracking_number": "SB-1",
            "scan_id": "1",
            "status": "abducted",
            "occurred_at": "2026-01-31T09:00:00Z",
        }
    ).encode()

    [scan] = sandbox.CARRIER.read(body)

    assert (scan.status, scan.carrier_status) == (T.UNKNOWN, "abducted")
