"""Strict input: no unknown field, no conversion, no text the database cannot keep."""

import re
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails

from oms.kernel.errors import Malformed, Rejected

MAX_QUANTITY = 1_000_000


class InvalidJson(Malformed):
    """The body is not JSON."""

    reason: str


class InvalidInput(Rejected):
    """Some fields are not as they must be."""

    errors: list[dict[str, str]]

    @property
    def detail(self) -> str:
        """Say which fields are wrong."""
        return "; ".join(f"{one['pointer'] or '/'}: {one['detail']}" for one in self.errors[:5])


def _storable(value: str) -> str:
    if not value.isprintable() and any(ord(char) < 32 and char not in "\n\t" for char in value):  # noqa: PLR2004 -- control characters
        message = "control characters are not allowed"
        raise ValueError(message)
    return value


Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_storable)]
"""Text a person wrote: up to 2,000 characters, line breaks allowed, no control characters."""

Word = Annotated[
    str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True),
    AfterValidator(_storable),
]  # fmt: skip
"""A name or short text that is not empty."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._/-]+$")]
"""An identifier people type: letters, digits and . _ / -"""

Sku = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._/ -]+$")]
"""A stock keeping unit: letters, digits, blanks and . _ / -"""

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
"""Whole units, at least one."""

Count = Annotated[int, Field(ge=0, le=MAX_QUANTITY)]
"""Whole units, possibly none."""


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
YEARS = range(1970, 2200)


def _written_out(value: object) -> object:
    if not isinstance(value, str) or _RFC_3339.fullmatch(value) is None:
        message = "must be a time with its offset, like 2025-03-01T09:30:00+09:00"
        raise ValueError(message)
    return value


def _of_our_time(value: datetime) -> datetime:
    if value.year not in YEARS:
        message = f"must lie in {YEARS.start} to {YEARS.stop - 1}"
        raise ValueError(message)
    return value


Moment = Annotated[
    datetime,
    Field(strict=False),  # what is before it decides; strictly, pydantic takes only objects then
    BeforeValidator(_written_out),
    AfterValidator(_of_our_time),
]
"""A moment by RFC 3339 with its offset, in years that PostgreSQL and Python both can tell."""


class Input(BaseModel):
    """What a caller sends. Subclasses are named …In."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Parse and validate a JSON body in one pass.

        Raises InvalidJson (400) when it is not JSON, InvalidInput (422) naming every wrong field.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise _refusal(error) from None
        except RecursionError:
            raise InvalidJson("nested too deeply") from None


def _refusal(error: ValidationError) -> InvalidJson | InvalidInput:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found and found[0]["type"] == "json_invalid":
        return InvalidJson(found[0]["msg"])
    return InvalidInput(problems(error))


def problems(error: ValidationError) -> list[dict[str, str]]:
    """Name the first hundred wrong fields, each by its JSON pointer."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [_told(one) for one in found[:100]]


def _told(one: ErrorDetails) -> dict[str, str]:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in one["loc"])
    return {"pointer": pointer, "code": one["type"], "detail": one["msg"]}


class Output(BaseModel):
    """What a caller is shown. Subclasses are named …Out."""

    model_config = ConfigDict(from_attributes=True)

    def body(self) -> bytes:
        """Write the JSON body."""
        return self.model_dump_json().encode()


def fields(model: BaseModel) -> dict[str, Any]:
    """Return the fields of an input as keyword arguments, nested models as they are."""
    return {name: getattr(model, name) for name in type(model).model_fields}
