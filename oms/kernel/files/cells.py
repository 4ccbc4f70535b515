"""Cells that a spreadsheet shows and never runs.

Excel and its like run a cell that begins with one of `= + - @`, a tab or a line break, or with
the wide forms of Japanese keyboards (OWASP, CSV Injection). An apostrophe before it makes it
text. Texts that have apostrophes there already get one more, so that what is read back is what
was written.
"""

import re
from typing import TypeAlias

Cell: TypeAlias = str | int | bool | None

_RUNS = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def write(value: Cell) -> str:
    """Return a value as a cell: numbers stay numbers, texts are never formulas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"'{value}" if _RUNS.match(value) else value


def read(cell: str) -> str:
    """Return the text that was written into a cell."""
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell
