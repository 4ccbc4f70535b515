"""Carriers: one module each, with the object CARRIER. An adapter translates; it decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from fulfillment.states import TrackingStatus
from oms.kernel import adapters
from oms.kernel.errors import Malformed


class UnreadableReport(Malformed):
    """The carrier's message cannot be understood."""

    carrier: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """One sighting of a parcel.

    `scan_id` is one of a kind among all scans of the carrier, and the same at every telling.
    """

    scan_id: str
    tracking_number: str
    carrier_status: str
    status: TrackingStatus
    occurred_at: datetime
    place: str | None = None


class Carrier(Protocol):
    """What a carrier's adapter can do."""

    def verify(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Return the id of a signed message, the same at every retry. Raises InvalidSignature."""
        ...

    def read(self, body: bytes) -> list[Scan]:
        """Return the scans a message tells; other news has none. Raises UnreadableReport."""
        ...

    def sign(self, *, body: bytes, message_id: str, now: datetime) -> dict[str, str]:
        """Play the carrier: the headers that make a message pass as its own."""
        ...


def codes() -> list[str]:
    """Return the codes of all carriers, sorted."""
    return adapters.codes(__name__)


def load(code: str) -> Carrier:
    """Return a carrier's adapter. Raises UnknownAdapter."""
    carrier: Carrier = adapters.load(__name__, code).CARRIER
    return carrier
