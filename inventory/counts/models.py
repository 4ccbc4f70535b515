"""Counts, what is to be counted, what people found, and when a level was counted last."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field

from inventory.catalog.vocabulary import AbcClass
from inventory.counts.states import CountStatus
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at


class StockCount(Versioned, table=True):
    """Some SKUs of one location that people count.

    `counters` different people count each line. What differs by no more than the limits is booked
    without a review; without limits everything is reviewed.
    """

    __tablename__ = "stock_count"
    __table_args__ = (
        Index("ix_stock_count_location", "location_id", "id"),
        CheckConstraint("counters > 0", name="counters_positive"),
        CheckConstraint("round > 0", name="counts_from_one"),
        CheckConstraint("limit_units >= 0", name="limit_units_not_negative"),
        CheckConstraint("limit_percent between 0 and 100", name="limit_percent_is_one"),
        CheckConstraint("(status = 'approved') = (approved_at is not null)", name="approved_once"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = Field(
        default=None,
        unique=True,
        sa_column_kwargs={"server_default": text("'CT-' || nextval('stock_count_number')::text")},
    )
    location_id: UUID = Field(foreign_key="location.id")
    status: CountStatus = choice(CountStatus, CountStatus.OPEN)
    blind: bool = True
    counters: int = 1
    round: int = 1
    limit_units: int | None = None
    limit_percent: int | None = None
    note: str | None = None
    cause: str | None = Field(default=None, unique=True)
    opened_by: str
    approved_by: str | None = None
    approved_at: datetime | None = moment(nullable=True)
    cancel_reason: str | None = None
    recorded_at: datetime = recorded_at()


class CountLine(Table, table=True):
    """One SKU of a count, and what came out: `delta` is what approval booked.

    Entries of earlier rounds than its `round` do not count any more.
    """

    __tablename__ = "stock_count_line"
    __table_args__ = (
        UniqueConstraint("count_id", "sku"),
        Index("ix_stock_count_line_sku", "sku"),
        CheckConstraint("round > 0", name="counts_from_one"),
        CheckConstraint("counted >= 0", name="counted_not_negative"),
        CheckConstraint("num_nonnulls(counted, delta, counted_at) in (0, 3)", name="booked_whole"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    count_id: UUID = Field(foreign_key="stock_count.id")
    sku: str = Field(foreign_key="item.sku")
    round: int = 1
    counted: int | None = None
    delta: int | None = None
    counted_at: datetime | None = moment(nullable=True)


class CountEntry(Table, table=True):
    """All units of a SKU that somebody found at the location, in whatever condition.

    `on_hand` and `picked` are what the books said at `counted_at`: picked units have left the
    shelf and not yet the books.
    """

    __tablename__ = "stock_count_entry"
    __table_args__ = (
        Index("ix_stock_count_entry_line", "line_id", "id"),
        CheckConstraint("least(units, on_hand, picked) >= 0", name="units_not_negative"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    line_id: UUID = Field(foreign_key="stock_count_line.id")
    round: int
    counter: str
    counter_id: UUID | None = None
    units: int
    on_hand: int
    picked: int
    note: str | None = None
    counted_at: datetime = moment()

    @property
    def expected(self) -> int:
        """Return how many units should have been on the shelf."""
        return self.on_hand - self.picked


class CountPlan(Versioned, table=True):
    """Every SKU of a class that stands at a location is counted every so many days.

    Each day a count of at most `most_lines` of those that wait longest is opened.
    """

    __tablename__ = "count_plan"
    __table_args__ = (
        PrimaryKeyConstraint("location_id", "abc_class"),
        CheckConstraint("every_days > 0", name="every_days_positive"),
        CheckConstraint("most_lines > 0", name="most_lines_positive"),
        CheckConstraint("counters > 0", name="counters_positive"),
        CheckConstraint("limit_units >= 0", name="limit_units_not_negative"),
        CheckConstraint("limit_percent between 0 and 100", name="limit_percent_is_one"),
    )

    location_id: UUID = Field(foreign_key="location.id")
    abc_class: AbcClass = choice(AbcClass)
    every_days: int
    most_lines: int
    blind: bool = True
    counters: int = 1
    limit_units: int | None = None
    limit_percent: int | None = None
    active: bool = True


class StockCounted(Table, table=True):
    """When the units of a level were counted last, by a count that was approved."""

    __tablename__ = "stock_counted"
    __table_args__ = (PrimaryKeyConstraint("sku", "location_id"),)

    sku: str = Field(foreign_key="item.sku")
    location_id: UUID = Field(foreign_key="location.id")
    counted_at: datetime = moment()
