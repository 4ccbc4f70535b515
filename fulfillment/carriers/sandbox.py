"""A carrier for demonstrations and tests; its messages follow Standard Webhooks 1.0.0.

{"tracking_number": "SB-1", "scan_id": "1", "status": "delivered",
 "occurred_at": "2026-01-31T09:00:00Z", "place": "Osaka"}
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from fulfillment import vocabulary
from fulfillment.carriers import Scan, UnreadableReport
from oms.kernel import signatures
from oms.kernel.inputs import Word

CODE = "sandbox"


class Report(BaseModel):
    """One sighting, as the sandbox tells it; its `scan_id` counts within the parcel."""

    model_config = ConfigDict(strict=True, frozen=True)

    tracking_number: Word
    scan_id: Word
    status: Word
    occurred_at: AwareDatetime
    place: Word | None = None


class Sandbox:
    """The adapter."""

    def verify(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Check the signature and its time."""
        return signatures.verify(secret=secret(), headers=headers, body=body, now=now)

    def read(self, body: bytes) -> list[Scan]:
        """Read the one sighting of a message."""
        try:
            told = Report.model_validate_json(body)
        except (ValidationError, RecursionError) as error:
            raise UnreadableReport(CODE, str(error)) from None
        return [
            Scan(
                scan_id=f"{told.tracking_number}:{told.scan_id}",
                tracking_number=told.tracking_number,
                carrier_status=told.status,
                status=vocabulary.meaning(CODE, told.status),
                occurred_at=told.occurred_at,
                place=told.place,
            )
        ]

    def sign(self, *, body: bytes, message_id: str, now: datetime) -> dict[str, str]:
        """Sign and date the message."""
        return signatures.sign(secret=secret(), message_id=message_id, body=body, now=now)


CARRIER = Sandbox()


def report(scan: Report, *, now: datetime) -> tuple[dict[str, str], bytes]:
    """Play the carrier: headers and body of the message about one sighting.

    A second call tells the same sighting again, under the same message id.
    """
    body = scan.model_dump_json(exclude_none=True).encode()
    message_id = f"{scan.tracking_number}:{scan.scan_id}"
    headers = CARRIER.sign(body=body, message_id=message_id, now=now)
    return {"content-type": "application/json", **headers}, body


def secret() -> str:
    """Return the `whsec_…` secret shared with the sandbox carrier."""
    return signatures.secret_for(f"carrier:{CODE}")
