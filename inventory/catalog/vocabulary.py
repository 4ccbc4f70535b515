"""The words that are said of items."""

from enum import StrEnum


class Temperature(StrEnum):
    """How warm an item may be kept and carried, as Japanese cool delivery knows it.

    Chilled is 0 to 10 °C, frozen is -15 °C and below (Yamato's and Sagawa's classes).
    """

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


class AbcClass(StrEnum):
    """How much an item matters, and so how often it is counted: A most, C least."""

    A = "a"
    B = "b"
    C = "c"


class IdentifierKind(StrEnum):
    """What sort of code an item is known by beside its SKU.

    A GTIN is what EAN, JAN, UPC and ISBN-13 barcodes hold; a supplier's code is unique for that
    supplier only; an alternative is any other code, such as that of a till or an older system.
    """

    GTIN = "gtin"
    SUPPLIER = "supplier"
    ALTERNATIVE = "alternative"


class KnownBy(StrEnum):
    """By what an item was found."""

    SKU = "sku"
    GTIN = "gtin"
    ALTERNATIVE = "alternative"
    SUPPLIER = "supplier"


class Outcome(StrEnum):
    """What became of a row of a bulk request."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
