"""Transfers, their lines, and what became of the units that were under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from inventory.transfers.states import Outcome, TransferStatus
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at


class Transfer(Versioned, table=True):
    """Goods that one location gives to another."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("source_id <> destination_id", name="goes_somewhere"),
        Index("ix_transfer_source", "source_id", "id"),
        Index("ix_transfer_destination", "destination_id", "id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = Field(
        default=None,
        unique=True,
        sa_column_kwargs={"server_default": text("'TR-' || nextval('transfer_number')::text")},
    )
    source_id: UUID = Field(foreign_key="location.id")
    destination_id: UUID = Field(foreign_key="location.id")
    status: TransferStatus = choice(TransferStatus, TransferStatus.DRAFT)
    reference: str | None = None
    note: str | None = None
    cancel_reason: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    expected_at: datetime | None = moment(nullable=True)
    shipped_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()


class TransferLine(Table, table=True):
    """Units of one SKU in a transfer, and how far they have got.

    `reserved` stand at the source, held for it. Of the `shipped` ones those not yet accepted,
    damaged, lost or turned back are under way; of the `turned_back` ones those not yet back, back
    damaged or lost on the way are returning. A surplus is what arrived beyond what was shipped.
    """

    __tablename__ = "transfer_line"
    __table_args__ = (
        UniqueConstraint("transfer_id", "sku"),
        Index("ix_transfer_line_held", "sku", postgresql_where=text("reserved > 0")),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "least(reserved, picked, missing, shipped, accepted, damaged, lost, surplus,"
            " turned_back, back, back_damaged, back_lost) >= 0",
            name="counters_not_negative",
        ),
        CheckConstraint("greatest(reserved, picked + missing) <= quantity", name="as_was_asked"),
        CheckConstraint("shipped in (0, picked)", name="ships_what_was_picked"),
        CheckConstraint(
            "accepted + damaged + lost + turned_back <= shipped", name="arrived_was_shipped"
        ),
        CheckConstraint(
            "back + back_damaged + back_lost <= turned_back", name="back_was_turned_back"
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    transfer_id: UUID = Field(foreign_key="transfer.id")
    sku: str = Field(foreign_key="item.sku")
    quantity: int
    reserved: int = 0
    picked: int = 0
    missing: int = 0
    shipped: int = 0
    accepted: int = 0
    damaged: int = 0
    lost: int = 0
    surplus: int = 0
    turned_back: int = 0
    back: int = 0
    back_damaged: int = 0
    back_lost: int = 0

    @property
    def under_way(self) -> int:
        """Count the units on the road to the destination."""
        return self.shipped - self.accepted - self.damaged - self.lost - self.turned_back

    @property
    def returning(self) -> int:
        """Count the units on the road back to the source."""
        return self.turned_back - self.back - self.back_damaged - self.back_lost


class TransferReceipt(Table, table=True):
    """What became of some units that were under way: where, who saw it, and why."""

    __tablename__ = "transfer_receipt"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("outcome = 'accepted' or reason is not null", name="trouble_has_a_reason"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    transfer_line_id: UUID = Field(foreign_key="transfer_line.id", index=True)
    location_id: UUID = Field(foreign_key="location.id")
    outcome: Outcome = choice(Outcome)
    quantity: int
    reason: str | None = None
    note: str | None = None
    actor: str
    recorded_at: datetime = recorded_at()
