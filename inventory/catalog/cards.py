"""A card holds all that is said of one item; what is given changes it, the rest stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from inventory.catalog import identifiers
from inventory.catalog.views import ComponentIn, IdentifierIn, PackIn, SizeIn
from inventory.catalog.vocabulary import AbcClass, IdentifierKind, Temperature
from oms.kernel import ids


@dataclass(frozen=True)
class Size:
    """How large one unit is with its wrapping."""

    length_millimetres: int
    width_millimetres: int
    height_millimetres: int


@dataclass(frozen=True)
class Identifier:
    """A code of the item, or of one pack of it."""

    kind: IdentifierKind
    value: str
    supplier: str = ""
    pack: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what no two items have in common."""
        return (self.kind, identifiers.sought(self.kind, self.value), self.supplier)


@dataclass(frozen=True)
class Pack:
    """So many units that are handled as one."""

    code: str
    units: int
    used: bool = False
    active: bool = True


@dataclass(frozen=True)
class Card:
    """All that is said of one item, and its version."""

    sku: str
    id: UUID = field(default_factory=ids.new)
    version: int = 0
    name: str = ""
    names: dict[str, str] = field(default_factory=dict)
    unit: str = "piece"
    weight_grams: int = 0
    size: Size | None = None
    tax_class: str = "standard"
    return_class: str = "standard"
    temperature: Temperature = Temperature.AMBIENT
    hazardous: bool = False
    oversize: bool = False
    tracked: bool = True
    lot_tracked: bool = False
    expiry_tracked: bool = False
    serial_tracked: bool = False
    abc_class: AbcClass = AbcClass.C
    identifiers: list[Identifier] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)
    components: dict[str, int] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    active: bool = True
    kit: bool = False
    recorded_at: datetime | None = None

    @property
    def name_ja(self) -> str | None:
        """Return what the item is called in Japanese."""
        return self.names.get("ja")

    @property
    def new(self) -> bool:
        """Tell whether the item is yet to be added."""
        return self.version == 0


@dataclass(frozen=True)
class Wish:
    """What is to be said of one item; what is not given stays."""

    sku: str
    given: Mapping[str, Any]


SAID = tuple(
    one.name for one in fields(Card) if one.name not in {"sku", "id", "version", "recorded_at"}
)
"""What callers say of an item."""


def fulfil(card: Card, wish: Wish) -> Card:
    """Return the card as it is wished; its version rises when anything differs."""
    given = {name: _READ.get(name, _same)(card, value) for name, value in wish.given.items()}
    also = {**given.pop("also_named", {})}
    if japanese := given.pop("name_ja", None):
        also["ja"] = japanese
    if also:
        given["names"] = _names(card, {**given.get("names", card.names), **also})
    wished = replace(card, **given)
    if card.new:
        wished = replace(wished, kit=bool(wished.components))
    changed = card.new or differences(card, wished)
    return replace(wished, version=card.version + 1) if changed else card


def identifier(given: IdentifierIn) -> Identifier:
    """Return an identifier as a card has it."""
    return Identifier(given.kind, given.value, given.supplier or "", given.pack)


def differences(before: Card, after: Card) -> list[str]:
    """Name the fields that differ."""
    return [name for name in SAID if getattr(before, name) != getattr(after, name)]


def _same(_: Card, given: object) -> object:
    return given


def _names(_: Card, given: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(given.items()))


def _size(_: Card, given: SizeIn) -> Size:
    return Size(**given.model_dump())


def _identifiers(_: Card, given: Sequence[IdentifierIn]) -> list[Identifier]:
    return sorted(map(identifier, given), key=lambda one: one.key)


def _packs(card: Card, given: Sequence[PackIn]) -> list[Pack]:
    """Take the packs that are given; of the others, those that were used are retired."""
    before = {pack.code: pack for pack in card.packs}
    packs = {
        one.code: Pack(one.code, one.units, used=one.code in before and before[one.code].used)
        for one in given
    }
    retired = {
        code: replace(pack, active=False)
        for code, pack in before.items()
        if pack.used and code not in packs
    }
    return [one for _, one in sorted((packs | retired).items())]


def _components(_: Card, given: Sequence[ComponentIn]) -> dict[str, int]:
    return {one.sku: one.quantity for one in sorted(given, key=lambda one: one.sku)}


def _groups(_: Card, given: Sequence[str]) -> list[str]:
    return sorted(given)


_READ: dict[str, Any] = {
    "names": _names,
    "size": _size,
    "identifiers": _identifiers,
    "packs": _packs,
    "components": _components,
    "groups": _groups,
}
