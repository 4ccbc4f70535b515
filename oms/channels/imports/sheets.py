"""What is known of the rows of one kind: how cells are read, and how what they say is written."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.bulk import Problem
from oms.kernel.errors import DomainError
from oms.kernel.files.csvs import Columns
from oms.kernel.inputs import Input

R = TypeVar("R", bound=Input)

Said: TypeAlias = dict[str, Any]
"""What a row says, as the JSON of its model."""


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """What became of the row of one line, and why it was refused."""

    line: int
    outcome: Outcome
    problems: list[Problem] = field(default_factory=list)


def first_part(pointer: str) -> str:
    """Return the column a pointer is about, when fields are columns."""
    return pointer.lstrip("/").partition("/")[0]


@dataclass(frozen=True)
class Sheet(Generic[R]):
    """Rows of one kind.

    `read` makes of cells what a row says; cells that are empty say nothing. `write` does what rows
    wish, by the line on which they stand, each on its own.
    """

    row: type[R]
    columns: Columns
    read: Callable[[Mapping[str, str]], Said]
    write: Callable[[AsyncSession, Mapping[int, R]], Awaitable[list[Result]]]
    column_of: Callable[[str], str] = first_part


def refused(line: int, problems: list[Problem]) -> Result:
    """Say that a row was refused, and why."""
    return Result(line, Outcome.REFUSED, problems)


def refusal(line: int, error: DomainError) -> Result:
    """Say that a row was refused by a rule of the domain."""
    return refused(line, [{"pointer": "", "code": error.code, "detail": error.detail}])


def bare(line: int, problems: list[Problem]) -> list[Problem]:
    """Return problems as pointers into their row: a bulk request had pointed at its place."""
    before = f"/rows/{line}"
    return [{**one, "pointer": one["pointer"].removeprefix(before)} for one in problems]
