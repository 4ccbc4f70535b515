"""Items, and what they are called, made of, packed in and grouped by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from inventory.catalog.vocabulary import AbcClass, IdentifierKind, Temperature
from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, recorded_at

MAX_UNITS_PER_PACK = 100_000

WORD = "~ '^[a-z][a-z0-9_]{0,39}$'"


def _sought() -> Column[str]:
    """Make a column with the name as it is looked for: one width, one case, byte order."""
    folded = "lower(normalize(name::text, NFKC))"
    return Column(String(collation="C"), Computed(folded, persisted=True))


class Item(Versioned, table=True):
    """Something that is sold and stocked, known by its SKU.

    A kit is sold as one and consumed as parts; it holds no stock of its own. What is not tracked
    is always there to be sold and never takes stock. Neither can be taken back once stock may
    stand: a trigger refuses to change `kit`, and to set `tracked` to false.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("sku", "kit"),
        CheckConstraint("weight_grams >= 0", name="weight_not_negative"),
        CheckConstraint(
            "num_nulls(length_millimetres, width_millimetres, height_millimetres) IN (0, 3)",
            name="size_whole",
        ),
        CheckConstraint(
            "least(length_millimetres, width_millimetres, height_millimetres) > 0",
            name="size_positive",
        ),
        CheckConstraint(f"tax_class {WORD}", name="tax_class_is_word"),
        CheckConstraint(f"return_class {WORD}", name="return_class_is_word"),
        CheckConstraint(
            "tracked OR NOT (lot_tracked OR expiry_tracked OR serial_tracked OR kit)",
            name="untracked_has_no_stock_to_trace",
        ),
        CheckConstraint(
            "NOT kit OR NOT (lot_tracked OR expiry_tracked OR serial_tracked)",
            name="kit_has_no_stock_to_trace",
        ),
        Index("ix_item_sought", "sought", "sku"),
        Index("ix_item_active", "active", "sku"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    sku: str = Field(unique=True)
    name: str
    unit: str = "piece"
    weight_grams: int = 0
    length_millimetres: int | None = None
    width_millimetres: int | None = None
    height_millimetres: int | None = None
    tax_class: str = "standard"
    return_class: str = "standard"
    temperature: Temperature = choice(Temperature, Temperature.AMBIENT)
    hazardous: bool = False
    oversize: bool = False
    kit: bool = False
    tracked: bool = True
    lot_tracked: bool = False
    expiry_tracked: bool = False
    serial_tracked: bool = False
    abc_class: AbcClass = choice(AbcClass, AbcClass.C)
    active: bool = True
    recorded_at: datetime = recorded_at()
    sought: str = Field(default=None, sa_column=_sought())


class ItemName(Table, table=True):
    """What an item is called in one language, by its BCP 47 tag."""

    __tablename__ = "item_name"
    __table_args__ = (
        PrimaryKeyConstraint("sku", "language"),
        Index("ix_item_name_sought", "language", "sought", "sku"),
    )

    sku: str = Field(foreign_key="item.sku")
    language: str
    name: str
    sought: str = Field(default=None, sa_column=_sought())


class ItemPack(Table, table=True):
    """So many units of an item that are handled as one: an inner of 6, a case of 12.

    Once a document has used a pack, it means the same for ever: a trigger refuses to change
    `units` then. A pack that is not used any more is retired, and its code stays taken.
    """

    __tablename__ = "item_pack"
    __table_args__ = (
        PrimaryKeyConstraint("sku", "code"),
        CheckConstraint(f"units BETWEEN 2 AND {MAX_UNITS_PER_PACK}", name="units_sensible"),
    )

    sku: str = Field(foreign_key="item.sku")
    code: str
    units: int
    used: bool = False
    active: bool = True


class ItemIdentifier(Table, table=True):
    """A code by which an item, or one pack of it, is found.

    `sought` is what is compared: a GTIN with zeros before it to 14 digits, since a UPC of 12
    digits and the EAN of 13 with a zero before it are the same number (GS1 General
    Specifications, 3.3.2); any other code as it is.
    """

    __tablename__ = "item_identifier"
    __table_args__ = (
        PrimaryKeyConstraint("kind", "sought", "supplier"),
        ForeignKeyConstraint(["sku", "pack"], ["item_pack.sku", "item_pack.code"]),
        CheckConstraint("(kind = 'supplier') = (supplier <> '')", name="supplier_of_supplier_code"),
        CheckConstraint("kind <> 'gtin' OR sought ~ '^[0-9]{14}$'", name="gtin_of_14_digits"),
        Index("ix_item_identifier_sku", "sku"),
        Index("ix_item_identifier_value", "value", "kind", "supplier"),
    )

    kind: IdentifierKind = choice(IdentifierKind)
    sought: str = Field(sa_type=String(collation="C"))
    supplier: str = ""
    sku: str = Field(foreign_key="item.sku")
    value: str = Field(sa_type=String(collation="C"))
    pack: str | None = None


class ItemComponent(Table, table=True):
    """How many units of an item are in one unit of a kit.

    The foreign keys carry what the two are: the database itself refuses a kit within a kit.
    """

    __tablename__ = "item_component"
    __table_args__ = (
        PrimaryKeyConstraint("kit_sku", "sku"),
        ForeignKeyConstraint(["kit_sku", "of_kit"], ["item.sku", "item.kit"]),
        ForeignKeyConstraint(["sku", "is_kit"], ["item.sku", "item.kit"]),
        CheckConstraint("of_kit AND NOT is_kit", name="no_kit_in_a_kit"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_item_component_sku", "sku"),
    )

    kit_sku: str
    sku: str
    quantity: int
    of_kit: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    is_kit: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class ItemGroup(Table, table=True):
    """A group of items that rules speak of: a category, a brand, a season."""

    __tablename__ = "item_group"

    code: str = Field(primary_key=True)
    name: str
    recorded_at: datetime = recorded_at()


class ItemGroupMember(Table, table=True):
    """An item that belongs to a group."""

    __tablename__ = "item_group_member"
    __table_args__ = (
        PrimaryKeyConstraint("group_code", "sku"),
        Index("ix_item_group_member_sku", "sku", "group_code"),
    )

    group_code: str = Field(foreign_key="item_group.code")
    sku: str = Field(foreign_key="item.sku")
