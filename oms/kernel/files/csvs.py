"""CSV by RFC 4180, read from whatever people have and written so that spreadsheets are safe."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from oms.kernel.errors import Rejected
from oms.kernel.files import cells, charsets
from oms.kernel.files.cells import Cell
from oms.kernel.files.charsets import BOM, Charset

MEDIA_TYPE = "text/csv"

DELIMITERS = ",\t;"
"""What separates cells: commas, or what spreadsheets put in their place."""


class NotCsv(Rejected):
    """The file is not CSV."""

    reason: str
    line: int


class WrongColumns(Rejected):
    """The first line must name the columns, each of them once."""

    unknown: list[str]
    missing: list[str]
    twice: list[str]
    possible: list[str]


@dataclass(frozen=True)
class Columns:
    """The columns a file may have; `more` knows those that no list can name."""

    known: Sequence[str]
    required: Sequence[str] = ()
    more: Callable[[str], bool] = lambda _: False


@dataclass(frozen=True)
class Record:
    """The cells of one row, and the line of the file on which it begins."""

    line: int
    cells: list[str]


class Reader:
    """The rows of a CSV file below its header, one at a time."""

    def __init__(self, lines: Iterable[str], columns: Columns) -> None:
        """Read the header. Raises NotCsv, WrongColumns."""
        source = iter(lines)
        first = next(source, "")
        delimiter = max(DELIMITERS, key=first.count)
        self._rows = csv.reader(_again(first, source), delimiter=delimiter, strict=True)
        self.columns = _header(next(self, Record(1, [])).cells, columns)

    def __iter__(self) -> Iterator[Record]:
        """Go through the rows."""
        return self

    def __next__(self) -> Record:
        """Return the next row that is not blank. Raises NotCsv."""
        row: list[str] = []
        line = 0
        try:
            while not any(row):
                line = self._rows.line_num + 1
                row = next(self._rows)
        except csv.Error as error:
            raise NotCsv(str(error), line) from error
        return Record(line, [cells.read(cell) for cell in row])


class Writer:
    """Writes rows as CSV, some at a time; the first ones have the header before them."""

    def __init__(
        self, columns: Sequence[str], *, charset: Charset = Charset.UTF_8, bom: bool = False
    ) -> None:
        """Make ready to write; `bom` lets Excel know that it is UTF-8."""
        self._charset = charset
        self._before = BOM if bom and charset is Charset.UTF_8 else b""
        self._header: Sequence[Cell] | None = columns

    def write(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """Return these rows as they stand in the file."""
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\r\n")
        if self._header is not None:
            out.writerow([cells.write(cell) for cell in self._header])
        out.writerows([cells.write(cell) for cell in row] for row in rows)
        before, self._before, self._header = self._before, b"", None
        return before + charsets.encode(text.getvalue(), self._charset)


def split(cell: str) -> list[str]:
    """Return the parts of a cell that holds a list: `a; b; "c;d"`."""
    if not cell.strip():
        return []
    [row] = csv.reader([cell], delimiter=";", skipinitialspace=True, strict=True)
    return [part.strip() for part in row]


def join(parts: Iterable[str]) -> str:
    """Write a list into one cell, for `split`."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="").writerow(list(parts))
    return text.getvalue()


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _header(found: Sequence[str], columns: Columns) -> list[str]:
    """Return the names as we write them: capitals and blanks around them do not matter."""
    ours = {name.lower(): name for name in columns.known}
    names = [ours.get(name.strip().lower(), name.strip()) for name in found]
    unknown = [name for name in names if name not in columns.known and not columns.more(name)]
    missing = [name for name in columns.required if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if unknown or missing or twice:
        shown = [name[:64] for name in unknown[:20]]
        raise WrongColumns(shown, missing, twice[:20], list(columns.known))
    return names
