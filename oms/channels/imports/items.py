"""Reading the sheet of items, as oms/channels/exports/items.py writes it."""

from collections.abc import Mapping

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import items, upserts
from inventory.catalog.views import ItemRowIn, Names
from inventory.catalog.vocabulary import IdentifierKind
from oms.channels.exports.items import NAME, SIZES
from oms.channels.imports import cells, sheets
from oms.channels.imports.cells import many, text, whole, yes
from oms.channels.imports.sheets import Outcome, Result, Said, Sheet
from oms.kernel.bulk import Mode
from oms.kernel.files.csvs import Columns


class ItemSheetIn(ItemRowIn):
    """An item to be added or changed; `also_named` are names that join those there are."""

    also_named: Names = Field(default_factory=dict)


def _counted(part: str, thing: str, units: str) -> Said:
    code, _, count = part.rpartition("=")
    return {thing: code.strip() or count, units: whole(count) if code else 1}


def _pack(part: str) -> Said:
    return _counted(part, "code", "units")


def _component(part: str) -> Said:
    return _counted(part, "sku", "quantity")


def _identifier(part: str) -> Said:
    """Read `value`, `kind:value` or `supplier:name:value`, each with `=pack` or without."""
    before, _, rest = part.rpartition(":")
    kind, _, supplier = before.partition(":")
    value, _, pack = rest.partition("=")
    told = {"kind": kind.strip() or IdentifierKind.GTIN, "value": value.strip()}
    told |= {"supplier": supplier.strip()} if supplier else {}
    return told | ({"pack": pack.strip()} if pack else {})


_READERS = {
    "sku": text, "name": text, "unit": text, "weight_grams": whole, "tax_class": text,
    "return_class": text, "temperature": text, "hazardous": yes, "oversize": yes, "tracked": yes,
    "lot_tracked": yes, "expiry_tracked": yes, "serial_tracked": yes, "abc_class": text,
    "active": yes, "identifiers": many(_identifier), "packs": many(_pack),
    "components": many(_component), "groups": many(text),
}  # fmt: skip


def _read(row: Mapping[str, str]) -> Said:
    said = cells.said(row, _READERS)
    names = {name.removeprefix(NAME): cell for name, cell in row.items() if name.startswith(NAME)}
    if size := cells.said(row, dict.fromkeys(SIZES, whole)):
        said["size"] = size
    if given := {language: name for language, name in names.items() if name.strip()}:
        said["also_named"] = given
    return said


async def _write(session: AsyncSession, rows: Mapping[int, ItemSheetIn]) -> list[Result]:
    wishes = {line: items.wish(row.sku, row) for line, row in rows.items()}
    written = await upserts.upsert(session, wishes=wishes, mode=Mode.ROW_BY_ROW)
    return [
        Result(one.row, Outcome(one.outcome), sheets.bare(one.row, one.problems)) for one in written
    ]


def _column_of(pointer: str) -> str:
    part, _, rest = pointer.lstrip("/").partition("/")
    if part in {"names", "also_named"} and rest:
        return f"{NAME}{rest}"
    return rest if part == "size" and rest else part


SHEET = Sheet(
    row=ItemSheetIn,
    columns=Columns(
        known=(*_READERS, *SIZES), required=("sku",), more=lambda name: name.startswith(NAME)
    ),
    read=_read,
    write=_write,
    column_of=_column_of,
)
