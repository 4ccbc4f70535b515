"""Lists: how many rows at once, and moments to look between."""

from datetime import datetime
from typing import Annotated

from litestar.params import QueryParameter
from pydantic import TypeAdapter, ValidationError

from oms.kernel.inputs import InvalidInput, Moment
from oms.kernel.pages import MAX_LIMIT

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]
"""How many rows a page has, 1 to 200."""

Looked = Annotated[str | None, QueryParameter(min_length=1, max_length=200)]
"""What is looked for, exactly as it is written."""

MomentText = Annotated[str | None, QueryParameter(max_length=40)]
"""A moment by RFC 3339, like 2025-03-01T00:00:00Z; see `moment`."""

_MOMENT = TypeAdapter(Moment)


def moment(told: str | None, name: str) -> datetime | None:
    """Read the moment of a query parameter. Raises InvalidInput."""
    if told is None:
        return None
    try:
        found: datetime = _MOMENT.validate_python(told)
    except ValidationError as error:
        why = {"code": error.errors()[0]["type"], "detail": error.errors()[0]["msg"]}
        raise InvalidInput([{"pointer": f"/{name}", **why}]) from None
    return found
