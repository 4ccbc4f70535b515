"""The files that are exchanged: `items.csv`, `levels.ndjson` and the like."""

from enum import StrEnum

from oms.kernel.errors import NotFound


class Kind(StrEnum):
    """What the rows of a file are."""

    ITEMS = "items"
    LOCATIONS = "locations"
    LEVELS = "levels"
    SAFETY_STOCKS = "safety_stocks"


class Format(StrEnum):
    """How the rows of a file are written."""

    CSV = "csv"
    NDJSON = "ndjson"


NAMES = [f"{kind}.{form}" for kind in Kind for form in Format]


class UnknownFile(NotFound):
    """There is no such file."""

    file_name: str
    possible: list[str]


def named(file_name: str) -> tuple[Kind, Format]:
    """Return what a file holds and how it is written. Raises UnknownFile."""
    if file_name not in NAMES:
        raise UnknownFile(file_name[:64], NAMES)
    kind, _, form = file_name.partition(".")
    return Kind(kind), Format(form)
