"""Reading the sheets of stock: what stands where, and what is kept back from sale.

Rows set a value. With `change_from` a level is only set if it still is what the file believes.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory import corrections
from inventory.corrections import Paper
from inventory.models import Reason
from inventory.places.models import Location
from inventory.wishes import Settable, Setting
from oms.channels.imports import cells, sheets
from oms.channels.imports.cells import text, whole
from oms.channels.imports.sheets import Outcome, Result, Sheet
from oms.kernel.bulk import Mode
from oms.kernel.files.csvs import Columns
from oms.kernel.inputs import MAX_QUANTITY, Code, Count, Input, Sku

NOWHERE = UUID(int=0)
"""The location of a code that nobody has: it is refused like any that is out of reach."""


class LevelSheetIn(Input):
    """How many units of one SKU stand at a location, good or not."""

    sku: Sku
    location: Code
    on_hand: Count
    change_from: Annotated[int | None, Field(ge=0, le=MAX_QUANTITY)] = None


class SafetyStockSheetIn(Input):
    """How many units of one SKU a location keeps back from sale."""

    sku: Sku
    location: Code
    safety_stock: Count


R = TypeVar("R", LevelSheetIn, SafetyStockSheetIn)


def _level(row: LevelSheetIn, location_id: UUID) -> Setting:
    return Setting(row.sku, location_id, Settable.ON_HAND, row.on_hand, row.change_from)


def _kept_back(row: SafetyStockSheetIn, location_id: UUID) -> Setting:
    return Setting(row.sku, location_id, Settable.SAFETY_STOCK, row.safety_stock, None)


async def _write(
    session: AsyncSession,
    rows: Mapping[int, R],
    *,
    wish: Callable[[R, UUID], Setting],
    reason: Reason,
) -> list[Result]:
    codes = {row.location for row in rows.values()}
    found = await session.execute(
        select(col(Location.code), col(Location.id)).where(col(Location.code).in_(codes))
    )
    places = {row.code: row.id for row in found}
    wishes = {line: wish(row, places.get(row.location, NOWHERE)) for line, row in rows.items()}
    done = await corrections.correct(
        session, wishes=wishes, paper=Paper(reason, "import"), mode=Mode.ROW_BY_ROW
    )
    return [
        Result(one.row, Outcome(one.outcome), sheets.bare(one.row, one.problems)) for one in done
    ]


def _column_of(field: str, pointer: str) -> str:
    """Return the column: the wish calls its value `value`, and a location by its id."""
    part = pointer.strip("/")
    return {"value": field, "location_id": "location"}.get(part, part)


_READERS = {
    "sku": text, "location": text, "on_hand": whole, "safety_stock": whole, "change_from": whole
}  # fmt: skip


def _columns(*required: str, more: tuple[str, ...] = ()) -> Columns:
    return Columns(known=(*required, *more), required=required)


LEVELS = Sheet(
    row=LevelSheetIn,
    columns=_columns("sku", "location", "on_hand", more=("change_from",)),
    read=partial(cells.said, readers=_READERS),
    write=partial(_write, wish=_level, reason=Reason.CORRECTION),
    column_of=partial(_column_of, "on_hand"),
)

SAFETY_STOCKS = Sheet(
    row=SafetyStockSheetIn,
    columns=_columns("sku", "location", "safety_stock"),
    read=partial(cells.said, readers=_READERS),
    write=partial(_write, wish=_kept_back, reason=Reason.SAFETY_STOCK),
    column_of=partial(_column_of, "safety_stock"),
)
