"""Lots and serial numbers, where their units are, and every movement of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field

from inventory.tracing.states import LotStatus, SerialStatus
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, recorded_at


class Lot(Versioned, table=True):
    """Units of one SKU that were made together.

    The one lot of a SKU without a code holds the units of which nobody knows the lot. A lot is
    good to the end of `expires_on`, by the day of the place where its units stand.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("sku", "code", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "code is not null or coalesce(expires_on, made_on) is null",
            name="unknown_has_no_dates",
        ),
        CheckConstraint("made_on <= expires_on", name="made_before_it_expires"),
        CheckConstraint("(status = 'open') = (reason is null)", name="held_with_reason"),
        Index("ix_lot_expiry", "expires_on", postgresql_where=text("status = 'open'")),
        Index("ix_lot_held", "id", postgresql_where=text("status <> 'open'")),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    sku: str = Field(foreign_key="item.sku")
    code: str | None = None
    expires_on: date | None = None
    made_on: date | None = None
    supplier_reference: str | None = None
    status: LotStatus = choice(LotStatus, LotStatus.OPEN)
    reason: str | None = None
    recorded_at: datetime = recorded_at()


class LotStock(Table, table=True):
    """How many units of a lot stand at one location; over its lots they are the level's on_hand.

    `picked` units lie in the work of somebody, `damaged` and `quality_control` are not for sale;
    what is left of on_hand is free to be picked.
    """

    __tablename__ = "lot_stock"
    __table_args__ = (
        PrimaryKeyConstraint("lot_id", "location_id"),
        CheckConstraint("least(picked, damaged, quality_control) >= 0", name="never_negative"),
        CheckConstraint("picked + damaged + quality_control <= on_hand", name="parts_of_on_hand"),
        Index("ix_lot_stock_level", "sku", "location_id"),
    )

    lot_id: UUID = Field(foreign_key="lot.id")
    location_id: UUID = Field(foreign_key="location.id")
    sku: str
    on_hand: int = 0
    picked: int = 0
    damaged: int = 0
    quality_control: int = 0

    @property
    def free(self) -> int:
        """Return how many units may be picked."""
        return self.on_hand - self.picked - self.damaged - self.quality_control


class LotMovement(Table, table=True):
    """One line of the ledger of lots, on the same paper as the movement of the stock.

    `assumed` lines are our guess where nobody said which lot moved: units come in without a lot,
    and the earliest to expire go out. `claimant_id` is the order line that got the units or sent
    them back. Append-only: a trigger refuses UPDATE and DELETE.
    """

    __tablename__ = "lot_movement"
    __table_args__ = (
        Index("ix_lot_movement_lot", "lot_id", "id"),
        Index("ix_lot_movement_paper", "reference", "sku"),
        Index(
            "ix_lot_movement_claimant",
            "claimant_id",
            postgresql_where=text("claimant_id is not null"),
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    sku: str
    location_id: UUID
    on_hand: int = 0
    damaged: int = 0
    quality_control: int = 0
    reason: str
    reference: str | None = None
    claimant_id: UUID | None = None
    assumed: bool = False
    actor: str
    recorded_at: datetime = recorded_at()


class LotPick(Table, table=True):
    """Units of a lot taken from the shelf for one claimant (an order line) in some work."""

    __tablename__ = "lot_pick"
    __table_args__ = (
        PrimaryKeyConstraint("work_id", "claimant_id", "lot_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_lot_pick_stock", "lot_id", "location_id"),
    )

    work_id: UUID
    claimant_id: UUID
    lot_id: UUID = Field(foreign_key="lot.id")
    location_id: UUID
    quantity: int
    assumed: bool = False


class Serial(Versioned, table=True):
    """One unit that can be told from all others of its SKU.

    Until it is shipped or scrapped it counts in the on_hand of its location. `claimant_id` is
    the order line that has it, `work_id` the work it was picked for.
    """

    __tablename__ = "serial"
    __table_args__ = (
        UniqueConstraint("sku", "code"),
        CheckConstraint(
            "(status in ('in_stock', 'picked', 'returned')) = (location_id is not null)",
            name="somewhere_or_gone",
        ),
        CheckConstraint(
            "status not in ('picked', 'shipped') or claimant_id is not null",
            name="claimed_when_picked",
        ),
        Index("ix_serial_level", "sku", "location_id"),
        Index("ix_serial_work", "work_id", postgresql_where=text("work_id is not null")),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    sku: str = Field(foreign_key="item.sku")
    code: str
    status: SerialStatus = choice(SerialStatus, SerialStatus.IN_STOCK)
    location_id: UUID | None = Field(default=None, foreign_key="location.id")
    lot_id: UUID | None = Field(default=None, foreign_key="lot.id")
    claimant_id: UUID | None = None
    work_id: UUID | None = None
    recorded_at: datetime = recorded_at()


class SerialMovement(Table, table=True):
    """One step in the life of a unit. Append-only: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "serial_movement"
    __table_args__ = (
        Index("ix_serial_movement_serial", "serial_id", "id"),
        Index("ix_serial_movement_paper", "reference"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    serial_id: UUID = Field(foreign_key="serial.id")
    status: SerialStatus = choice(SerialStatus)
    location_id: UUID | None = None
    reference: str | None = None
    claimant_id: UUID | None = None
    actor: str
    recorded_at: datetime = recorded_at()


class SerialStock(Table, table=True):
    """Units at a level of which nobody has read the serial number.

    Negative when more serial numbers should be there than units are: some have gone unread.
    """

    __tablename__ = "serial_stock"
    __table_args__ = (PrimaryKeyConstraint("sku", "location_id"),)

    sku: str = Field(foreign_key="item.sku")
    location_id: UUID = Field(foreign_key="location.id")
    unread: int


class RemainingLife(Table, table=True):
    """How many days a lot must still be good when a channel promises or ships its units."""

    __tablename__ = "remaining_life"
    __table_args__ = (CheckConstraint("days >= 0", name="days_not_negative"),)

    channel_id: UUID = Field(primary_key=True)
    days: int
