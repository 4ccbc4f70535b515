"""The rows of a file: cut into chunks as it arrives, and read and written a chunk at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

import msgspec
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from oms.channels.files import Format, Kind
from oms.channels.imports import items, levels, locations
from oms.channels.imports.sheets import Outcome, Result, Sheet, refused
from oms.kernel import inputs
from oms.kernel.bulk import Problem, problem
from oms.kernel.files import ndjson
from oms.kernel.files.csvs import Reader
from oms.kernel.inputs import Input

CHUNK_ROWS = 500
MAX_PROBLEMS_A_ROW = 20

SHEETS: dict[Kind, Sheet[Any]] = {
    Kind.ITEMS: items.SHEET,
    Kind.LOCATIONS: locations.SHEET,
    Kind.LEVELS: levels.LEVELS,
    Kind.SAFETY_STOCKS: levels.SAFETY_STOCKS,
}

Line: TypeAlias = tuple[int, list[str]]
"""A row as it came: the line on which it begins, and its cells, or its text as the only one."""


@dataclass(frozen=True)
class Table:
    """The columns of a CSV file, and its rows; NDJSON has no columns."""

    columns: list[str]
    lines: Iterator[Line]

    def chunks(self) -> Iterator[list[Line]]:
        """Yield the rows, some hundreds at a time. Raises NotCsv, LineTooLong."""
        while chunk := list(islice(self.lines, CHUNK_ROWS)):
            yield chunk


@dataclass
class Tally:
    """What became of rows, and what is wrong with those that were refused."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    problems: dict[int, list[Problem]] = field(default_factory=dict)

    def add(self, results: Iterable[Result]) -> None:
        """Count results."""
        for one in results:
            self.counts[one.outcome] += 1
            if one.problems:
                self.problems[one.line] = one.problems[:MAX_PROBLEMS_A_ROW]

    @property
    def refused(self) -> int:
        """Return how many rows were refused."""
        return self.counts[Outcome.REFUSED]


def table(kind: Kind, form: Format, lines: Iterable[str]) -> Table:
    """Begin to read a file. Raises NotCsv, WrongColumns."""
    if form is Format.NDJSON:
        return Table([], ((line, [text]) for line, text in ndjson.read(lines)))
    reader = Reader(lines, SHEETS[kind].columns)
    return Table(reader.columns, ((row.line, row.cells) for row in reader))


async def write(
    session: AsyncSession, *, kind: Kind, columns: Sequence[str], content: bytes
) -> list[Result]:
    """Do what the rows of a chunk wish, each on its own; tells what became of each."""
    sheet = SHEETS[kind]
    good: dict[int, Input] = {}
    results: list[Result] = []
    for line, row in msgspec.json.decode(content, type=list[Line]):
        try:
            good[line] = _read(sheet, columns, row)
        except ValidationError as error:
            results.append(refused(line, inputs.problems(error)))
        except _NotARow as error:
            results.append(refused(line, [problem("", "not_a_row", str(error))]))
    if good:
        results += await sheet.write(session, good)
    return results


class _NotARow(ValueError):
    """The row cannot be read at all."""


def _read(sheet: Sheet[Any], columns: Sequence[str], row: list[str]) -> Input:
    if columns:
        if any(row[len(columns) :]):
            raise _NotARow(f"it has {len(row)} cells, the header names {len(columns)}")
        said = sheet.read(dict(zip(columns, row, strict=False)))
        text = msgspec.json.encode(said)
    else:
        text = row[0].encode()
    try:
        read: Input = sheet.row.model_validate_json(text)
    except RecursionError:
        raise _NotARow("it is nested too deeply") from None
    return read
