"""What is said about selling: buffers, rules, and how much may be sold ahead."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at


class RuleKind(StrEnum):
    """What a rule decides: HotWax's words."""

    THRESHOLD = "threshold"
    SAFETY_STOCK = "safety_stock"
    SHIPPING = "shipping"
    PICKUP = "pickup"


COUNTING = frozenset({RuleKind.THRESHOLD, RuleKind.SAFETY_STOCK})
"""Rules that say how many units; the others say yes or no."""


class BacklogKind(StrEnum):
    """Why goods may be sold that are not there: they come again, or for the first time."""

    BACKORDER = "backorder"
    PREORDER = "preorder"


class ChannelBuffer(Table, table=True):
    """Units per SKU and location that a channel must leave on the shelf."""

    __tablename__ = "channel_buffer"
    __table_args__ = (CheckConstraint("units >= 0", name="units_not_negative"),)

    channel_id: UUID = Field(primary_key=True)
    units: int


class SellingRule(Versioned, table=True):
    """One rule of what may be sold where; what it does not name (null) is any.

    A number (`units`) belongs to thresholds and safety stocks, a yes or no (`allowed`) to the
    methods of delivery.
    """

    __tablename__ = "selling_rule"
    __table_args__ = (
        CheckConstraint("units >= 0", name="units_not_negative"),
        CheckConstraint("priority >= 0", name="priority_not_negative"),
        CheckConstraint(
            "(kind in ('threshold', 'safety_stock')) = (units is not null)"
            " and (kind in ('shipping', 'pickup')) = (allowed is not null)",
            name="decides_by_its_kind",
        ),
        Index("ix_selling_rule_active", "kind", postgresql_where=text("active")),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    name: str
    kind: RuleKind = choice(RuleKind)
    priority: int
    item_group: str | None = Field(default=None, foreign_key="item_group.code")
    location_group: str | None = Field(default=None, foreign_key="location_group.code")
    channel_id: UUID | None = None
    units: int | None = None
    allowed: bool | None = None
    active: bool = True
    recorded_at: datetime = recorded_at()


class BacklogLimit(Versioned, table=True):
    """How many units of an item may be owed beyond what is there, by one channel or by all.

    `taken` counts what is owed now; the CHECK is the last word on selling too much ahead.
    """

    __tablename__ = "backlog_limit"
    __table_args__ = (
        UniqueConstraint("sku", "channel_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("taken between 0 and units", name="never_over_limit"),
        CheckConstraint("kind <> 'preorder' or available_at is not null", name="preorder_has_date"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    sku: str = Field(foreign_key="item.sku")
    channel_id: UUID | None = None
    kind: BacklogKind = choice(BacklogKind, BacklogKind.BACKORDER)
    units: int
    taken: int = 0
    available_at: datetime | None = moment(nullable=True)
    open: bool = True
    recorded_at: datetime = recorded_at()


class BacklogClaim(Table, table=True):
    """Units owed to one claimant (an order line) that were not there when it was sold."""

    __tablename__ = "backlog_claim"
    __table_args__ = (
        PrimaryKeyConstraint("claimant_id", "sku"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_backlog_claim_sku", "sku", "channel_id"),
    )

    claimant_id: UUID
    sku: str = Field(foreign_key="item.sku")
    channel_id: UUID
    quantity: int
    recorded_at: datetime = recorded_at()
