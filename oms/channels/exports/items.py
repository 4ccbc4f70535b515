"""The sheet of items.

In CSV, lists stand in one cell: `packs` are `case=12; inner=6`, `components` of a kit
`CUP=2; POT=1`, `identifiers` are `4901234567894; supplier:Arita:X-1=case; alternative:TILL-1`.
A column `name:ja` holds the name in one language.
"""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import queries
from inventory.catalog.cards import Card, Identifier
from inventory.catalog.models import Item, ItemName
from inventory.catalog.vocabulary import IdentifierKind
from oms.channels.exports.sheets import PAGE_ROWS, Said, Sheet
from oms.kernel.files import csvs
from oms.kernel.files.cells import Cell

NAME = "name:"

PLAIN = (
    "sku", "name", "unit", "weight_grams", "tax_class", "return_class", "temperature",
    "hazardous", "oversize", "tracked", "lot_tracked", "expiry_tracked", "serial_tracked",
    "abc_class", "active",
)  # fmt: skip
SIZES = ("length_millimetres", "width_millimetres", "height_millimetres")
LISTS = ("identifiers", "packs", "components", "groups")


async def _pages(session: AsyncSession) -> AsyncIterator[list[Said]]:
    """Yield items by SKU, kits last: a kit stands below what it is made of."""
    for kit in (False, True):
        last = ""
        while skus := await _skus(session, kit=kit, after=last):
            cards = await queries.cards(session, skus=skus)
            yield [_said(cards[sku]) for sku in skus]
            last = skus[-1]


async def _skus(session: AsyncSession, *, kit: bool, after: str) -> list[str]:
    query = select(col(Item.sku)).where(col(Item.sku) > after, col(Item.kit) == kit)
    return list(await session.scalars(query.order_by(col(Item.sku)).limit(PAGE_ROWS)))


def _said(card: Card) -> Said:
    said: dict[str, Any] = {name: getattr(card, name) for name in PLAIN}
    said["names"] = card.names
    said["identifiers"] = [_identified(one) for one in card.identifiers]
    said["packs"] = [{"code": one.code, "units": one.units} for one in card.packs if one.active]
    said["groups"] = card.groups
    if card.size:
        said["size"] = asdict(card.size)
    if card.kit:
        parts = card.components.items()
        said["components"] = [{"sku": sku, "quantity": units} for sku, units in parts]
    return said


def _identified(one: Identifier) -> Said:
    return {name: value for name, value in asdict(one).items() if value}


async def _columns(session: AsyncSession) -> list[str]:
    languages = await session.scalars(
        select(col(ItemName.language)).distinct().order_by(col(ItemName.language))
    )
    return [*PLAIN, *SIZES, *LISTS, *(f"{NAME}{language}" for language in languages)]


def _cells(said: Said) -> dict[str, Cell]:
    lists = {
        "identifiers": [_written(Identifier(**one)) for one in said["identifiers"]],
        "packs": [f"{one['code']}={one['units']}" for one in said["packs"]],
        "components": [f"{one['sku']}={one['quantity']}" for one in said.get("components", [])],
        "groups": said["groups"],
    }
    shown: dict[str, Cell] = {name: said[name] for name in PLAIN}
    shown |= {f"{NAME}{language}": name for language, name in said["names"].items()}
    shown |= said.get("size", {})
    return shown | {name: csvs.join(parts) if parts else "" for name, parts in lists.items()}


def _written(one: Identifier) -> str:
    named = {
        IdentifierKind.GTIN: "",
        IdentifierKind.SUPPLIER: f"supplier:{one.supplier}:",
        IdentifierKind.ALTERNATIVE: "alternative:",
    }
    return f"{named[one.kind]}{one.value}" + (f"={one.pack}" if one.pack else "")


SHEET = Sheet(columns=_columns, pages=_pages, cells=_cells)
