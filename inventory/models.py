"""What stands where, what of it is promised, and every movement there was."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Computed, Index, Integer, PrimaryKeyConstraint
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, choice, recorded_at


class Reason(StrEnum):
    """Why stock moved: Shopify's words, and ours for what it has no word for.

    `movement_…` are transfers and supply, `reservation_…` are holds.
    """

    CORRECTION = "correction"
    CYCLE_COUNT_AVAILABLE = "cycle_count_available"
    DAMAGED = "damaged"
    MOVEMENT_CANCELED = "movement_canceled"
    MOVEMENT_CREATED = "movement_created"
    MOVEMENT_RECEIVED = "movement_received"
    MOVEMENT_UPDATED = "movement_updated"
    OTHER = "other"
    PROMOTION = "promotion"
    QUALITY_CONTROL = "quality_control"
    RECEIVED = "received"
    RESERVATION_CREATED = "reservation_created"
    RESERVATION_DELETED = "reservation_deleted"
    RESERVATION_UPDATED = "reservation_updated"
    RESTOCK = "restock"
    SAFETY_STOCK = "safety_stock"
    SHRINKAGE = "shrinkage"
    EXPIRED = "expired"
    MOVEMENT_LOST = "movement_lost"
    MOVEMENT_SHIPPED = "movement_shipped"
    ORDER_COMMITTED = "order_committed"
    ORDER_RELEASED = "order_released"
    ORDER_SHIPPED = "order_shipped"
    RECALLED = "recalled"
    RESERVATION_EXPIRED = "reservation_expired"
    SCRAPPED = "scrapped"


class StockLevel(Table, table=True):
    """How many units of one SKU stand at one location, by what they are there for.

    The CHECK is the last word on overselling: whatever the code does, the database refuses to
    promise more than there is. Safety stock only hides units from sale, so it alone may push
    `available` below zero.
    """

    __tablename__ = "stock_level"
    __table_args__ = (
        PrimaryKeyConstraint("sku", "location_id"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("committed >= 0", name="committed_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("safety_stock >= 0", name="safety_stock_not_negative"),
        CheckConstraint("damaged >= 0", name="damaged_not_negative"),
        CheckConstraint("quality_control >= 0", name="quality_control_not_negative"),
        CheckConstraint("incoming >= 0", name="incoming_not_negative"),
        CheckConstraint(
            "committed + reserved <= on_hand - damaged - quality_control", name="never_oversold"
        ),
        Index("ix_stock_level_location", "location_id", "sku"),
        {"postgresql_with": {"fillfactor": "75"}},
    )

    sku: str = Field(foreign_key="item.sku")
    location_id: UUID = Field(foreign_key="location.id")
    on_hand: int = 0
    committed: int = 0
    reserved: int = 0
    safety_stock: int = 0
    damaged: int = 0
    quality_control: int = 0
    incoming: int = 0
    available: int = Field(
        default=None,
        sa_column=Column(
            Integer,
            Computed(
                "on_hand - committed - reserved - safety_stock - damaged - quality_control",
                persisted=True,
            ),
        ),
    )


class StockMovement(Table, table=True):
    """One line of the ledger: by how much each bucket of one level changed, why and by whom.

    Append-only: a trigger refuses UPDATE and DELETE. Counters are the sums of these lines. It is
    kept by month, by ids that bear the moment in which the line was written.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_stock_movement_level", "sku", "location_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    sku: str
    location_id: UUID
    on_hand: int = 0
    committed: int = 0
    reserved: int = 0
    safety_stock: int = 0
    damaged: int = 0
    quality_control: int = 0
    incoming: int = 0
    reason: Reason = choice(Reason)
    reference: str | None = None
    actor: str
    recorded_at: datetime = recorded_at()


class Commitment(Table, table=True):
    """Units of one level promised to one claimant (an order line); it shrinks as they leave.

    `claimed` are the claimant's own units, of `claimed_sku`, that these units stand for: kits and
    their parts differ, of an item that is not tracked no units are held. `quantity` is the same
    multiple of `claimed` as long as the promise lives.
    """

    __tablename__ = "stock_commitment"
    __table_args__ = (
        PrimaryKeyConstraint("claimant_id", "sku", "location_id"),
        Index("ix_stock_commitment_level", "location_id", "sku"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("claimed > 0", name="claimed_positive"),
        CheckConstraint("quantity % claimed = 0", name="whole_parts"),
    )

    claimant_id: UUID
    sku: str
    location_id: UUID
    quantity: int
    claimed_sku: str
    claimed: int
    recorded_at: datetime = recorded_at()
