"""Many rows in one request: all of them or none, or each on its own."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Self, TypeAlias, TypeVar

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from oms.kernel import inputs
from oms.kernel.inputs import Input, InvalidInput

Problem: TypeAlias = dict[str, str]
"""What is wrong with one value: `pointer`, `code` and `detail`."""


class Mode(StrEnum):
    """What becomes of the good rows of a request when others are refused."""

    ALL_OR_NOTHING = "all_or_nothing"
    ROW_BY_ROW = "row_by_row"


class Unreadable(Input):
    """Stands where a row is not as it must be, and says why."""

    problems: list[Problem]


def _kept(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError as error:
        return Unreadable(problems=inputs.problems(error))


R = TypeVar("R", bound=Input)
Row = Annotated[R, WrapValidator(_kept)]
"""A row that may be Unreadable, so that it does not spoil the request: `rows: list[Row[ItemIn]]`"""


class RowsIn(Input):
    """A request of many rows; subclasses say what `rows` are.

    `all_or_nothing` does nothing unless every row can be done and names every problem of every
    row; `row_by_row` does what can be done and tells of each row what became of it.
    """

    mode: Mode = Mode.ALL_OR_NOTHING

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Read a body. Raises what Input.read does; where all rows must do, for any of them."""
        made = super().read(body)
        if made.mode is Mode.ALL_OR_NOTHING and (spoilt := made.unreadable()):
            raise refusal(spoilt)
        return made

    def unreadable(self) -> dict[int, list[Problem]]:
        """Return the problems of rows that could not be read, by the place of the row."""
        rows: Sequence[Input] = getattr(self, "rows")  # noqa: B009 -- a field of every subclass
        return {
            place: row.problems for place, row in enumerate(rows) if isinstance(row, Unreadable)
        }


def readable(rows: Sequence[R]) -> dict[int, R]:
    """Return the rows that could be read, by their place."""
    return {place: row for place, row in enumerate(rows) if not isinstance(row, Unreadable)}


def problem(pointer: str, code: str, detail: str) -> Problem:
    """Say what is wrong with one value of a row."""
    return {"pointer": pointer, "code": code, "detail": detail}


def placed(place: int, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems of a row as pointers into the whole request."""
    return [{**one, "pointer": f"/rows/{place}{one['pointer']}"} for one in problems]


def refusal(problems: Mapping[int, Sequence[Problem]]) -> InvalidInput:
    """Return the refusal of a whole request, naming every problem of every row."""
    return InvalidInput(
        [one for place in sorted(problems) for one in placed(place, problems[place])]
    )
