"""Signatures of incoming webhooks (Standard Webhooks 1.0.0, scheme v1)."""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

from oms.kernel import config
from oms.kernel.errors import Unauthenticated

TOLERANCE_SECONDS = 300
SIGNATURES = 10
TIMESTAMP_DIGITS = 10


class InvalidSignature(Unauthenticated):
    """The message is not signed by who it should be from, or was signed too long ago."""


def secret_for(label: str) -> str:
    """Derive the `whsec_…` secret shared with a sender from this installation's secret."""
    digest = hmac.digest(config.secret(), f"webhooks from {label}".encode(), "sha256")
    return f"whsec_{base64.b64encode(digest).decode()}"


def verify(*, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the id of a message signed within five minutes of `now`.

    Every signature given is compared; several are in use while a secret is changed. Headers are
    found by lower-case name. Raises InvalidSignature.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= TIMESTAMP_DIGITS):
        raise InvalidSignature
    sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    wanted = _signature(secret, message_id, sent_at, body).encode()
    given = headers.get("webhook-signature", "").split(" ")[:SIGNATURES]
    genuine = any(hmac.compare_digest(one.encode(), wanted) for one in given)
    if not (message_id and genuine and abs((now - sent_at).total_seconds()) <= TOLERANCE_SECONDS):
        raise InvalidSignature
    return message_id


def sign(*, secret: str, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that make a message pass as its sender's."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": _signature(secret, message_id, now, body),
    }


def _signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    try:
        return Webhook(secret).sign(message_id, at, body.decode())
    except UnicodeDecodeError:
        raise InvalidSignature from None
