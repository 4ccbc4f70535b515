"""What a sheet is: rows of one kind, each the same in CSV and in NDJSON."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

PAGE_ROWS = 1_000

Said: TypeAlias = dict[str, Any]
"""What a row says."""


@dataclass(frozen=True)
class Sheet:
    """Rows of one kind: the columns they have in CSV, all rows there are, and their cells."""

    columns: Callable[[AsyncSession], Awaitable[list[str]]]
    pages: Callable[[AsyncSession], AsyncIterator[list[Said]]]
    cells: Callable[[Said], Mapping[str, Any]]
