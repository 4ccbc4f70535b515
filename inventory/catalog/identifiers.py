"""Codes by which items are found, and their check digits."""

from stdnum import ean
from stdnum.exceptions import ValidationError

from inventory.catalog.vocabulary import IdentifierKind

GTIN_DIGITS = 14


def gtin(value: str) -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits. Raises ValueError when its check digit is wrong.

    The check digit is that of GS1 General Specifications, 7.9: weights 3 and 1 from the right.
    """
    if not (value.isascii() and value.isdigit()):
        raise ValueError("a GTIN has digits only")
    try:
        return ean.validate(value)
    except ValidationError as error:
        raise ValueError(f"is no GTIN: {error}") from error


def sought(kind: IdentifierKind, value: str) -> str:
    """Return what is compared: a GTIN at its full length, any other code as it is."""
    return value.rjust(GTIN_DIGITS, "0") if kind is IdentifierKind.GTIN else value


def as_gtin(code: str) -> str | None:
    """Return a code as a GTIN of 14 digits, if it is one."""
    try:
        return sought(IdentifierKind.GTIN, gtin(code))
    except ValueError:
        return None
