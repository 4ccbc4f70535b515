"""Purchase orders, shipping notices, and what was received against them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from inventory.supply.states import DiscrepancyKind, NoticeStatus, PurchaseStatus
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at


def _number(prefix: str, sequence: str) -> Any:  # noqa: ANN401 -- SQLModel's Field has no better type
    return Field(
        default=None,
        unique=True,
        sa_column_kwargs={"server_default": text(f"'{prefix}-' || nextval('{sequence}')::text")},
    )


class PurchaseOrder(Versioned, table=True):
    """What was bought of a supplier, to be brought to one location.

    More than was ordered is accepted up to `over_tolerance_percent`.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("supplier", "external_id"),
        CheckConstraint("over_tolerance_percent between 0 and 100", name="tolerance_is_percent"),
        Index("ix_purchase_order_location", "location_id", "id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = _number("PO", "purchase_order_number")
    supplier: str
    external_id: str | None = None
    location_id: UUID = Field(foreign_key="location.id")
    status: PurchaseStatus = choice(PurchaseStatus, PurchaseStatus.DRAFT)
    over_tolerance_percent: int = 0
    note: str | None = None
    reason: str | None = None
    ordered_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()


class PurchaseLine(Table, table=True):
    """Units of one SKU on a purchase order, and what became of them.

    `due` units are still to come: the level of the order's location counts them as incoming.
    `expected_at` is by when they are there; the cost is of one unit, in minor units.
    """

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "position"),
        CheckConstraint(
            "least(ordered, due, accepted, damaged, quality_control, closed) >= 0",
            name="counters_not_negative",
        ),
        CheckConstraint(
            "due = 0 or due = ordered - accepted - damaged - quality_control - closed",
            name="due_is_outstanding",
        ),
        CheckConstraint(
            "(unit_cost_amount is null) = (unit_cost_currency is null)", name="cost_has_currency"
        ),
        CheckConstraint("unit_cost_amount >= 0", name="cost_not_negative"),
        Index("ix_purchase_order_line_due", "sku", "expected_at", postgresql_where=text("due > 0")),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    purchase_order_id: UUID = Field(foreign_key="purchase_order.id")
    position: int
    sku: str = Field(foreign_key="item.sku")
    ordered: int
    due: int = 0
    accepted: int = 0
    damaged: int = 0
    quality_control: int = 0
    closed: int = 0
    expected_at: datetime | None = moment(nullable=True)
    unit_cost_amount: int | None = Field(default=None, sa_type=BigInteger)
    unit_cost_currency: str | None = None

    @property
    def received(self) -> int:
        """Return how many units came, in whatever condition."""
        return self.accepted + self.damaged + self.quality_control


class ShippingNotice(Versioned, table=True):
    """What a supplier says is on one truck."""

    __tablename__ = "shipping_notice"
    __table_args__ = (
        UniqueConstraint("supplier", "external_id"),
        Index("ix_shipping_notice_purchase_order", "purchase_order_id", "id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = _number("ASN", "shipping_notice_number")
    purchase_order_id: UUID = Field(foreign_key="purchase_order.id")
    supplier: str
    external_id: str | None = None
    status: NoticeStatus = choice(NoticeStatus, NoticeStatus.ANNOUNCED)
    carrier: str | None = None
    tracking_number: str | None = None
    expected_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()


class NoticeLine(Table, table=True):
    """Units of one SKU that are said to be on the truck."""

    __tablename__ = "shipping_notice_line"
    __table_args__ = (
        UniqueConstraint("notice_id", "sku"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("received >= 0", name="received_not_negative"),
        Index(
            "ix_shipping_notice_line_coming",
            "sku",
            postgresql_where=text("received < quantity"),
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    notice_id: UUID = Field(foreign_key="shipping_notice.id")
    sku: str = Field(foreign_key="item.sku")
    quantity: int
    received: int = 0


class SupplyReceipt(Table, table=True):
    """One time that goods of a purchase order were unloaded and looked at."""

    __tablename__ = "supply_receipt"
    __table_args__ = (Index("ix_supply_receipt_purchase_order", "purchase_order_id", "id"),)

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = _number("GR", "supply_receipt_number")
    purchase_order_id: UUID = Field(foreign_key="purchase_order.id")
    notice_id: UUID | None = Field(default=None, foreign_key="shipping_notice.id")
    location_id: UUID = Field(foreign_key="location.id")
    reference: str | None = None
    actor: str
    recorded_at: datetime = recorded_at()


class SupplyReceiptLine(Table, table=True):
    """Units that went into stock with a receipt; without a line they were on no paper."""

    __tablename__ = "supply_receipt_line"
    __table_args__ = (
        Index("ix_supply_receipt_line_receipt", "receipt_id"),
        Index("ix_supply_receipt_line_purchase_line", "purchase_line_id"),
        CheckConstraint("least(accepted, damaged, quality_control) >= 0", name="not_negative"),
        CheckConstraint("accepted + damaged + quality_control > 0", name="something_came"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    receipt_id: UUID = Field(foreign_key="supply_receipt.id")
    purchase_line_id: UUID | None = Field(default=None, foreign_key="purchase_order_line.id")
    sku: str = Field(foreign_key="item.sku")
    accepted: int = 0
    damaged: int = 0
    quality_control: int = 0


class Discrepancy(Table, table=True):
    """How goods differed from their paper: what a claim on the supplier is made of.

    The SKU is what was read on the goods; it need not be one we know.
    """

    __tablename__ = "supply_discrepancy"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_supply_discrepancy_purchase_order", "purchase_order_id", "id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    purchase_order_id: UUID = Field(foreign_key="purchase_order.id")
    receipt_id: UUID | None = Field(default=None, foreign_key="supply_receipt.id")
    kind: DiscrepancyKind = choice(DiscrepancyKind)
    sku: str
    quantity: int
    note: str | None = None
    actor: str
    recorded_at: datetime = recorded_at()
