"""EasyPost, which speaks for a hundred carriers: `tracker.*` events with a tracker's whole story.

Signed by X-Hmac-Signature: `hmac-sha256-hex=` and the HMAC of the raw body under the webhook
secret in Unicode form NFKD, as in EasyPost's own client libraries (`validate_webhook`).
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from fulfillment import vocabulary
from fulfillment.carriers import Scan, UnreadableReport
from oms.kernel import signatures
from oms.kernel.inputs import Text, Word
from oms.kernel.signatures import InvalidSignature

CODE = "easypost"
HEADER = "x-hmac-signature"
PREFIX = "hmac-sha256-hex="
MAX_SCANS = 1000


class Settings(BaseSettings):
    """What the operator agreed with EasyPost."""

    model_config = SettingsConfigDict(env_prefix="OMS_EASYPOST_", extra="ignore")

    webhook_secret: SecretStr | None = None
    """The secret given to EasyPost with the webhook. None: one derived from ours."""


class Told(BaseModel):
    """A part of a message; EasyPost adds fields over time, so unknown ones are passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Place(Told):
    """Where a parcel was seen, as far as known."""

    city: Text | None = None
    state: Text | None = None
    country: Text | None = None


class Detail(Told):
    """One sighting; it has no id of its own."""

    status: Word
    status_detail: Text | None = None
    message: Text | None = None
    datetime: AwareDatetime
    tracking_location: Place | None = None


class Tracker(Told):
    """A parcel and everything seen of it so far."""

    tracking_code: Word
    carrier: Text | None = None
    tracking_details: list[Detail] = Field(default=[], max_length=MAX_SCANS)


class Head(Told):
    """What every event has: its id, and what it is about."""

    id: Word
    description: Text = ""


class TrackerEvent(Head):
    """News of a tracker, with all of it."""

    result: Tracker


class EasyPost:
    """The adapter."""

    def verify(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Compare the signature; EasyPost dates nothing, so repeats are known by their id."""
        given = headers.get(HEADER, "").encode()
        if not hmac.compare_digest(given, _signature(body).encode()):
            raise InvalidSignature
        try:
            return Head.model_validate_json(body).id
        except (ValidationError, RecursionError):
            return hashlib.sha256(body).hexdigest()

    def read(self, body: bytes) -> list[Scan]:
        """Read every sighting of the tracker; news of batches, refunds … tell none."""
        try:
            if not Head.model_validate_json(body).description.startswith("tracker."):
                return []
            tracker = TrackerEvent.model_validate_json(body).result
        except (ValidationError, RecursionError) as error:
            raise UnreadableReport(CODE, str(error)) from None
        return [_scan(tracker, detail) for detail in tracker.tracking_details]

    def sign(self, *, body: bytes, message_id: str, now: datetime) -> dict[str, str]:
        """Sign the body; the message's id is inside it."""
        return {HEADER: _signature(body)}


CARRIER = EasyPost()


def _scan(tracker: Tracker, detail: Detail) -> Scan:
    return Scan(
        scan_id=_fingerprint(tracker, detail),
        tracking_number=tracker.tracking_code,
        carrier_status=detail.status,
        status=vocabulary.meaning(CODE, detail.status, detail.status_detail),
        occurred_at=detail.datetime,
        place=_place(detail.tracking_location),
    )


def _fingerprint(tracker: Tracker, detail: Detail) -> str:
    """Name a sighting by what it says, for every event repeats those before it."""
    said = (
        tracker.carrier or "",
        tracker.tracking_code,
        detail.datetime.isoformat(),
        detail.status,
        detail.message or "",
        _place(detail.tracking_location) or "",
    )
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:40]


def _place(location: Place | None) -> str | None:
    if location is None:
        return None
    return ", ".join(filter(None, (location.city, location.state, location.country))) or None


def _signature(body: bytes) -> str:
    return PREFIX + hmac.new(_key(), body, hashlib.sha256).hexdigest()


def _key() -> bytes:
    given = Settings().webhook_secret
    shared = given.get_secret_value() if given else signatures.secret_for(f"carrier:{CODE}")
    return unicodedata.normalize("NFKD", shared).encode()
