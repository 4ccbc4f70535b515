"""Locations: what they are and may do, when they are open, their groups, bins and daily counts."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, Range
from sqlmodel import Field

from inventory.places import minutes
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, recorded_at

MINUTES_OF_A_DAY = 1440


class LocationKind(StrEnum):
    """What sort of place holds stock."""

    WAREHOUSE = "warehouse"
    STORE = "store"
    THIRD_PARTY = "third_party"
    SUPPLIER = "supplier"
    VIRTUAL = "virtual"


class Location(Versioned, table=True):
    """A place that holds stock and does work; what its kind cannot do, the CHECKs refuse.

    Minutes are those of its own day. Without `holiday_calendar` the holidays are its country's.
    """

    __tablename__ = "location"
    __table_args__ = (
        CheckConstraint("latitude between -90 and 90", name="latitude_on_earth"),
        CheckConstraint("longitude between -180 and 180", name="longitude_on_earth"),
        CheckConstraint(
            "kind <> 'virtual' or not (ships or pickup or receives_returns or counts)",
            name="virtual_does_nothing",
        ),
        CheckConstraint("kind in ('warehouse', 'store') or not pickup", name="pickup_has_a_door"),
        CheckConstraint("kind <> 'supplier' or not counts", name="suppliers_count_themselves"),
        CheckConstraint("daily_order_capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("handling_minutes between 0 and 43200", name="handling_within_a_month"),
        CheckConstraint("order_cutoff_minute between 0 and 1439", name="cutoff_within_a_day"),
        Index(
            "ix_location_pickup",
            "latitude",
            "longitude",
            postgresql_where=text("active and pickup"),
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: LocationKind = choice(LocationKind, LocationKind.WAREHOUSE)
    country: str
    region: str | None = None
    city: str
    postal_code: str | None = None
    address: str | None = None
    latitude: float
    longitude: float
    time_zone: str = "Asia/Tokyo"
    ships: bool = True
    pickup: bool = False
    receives_returns: bool = True
    counts: bool = True
    daily_order_capacity: int | None = None
    handling_minutes: int = 0
    order_cutoff_minute: int | None = None
    opens_on_holidays: bool = True
    holiday_calendar: str | None = None
    active: bool = True
    recorded_at: datetime = recorded_at()

    @property
    def order_cutoff(self) -> str | None:
        """Return the time of day from which orders are taken up on the next day."""
        cutoff = self.order_cutoff_minute
        return None if cutoff is None else minutes.write(cutoff)

    @property
    def actions(self) -> list[str]:
        """Return what may be done with it now."""
        return ["deactivate"] if self.active else ["activate"]


class WeekdayHours(Table, table=True):
    """When a location is open on one weekday (ISO: Monday is 1), in minutes from its midnight.

    What lasts past midnight runs on beyond 1440. A multirange cannot overlap itself. A location
    without any row is always open; one with some is closed on the weekdays it has none for.
    """

    __tablename__ = "location_hours"
    __table_args__ = (
        PrimaryKeyConstraint("location_id", "weekday"),
        CheckConstraint("weekday between 1 and 7", name="weekday_is_iso"),
        CheckConstraint("open_minutes <@ int4range(0, 2880)", name="minutes_of_a_day"),
    )

    location_id: UUID = Field(foreign_key="location.id")
    weekday: int
    open_minutes: list[Range[int]] = Field(sa_column=Column(INT4MULTIRANGE, nullable=False))


class SpecialDay(Table, table=True):
    """Other hours on one date of a location, or none at all: closed; it outdoes all else."""

    __tablename__ = "location_special_day"
    __table_args__ = (
        PrimaryKeyConstraint("location_id", "day"),
        CheckConstraint("open_minutes <@ int4range(0, 2880)", name="minutes_of_a_day"),
    )

    location_id: UUID = Field(foreign_key="location.id")
    day: date
    open_minutes: list[Range[int]] = Field(sa_column=Column(INT4MULTIRANGE, nullable=False))
    note: str | None = None


class LocationGroup(Versioned, table=True):
    """Locations that rules and routing speak of together."""

    __tablename__ = "location_group"

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    code: str = Field(unique=True)
    name: str
    recorded_at: datetime = recorded_at()


class GroupMember(Table, table=True):
    """A location in a group."""

    __tablename__ = "location_group_member"
    __table_args__ = (
        PrimaryKeyConstraint("group_id", "location_id"),
        ForeignKeyConstraint(["group_id"], ["location_group.id"], ondelete="CASCADE"),
        Index("ix_location_group_member_location", "location_id"),
    )

    group_id: UUID
    location_id: UUID = Field(foreign_key="location.id")


class Bin(Versioned, table=True):
    """A shelf, drawer or floor space within a location.

    A pick walk goes by zone, aisle, `walk_order` and code.
    """

    __tablename__ = "bin"
    __table_args__ = (
        UniqueConstraint("location_id", "code"),
        UniqueConstraint("id", "location_id"),
        CheckConstraint("walk_order >= 0", name="walk_order_not_negative"),
        Index("ix_bin_walk", "location_id", "zone", "aisle", "walk_order", "code"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    location_id: UUID = Field(foreign_key="location.id")
    code: str
    zone: str = ""
    aisle: str = ""
    walk_order: int = 0
    active: bool = True
    recorded_at: datetime = recorded_at()


class BinItem(Table, table=True):
    """A SKU that lies in a bin; it may lie in several."""

    __tablename__ = "bin_item"
    __table_args__ = (
        PrimaryKeyConstraint("bin_id", "sku"),
        ForeignKeyConstraint(["bin_id", "location_id"], ["bin.id", "bin.location_id"]),
        Index("ix_bin_item_sku", "location_id", "sku"),
    )

    bin_id: UUID
    location_id: UUID
    sku: str = Field(foreign_key="item.sku")


class OrdersTaken(Table, table=True):
    """How many orders a location with a daily capacity has taken on one of its days."""

    __tablename__ = "location_orders_taken"
    __table_args__ = (
        PrimaryKeyConstraint("location_id", "day"),
        CheckConstraint("orders >= 0", name="orders_not_negative"),
        {"postgresql_with": {"fillfactor": "75"}},
    )

    location_id: UUID = Field(foreign_key="location.id")
    day: date
    orders: int


class PickRecord(Table, table=True):
    """How many units a location picked and rejected on one of its days."""

    __tablename__ = "location_pick_record"
    __table_args__ = (
        PrimaryKeyConstraint("location_id", "day"),
        CheckConstraint("least(picked, rejected) >= 0", name="units_not_negative"),
        {"postgresql_with": {"fillfactor": "75"}},
    )

    location_id: UUID = Field(foreign_key="location.id")
    day: date
    picked: int = 0
    rejected: int = 0
