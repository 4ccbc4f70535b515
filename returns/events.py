"""Facts about goods that come back: part of the order's story, or of a blind return's own."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from oms.kernel.events import Event
from returns.models import Return, ReturnLine
from returns.states import Disposition


class Units(BaseModel):
    """Some units of a line of a return; without an order line they came back blind."""

    model_config = ConfigDict(frozen=True)

    return_line_id: UUID
    order_line_id: UUID | None
    sku: str
    quantity: int

    @classmethod
    def of(cls, line: ReturnLine, quantity: int) -> Self:
        """Tell of `quantity` units of a line."""
        return cls(
            return_line_id=line.id,
            order_line_id=line.order_line_id,
            sku=line.sku,
            quantity=quantity,
        )


class Finding(BaseModel):
    """What inspection found of some units, and what they are worth (minor units)."""

    model_config = ConfigDict(frozen=True)

    inspection_id: UUID
    location_id: UUID
    sku: str
    quantity: int
    disposition: Disposition
    refunded: bool
    refund_amount: int


class ReturnRequested(Event, name="return.requested"):
    """Somebody wants to send goods back."""

    return_id: UUID
    order_id: UUID | None
    number: str
    lines: list[Units]


class ReturnApproved(Event, name="return.approved"):
    """The goods may come."""

    return_id: UUID
    order_id: UUID | None
    number: str


class ReturnDeclined(Event, name="return.declined"):
    """The goods are not taken back."""

    return_id: UUID
    order_id: UUID | None
    number: str
    reason: str


class ReturnCancelled(Event, name="return.cancelled"):
    """The goods will not come, and none had."""

    return_id: UUID
    order_id: UUID | None
    number: str


class ReturnReceived(Event, name="return.received"):
    """Goods arrived at a location, not yet inspected."""

    return_id: UUID
    order_id: UUID | None
    number: str
    location_id: UUID
    lines: list[Units]


class ReturnInspected(Event, name="return.inspected"):
    """Somebody looked at received goods and decided what becomes of them."""

    return_id: UUID
    order_id: UUID | None
    number: str
    findings: list[Finding]
    refund_amount: int
    currency: str


class ReturnClosed(Event, name="return.closed"):
    """Nothing more is expected; `lines` are the units that never came."""

    return_id: UUID
    order_id: UUID | None
    number: str
    lines: list[Units]


def subject(found: Return) -> UUID:
    """Return whose story this is: the order's, or the blind return's own."""
    return found.order_id or found.id
