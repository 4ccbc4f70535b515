"""Finding an item by whatever a scanner reads or a person types.

A plain code is looked for as a SKU, a GTIN, an alternative code and a supplier's code. A GS1
element string (GS1-128, DataMatrix and the like) also tells which lot, serial and expiry it is.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy.ext.asyncio import AsyncSession
from stdnum import gs1_128
from stdnum.exceptions import ValidationError

from inventory.catalog import queries
from inventory.catalog.cards import Card
from inventory.catalog.identifiers import GTIN_DIGITS
from oms.kernel.errors import NotFound

FNC1 = "\x1d"
"""What scanners send for the separator of variable fields (GS1 General Specifications, 7.8.3)."""

SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3")
"""What scanners may put before an element string, to say that it is one (ibid., 5.1.3)."""

GTIN, CONTENT, LOT, BEST_BEFORE, EXPIRY, SERIAL, COUNT = "01", "02", "10", "15", "17", "21", "37"
"""Application identifiers (ibid., 3.2)."""


class NothingFound(NotFound):
    """Nothing here is known by this code."""

    scanned: str


@dataclass(frozen=True)
class Read:
    """What a code says: what to look for, and which pieces it is about."""

    code: str
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    count: int | None = None


@dataclass(frozen=True)
class Match:
    """An item that is known by the code, by which kind of code, and how many units that means."""

    item: Card
    known_by: str
    supplier: str | None = None
    pack: str | None = None
    units: int = 1


@dataclass(frozen=True)
class Scan:
    """What was read and found, the surest first: SKU, GTIN, alternative, supplier's code."""

    read: Read
    matches: list[Match] = field(default_factory=list)


async def find(session: AsyncSession, *, code: str, supplier: str | None = None) -> Scan:
    """Return what is known by a code; of suppliers' codes only those of `supplier` if named.

    Raises NothingFound.
    """
    understood = read(code)
    found = await queries.known_by(session, code=understood.code, supplier=supplier)
    cards = await queries.cards(session, skus=[one.sku for one in found])
    matches = [
        Match(cards[one.sku], one.known_by, one.supplier or None, one.pack, one.units)
        for one in found
    ]
    if not matches:
        raise NothingFound(code)
    return Scan(understood, matches)


def read(code: str) -> Read:
    """Understand a code: an element string by its parts, anything else as it is."""
    told = _elements(code.strip())
    gtin = told.get(GTIN) or told.get(CONTENT)
    if gtin is None:
        return Read(code.strip())
    return Read(
        code=gtin,
        lot=told.get(LOT),
        serial=told.get(SERIAL),
        expires_on=_day(told.get(EXPIRY)) or _day(told.get(BEST_BEFORE)),
        count=told.get(COUNT),
    )


def _elements(code: str) -> dict[str, Any]:
    """Read an element string or a digital link; what is neither says nothing."""
    if code.startswith(("http://", "https://")):
        return _linked(code)
    bare = code
    for symbology in SYMBOLOGIES:
        bare = bare.removeprefix(symbology)
    if bare.startswith("("):  # as people read it: every identifier in brackets
        bare = bare[1:].replace("(", FNC1).replace(")", "")
    elif bare == code and len(bare) <= len(GTIN) + GTIN_DIGITS:
        return {}
    return _parts(bare)


def _linked(url: str) -> dict[str, Any]:
    """Read a GS1 Digital Link (its URI Syntax 1.3, 4): identifiers and values in turn."""
    split = urlsplit(url)
    _, slash, rest = split.path.partition(f"/{GTIN}/")
    steps = [GTIN, *rest.strip("/").split("/")] if slash else []
    pairs = [*zip(steps[::2], steps[1::2], strict=False), *parse_qsl(split.query)]
    found = [(name, unquote(value)) for name, value in pairs if name.isascii() and name.isdigit()]
    return _parts(FNC1.join(f"{name}{value}" for name, value in found))


def _parts(elements: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = gs1_128.info(elements, FNC1)
    except (ValidationError, ValueError):
        return {}
    return told


def _day(told: date | None) -> date | None:
    return told.date() if isinstance(told, datetime) else told
