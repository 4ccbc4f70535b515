"""Facts about transfers. Their subject is the transfer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inventory.transfers.states import Outcome, TransferReason
from oms.kernel.events import Event


class Moved(BaseModel):
    """Units of one SKU that a transfer moves."""

    model_config = ConfigDict(frozen=True)

    sku: str
    quantity: int


class Arrived(BaseModel):
    """Units of one SKU that were under way, what became of them and why."""

    model_config = ConfigDict(frozen=True)

    sku: str
    outcome: Outcome
    quantity: int
    reason: TransferReason | None = None


class TransferRequested(Event, name="transfer.requested"):
    """Somebody asks for goods of another location."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    lines: list[Moved]


class TransferReady(Event, name="transfer.ready"):
    """The source holds the goods for the transfer; they can be promised to nobody else."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    lines: list[Moved]


class TransferPicked(Event, name="transfer.picked"):
    """The goods were taken from the shelf; `lines` are the units found."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    lines: list[Moved]


class TransferReduced(Event, name="transfer.reduced"):
    """A count found too little on the shelf; `lines` are the units no longer held for it."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    lines: list[Moved]


class TransferShipped(Event, name="transfer.shipped"):
    """The goods left the source and are under way."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    expected_at: datetime | None
    lines: list[Moved]


class TransferReceived(Event, name="transfer.received"):
    """Goods reached the destination, or are known not to; `complete` when none is under way."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    complete: bool
    lines: list[Arrived]


class TransferReturned(Event, name="transfer.returned"):
    """Goods came back to the source, or are known not to; `complete` when none is under way."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    complete: bool
    lines: list[Arrived]


class TransferCancelled(Event, name="transfer.cancelled"):
    """The transfer is not wanted any more; `lines` are the units it held or turned back."""

    transfer_id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    reason: str | None
    lines: list[Moved]
