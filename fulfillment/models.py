"""Work for one location, the parcels it makes, and every scan of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from fulfillment.states import TrackingStatus, WorkStatus
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at


class FulfillmentOrder(Versioned, table=True):
    """Work for one location: goods of one order to pick, pack and ship."""

    __tablename__ = "fulfillment_order"
    __table_args__ = (
        Index("ix_fulfillment_order_order", "order_id", "location_id"),
        Index("ix_fulfillment_order_location", "location_id", "order_id"),
        Index(
            "ix_fulfillment_order_queue",
            "location_id",
            "id",
            postgresql_where=text("status in ('open', 'accepted', 'picked', 'packed')"),
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = Field(
        default=None,
        unique=True,
        sa_column_kwargs={
            "server_default": text("'FO-' || nextval('fulfillment_order_number')::text")
        },
    )
    order_id: UUID
    order_number: str
    channel_id: UUID
    location_id: UUID = Field(foreign_key="location.id")
    status: WorkStatus = choice(WorkStatus, WorkStatus.OPEN)
    ship_to: dict[str, Any] = Field(sa_type=JSONB)
    reason: str | None = None
    recorded_at: datetime = recorded_at()


class FulfillmentLine(Table, table=True):
    """Units of one order line in the work of one location."""

    __tablename__ = "fulfillment_line"
    __table_args__ = (
        UniqueConstraint("fulfillment_order_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "rejected >= 0 and picked >= 0 and picked + rejected <= quantity",
            name="units_conserved",
        ),
        CheckConstraint("shipped between 0 and picked", name="ships_what_was_picked"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    fulfillment_order_id: UUID = Field(foreign_key="fulfillment_order.id")
    order_line_id: UUID = Field(index=True)
    sku: str
    name: str
    quantity: int
    parts: dict[str, int] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    picked: int = 0
    rejected: int = 0
    shipped: int = 0


class Shipment(Versioned, table=True):
    """A parcel we handed over; what the carrier says of it is `tracking_status`, apart."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("carrier", "tracking_number"),
        Index("ix_shipment_order", "order_id"),
        Index("ix_shipment_tracking_number", "tracking_number"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    fulfillment_order_id: UUID = Field(foreign_key="fulfillment_order.id", unique=True)
    order_id: UUID
    channel_id: UUID
    location_id: UUID = Field(foreign_key="location.id")
    carrier: str
    tracking_number: str
    tracking_status: TrackingStatus = choice(TrackingStatus, TrackingStatus.LABEL_CREATED)
    tracking_at: datetime | None = moment(nullable=True)
    shipped_at: datetime = moment()
    delivered_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()


class ShipmentLine(Table, table=True):
    """Units of one order line in one parcel."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        UniqueConstraint("shipment_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    shipment_id: UUID = Field(foreign_key="shipment.id")
    order_line_id: UUID = Field(index=True)
    sku: str
    quantity: int


class TrackingScan(Table, table=True):
    """One scan as the carrier reported it. Every scan is kept, also late and foreign ones."""

    __tablename__ = "tracking_scan"
    __table_args__ = (
        UniqueConstraint("carrier", "scan_id"),
        Index("ix_tracking_scan_parcel", "carrier", "tracking_number"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    carrier: str
    scan_id: str
    tracking_number: str
    shipment_id: UUID | None = Field(default=None, foreign_key="shipment.id", index=True)
    status: TrackingStatus = choice(TrackingStatus)
    carrier_status: str
    place: str | None = None
    occurred_at: datetime = moment()
    recorded_at: datetime = recorded_at()
