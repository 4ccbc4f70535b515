"""What callers send and see of items."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from inventory.catalog import identifiers
from inventory.catalog.models import MAX_UNITS_PER_PACK
from inventory.catalog.vocabulary import AbcClass, IdentifierKind, KnownBy, Outcome, Temperature
from oms.kernel.bulk import Row, RowsIn
from oms.kernel.inputs import Code, Count, Input, Output, Quantity, Sku, Word

MAX_ROWS = 1_000
MAX_PARTS = 100

Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"),
    Field(examples=["ja", "en-GB", "zh-Hant-TW"]),
]
"""A language tag by BCP 47 in its usual case: language, script, region."""

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A word that your own rules know: small letters, digits and _"""

Millimetres = Annotated[int, Field(ge=1, le=100_000)]
UnitsPerPack = Annotated[int, Field(ge=2, le=MAX_UNITS_PER_PACK)]


def _once(key: Callable[[Any], Any]) -> AfterValidator:
    """Refuse a list in which two have the same key."""

    def check(given: list[Any]) -> list[Any]:
        keys = [key(one) for one in given]
        if len(set(keys)) != len(keys):
            raise ValueError("names one of them twice")
        return given

    return AfterValidator(check)


class SizeIn(Input):
    """How large one unit is with its wrapping."""

    length_millimetres: Millimetres
    width_millimetres: Millimetres
    height_millimetres: Millimetres


class IdentifierIn(Input):
    """A code of an item, or of one of its packs.

    A `gtin` is the number of an EAN, JAN, UPC or ISBN barcode, of 8, 12, 13 or 14 digits with the
    last one right. A `supplier` code is unique for its `supplier` only.
    """

    kind: IdentifierKind
    value: Code
    supplier: Word | None = None
    pack: Code | None = None

    @field_validator("value")
    @classmethod
    def is_what_it_says(cls, value: str, info: Any) -> str:  # noqa: ANN401 -- pydantic's ValidationInfo is generic
        """Refuse a GTIN whose check digit is wrong."""
        return identifiers.gtin(value) if info.data.get("kind") is IdentifierKind.GTIN else value

    @model_validator(mode="after")
    def suppliers_have_names(self) -> Self:
        """Refuse a supplier's code of nobody, and a supplier of any other code."""
        if (self.kind is IdentifierKind.SUPPLIER) != (self.supplier is not None):
            raise ValueError("a supplier's code names its supplier, and no other code does")
        return self


class PackIn(Input):
    """So many units that are handled as one."""

    code: Code = Field(examples=["case"])
    units: UnitsPerPack


class ComponentIn(Input):
    """How many units of an item are in one unit of a kit."""

    sku: Sku
    quantity: Quantity


def _key(one: IdentifierIn) -> tuple[str, str, str | None]:
    return (one.kind, identifiers.sought(one.kind, one.value), one.supplier)


GROUP_CODE = r"^[A-Za-z0-9._-]{1,64}$"

GroupCode = Annotated[str, StringConstraints(pattern=GROUP_CODE)]
"""A group's code: letters, digits and . _ -"""

Names = Annotated[dict[Language, Word], Field(max_length=50)]
Identifiers = Annotated[list[IdentifierIn], Field(max_length=MAX_PARTS), _once(_key)]
Packs = Annotated[list[PackIn], Field(max_length=MAX_PARTS), _once(lambda one: one.code)]
Components = Annotated[list[ComponentIn], Field(max_length=MAX_PARTS), _once(lambda one: one.sku)]
Groups = Annotated[list[GroupCode], Field(max_length=MAX_PARTS), _once(str)]


class ItemIn(Input):
    """Something that is sold and stocked; with `components` it is a kit, for good.

    `name_ja` is short for `names.ja`.
    """

    sku: Sku = Field(examples=["85123A"])
    name: Word
    name_ja: Word | None = None
    names: Names = Field(default_factory=dict)
    unit: Kind = "piece"
    weight_grams: Count = 0
    size: SizeIn | None = None
    tax_class: Kind = Field(default="standard", examples=["standard", "reduced", "exempt"])
    return_class: Kind = Field(default="standard", examples=["standard", "final_sale"])
    temperature: Temperature = Temperature.AMBIENT
    hazardous: bool = False
    oversize: bool = False
    tracked: bool = True
    lot_tracked: bool = False
    expiry_tracked: bool = False
    serial_tracked: bool = False
    abc_class: AbcClass = AbcClass.C
    identifiers: Identifiers = Field(default_factory=list)
    packs: Packs = Field(default_factory=list)
    components: Components = Field(default_factory=list)
    groups: Groups = Field(default_factory=list)
    active: bool = True


class ItemChangesIn(Input):
    """What is to be changed of an item; what is left out or null stays as it is.

    A list or map replaces the one there was. A pack that is left out is taken away, or retired if
    a document has used it.
    """

    name: Word | None = None
    name_ja: Word | None = None
    names: Names | None = None
    unit: Kind | None = None
    weight_grams: Count | None = None
    size: SizeIn | None = None
    tax_class: Kind | None = None
    return_class: Kind | None = None
    temperature: Temperature | None = None
    hazardous: bool | None = None
    oversize: bool | None = None
    tracked: bool | None = None
    lot_tracked: bool | None = None
    expiry_tracked: bool | None = None
    serial_tracked: bool | None = None
    abc_class: AbcClass | None = None
    identifiers: Identifiers | None = None
    packs: Packs | None = None
    components: Components | None = None
    groups: Groups | None = None
    active: bool | None = None


class ItemRowIn(ItemChangesIn):
    """An item to be added, which needs a name, or to be changed; what is left out stays."""

    sku: Sku


class ItemRowsIn(RowsIn):
    """Items to be added or changed, up to 1,000 in any order; a kit may come before its parts."""

    rows: list[Row[ItemRowIn]] = Field(min_length=1, max_length=MAX_ROWS)


class GroupIn(Input):
    """A group of items that rules speak of: a category, a brand, a season."""

    name: Word


class GroupOut(Output):
    """A group of items that rules speak of."""

    code: str
    name: str
    recorded_at: datetime


class SizeOut(Output):
    """How large one unit is with its wrapping."""

    length_millimetres: int
    width_millimetres: int
    height_millimetres: int


class IdentifierOut(Output):
    """A code of an item, or of one of its packs."""

    kind: IdentifierKind
    value: str
    supplier: str | None
    pack: str | None

    @field_validator("supplier", mode="before")
    @classmethod
    def nobody_is_none(cls, supplier: str | None) -> str | None:
        """Show that a code has no supplier."""
        return supplier or None


class PackOut(Output):
    """So many units that are handled as one; one that is `used` keeps its units for good."""

    code: str
    units: int
    used: bool


class ComponentOut(Output):
    """How many units of an item are in one unit of a kit."""

    sku: str
    quantity: int


class ItemOut(Output):
    """An item. One that is not `active` is not sold any more, except as part of a kit."""

    id: UUID
    sku: str
    name: str
    name_ja: str | None
    names: dict[str, str]
    unit: str
    weight_grams: int
    size: SizeOut | None
    tax_class: str
    return_class: str
    temperature: Temperature
    hazardous: bool
    oversize: bool
    kit: bool
    tracked: bool
    lot_tracked: bool
    expiry_tracked: bool
    serial_tracked: bool
    abc_class: AbcClass
    identifiers: list[IdentifierOut]
    packs: list[PackOut]
    components: list[ComponentOut]
    groups: list[str]
    active: bool
    version: int
    recorded_at: datetime

    @field_validator("packs", mode="before")
    @classmethod
    def in_use(cls, packs: list[Any]) -> list[Any]:
        """Show the packs that can be used."""
        return [pack for pack in packs if pack.active]

    @field_validator("components", mode="before")
    @classmethod
    def listed(cls, components: dict[str, int]) -> list[ComponentOut]:
        """Show what a kit is made of as a list."""
        return [ComponentOut(sku=sku, quantity=units) for sku, units in components.items()]


class KnownOut(IdentifierOut):
    """A code and whose it is."""

    sku: str


class ProblemOut(Output):
    """What is wrong with one value, by its JSON pointer into the request."""

    pointer: str
    code: str
    detail: str


class RowOut(Output):
    """What became of one row: the version of its item now, or the problems that it has."""

    row: int
    sku: str | None
    outcome: Outcome
    version: int | None
    problems: list[ProblemOut]


class ReadOut(Output):
    """What a code says; an element string also tells which pieces these are."""

    code: str
    lot: str | None
    serial: str | None
    expires_on: date | None
    count: int | None


class MatchOut(Output):
    """An item that is known by the code, and how many units the code stands for."""

    item: ItemOut
    known_by: KnownBy
    supplier: str | None
    pack: str | None
    units: int


class ScanOut(Output):
    """What was read, and what is known by it; the surest match first."""

    read: ReadOut
    matches: list[MatchOut]
