"""Holds, what they are for, and the units that stand reserved for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field

from inventory.holds.states import HoldStatus
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at

_ACTIVE = text("status = 'active'")


class Hold(Versioned, table=True):
    """Stock that a channel keeps for one cart until a moment, or until the cart is ordered.

    `external_id` is the cart; it has one active hold. Whether a hold is over is decided by
    `expires_at` against the clock of the database, not by whether its status says so yet.
    """

    __tablename__ = "hold"
    __table_args__ = (
        Index("ix_hold_cart", "channel_id", "external_id", unique=True, postgresql_where=_ACTIVE),
        Index("ix_hold_due", "expires_at", postgresql_where=_ACTIVE),
        CheckConstraint(
            "(status = 'converted') = (order_id is not null)", name="converted_by_an_order"
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    channel_id: UUID
    external_id: str
    status: HoldStatus = choice(HoldStatus, HoldStatus.ACTIVE)
    payment_method: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    began_at: datetime = moment()
    expires_at: datetime = moment()
    order_id: UUID | None = None
    recorded_at: datetime = recorded_at()


class HoldLine(Table, table=True):
    """Units of one SKU that a cart has."""

    __tablename__ = "hold_line"
    __table_args__ = (
        PrimaryKeyConstraint("hold_id", "sku"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    hold_id: UUID = Field(foreign_key="hold.id")
    sku: str = Field(foreign_key="item.sku")
    quantity: int


class HoldAllocation(Table, table=True):
    """Units of one level that are reserved for a hold as long as it is active.

    `claimed` are the units of the cart, of `claimed_sku`, that they stand for: of a kit its parts
    are reserved, and nothing of what is not tracked. Of a hold that has ended it tells what was
    reserved last.
    """

    __tablename__ = "hold_allocation"
    __table_args__ = (
        PrimaryKeyConstraint("hold_id", "claimed_sku", "sku", "location_id"),
        Index("ix_hold_allocation_level", "sku", "location_id"),
        CheckConstraint("claimed > 0", name="claimed_positive"),
        CheckConstraint("quantity > 0 and quantity % claimed = 0", name="whole_parts"),
    )

    hold_id: UUID = Field(foreign_key="hold.id")
    claimed_sku: str
    sku: str
    location_id: UUID = Field(foreign_key="location.id")
    claimed: int
    quantity: int
