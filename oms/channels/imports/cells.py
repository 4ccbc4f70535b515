"""Reading cells into JSON. What cannot be read is handed on as it is, for the model to refuse."""

import csv
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from oms.channels.imports.sheets import Said
from oms.kernel.files import csvs

Reader: TypeAlias = Callable[[str], Any]

NOTHING = "[]"
"""Empties a list; an empty cell leaves it as it is."""

NULL = "null"
"""Takes a value away; an empty cell leaves it as it is."""

WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}(\.0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


def text(cell: str) -> str:
    """Read a text."""
    return cell.strip()


def whole(cell: str) -> int | str:
    """Read a whole number, also as spreadsheets write it: 12.0."""
    bare = cell.strip()
    return int(bare.partition(".")[0]) if _WHOLE.fullmatch(bare) else cell


def number(cell: str) -> object:
    """Read a measure."""
    bare = cell.strip()
    return float(bare) if _NUMBER.fullmatch(bare) else cell


def yes(cell: str) -> bool | str:
    """Read yes or no, in any of the usual words."""
    return WORDS.get(cell.strip().lower(), cell)


def clearable(read: Reader) -> Reader:
    """Let `null` take the value away."""
    return lambda cell: None if cell.strip().lower() == NULL else read(cell)


def many(read: Reader) -> Reader:
    """Read a list: `a; b`, or [] for an empty one."""

    def listed(cell: str) -> list[Any] | str:
        if cell.strip() == NOTHING:
            return []
        try:
            return [read(part) for part in csvs.split(cell)]
        except csv.Error:
            return cell

    return listed


def said(cells: Mapping[str, str], readers: Mapping[str, Reader]) -> Said:
    """Read the cells that say something, by the names of the readers."""
    return {
        name: read(cells[name]) for name, read in readers.items() if cells.get(name, "").strip()
    }
