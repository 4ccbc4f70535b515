"""Returns, their lines, what was received where, and what inspection found."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, recorded_at
from returns.states import Disposition, ReturnReason, ReturnStatus


class Return(Versioned, table=True):
    """Goods that are to come back; without an order it is a blind return."""

    __tablename__ = "return"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index("ix_return_order", "order_id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = Field(
        default=None,
        unique=True,
        sa_column_kwargs={"server_default": text("'RMA-' || nextval('return_number')::text")},
    )
    order_id: UUID | None = Field(default=None, foreign_key="order.id")
    channel_id: UUID
    external_id: str | None = None
    currency: str
    status: ReturnStatus = choice(ReturnStatus, ReturnStatus.REQUESTED)
    note: str | None = None
    decline_reason: str | None = None
    recorded_at: datetime = recorded_at()


class ReturnLine(Table, table=True):
    """Units of one order line that are to come back; counters follow goods seen.

    `unit_credit` is the agreed amount per unit of a blind return, minor units. `parts` is what one
    unit puts on the shelves where that is not its own SKU: of a kit its parts, as it was sold.
    """

    __tablename__ = "return_line"
    __table_args__ = (
        UniqueConstraint("return_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("received between 0 and quantity", name="received_was_expected"),
        CheckConstraint("inspected between 0 and received", name="inspected_was_received"),
        CheckConstraint(
            "(order_line_id is null) = (unit_credit is not null)", name="blind_lines_have_a_credit"
        ),
        CheckConstraint("unit_credit >= 0", name="credit_not_negative"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    return_id: UUID = Field(foreign_key="return.id")
    position: int
    order_line_id: UUID | None = Field(default=None, foreign_key="order_line.id", index=True)
    sku: str
    quantity: int
    reason: ReturnReason = choice(ReturnReason, ReturnReason.UNKNOWN)
    unit_credit: int | None = Field(default=None, sa_type=BigInteger)
    received: int = 0
    inspected: int = 0
    parts: dict[str, int] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class Receipt(Table, table=True):
    """Units of a return line that arrived at a location (any location)."""

    __tablename__ = "return_receipt"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("inspected between 0 and quantity", name="inspected_was_received"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    return_line_id: UUID = Field(foreign_key="return_line.id", index=True)
    location_id: UUID = Field(foreign_key="location.id")
    quantity: int
    inspected: int = 0
    actor: str
    recorded_at: datetime = recorded_at()


class Inspection(Table, table=True):
    """What was found of some received units, and what they are worth to the shopper.

    Units that are not `refunded` keep their share of the line for units that will be.
    """

    __tablename__ = "return_inspection"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("refund_amount >= 0", name="refund_not_negative"),
        CheckConstraint("refunded or refund_amount = 0", name="unrefunded_is_free"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    receipt_id: UUID = Field(foreign_key="return_receipt.id", index=True)
    quantity: int
    disposition: Disposition = choice(Disposition)
    refunded: bool = True
    refund_amount: int = Field(default=0, sa_type=BigInteger)
    note: str | None = None
    actor: str
    recorded_at: datetime = recorded_at()
