"""Reading the sheet of locations, known by their code.

`null` takes a limit, cut-off or calendar away.
"""

from collections.abc import Mapping

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places import locations
from inventory.places.models import Location
from inventory.places.views import LocationChangesIn, LocationIn
from oms.channels.imports import cells, sheets
from oms.channels.imports.cells import clearable, number, text, whole, yes
from oms.channels.imports.sheets import Outcome, Result, Said, Sheet
from oms.kernel import inputs
from oms.kernel.errors import NotFound, Rejected
from oms.kernel.files.csvs import Columns
from oms.kernel.inputs import Code


class LocationSheetIn(LocationChangesIn):
    """A location to be opened, which needs a name, city and country, or to be changed."""

    code: Code


_READERS = {
    "code": text, "name": text, "kind": text, "country": text, "region": text, "city": text,
    "postal_code": text, "address": text, "latitude": number, "longitude": number,
    "time_zone": text, "ships": yes, "pickup": yes, "receives_returns": yes, "counts": yes,
    "daily_order_capacity": clearable(whole), "handling_minutes": whole,
    "order_cutoff": clearable(text), "opens_on_holidays": yes,
    "holiday_calendar": clearable(text), "active": yes,
}  # fmt: skip


def _read(row: Mapping[str, str]) -> Said:
    return cells.said(row, _READERS)


async def _write(session: AsyncSession, rows: Mapping[int, LocationSheetIn]) -> list[Result]:
    """Open and change locations in the order of their codes; a refused one is left as it was."""
    codes = {row.code for row in rows.values()}
    found = await session.scalars(select(Location).where(col(Location.code).in_(codes)))
    known = {one.code: one for one in found}
    results = []
    for line, row in sorted(rows.items(), key=lambda pair: (pair[1].code, pair[0])):
        try:
            outcome, known[row.code] = await _written(session, row, known.get(row.code))
        except (NotFound, Rejected) as error:
            results.append(sheets.refusal(line, error))
        except ValidationError as error:
            results.append(sheets.refused(line, inputs.problems(error)))
        else:
            results.append(Result(line, outcome))
    return results


async def _written(
    session: AsyncSession, row: LocationSheetIn, known: Location | None
) -> tuple[Outcome, Location]:
    given = row.model_dump(exclude_unset=True)
    if known is None:
        said = {name: value for name, value in given.items() if value is not None}
        opened = await locations.open_location(session, place=LocationIn.model_validate(said))
        return Outcome.ADDED, opened
    version = known.version
    del given["code"]
    changes = LocationChangesIn.model_validate(given)
    changed = await locations.change(session, location_id=known.id, changes=changes)
    return (Outcome.UNCHANGED if changed.version == version else Outcome.CHANGED), changed


SHEET = Sheet(
    row=LocationSheetIn,
    columns=Columns(known=tuple(_READERS), required=("code",)),
    read=_read,
    write=_write,
)
