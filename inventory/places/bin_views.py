"""What callers send and see of bins."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from oms.kernel.inputs import Count, Input, Output, Sku

MAX_SKUS = 1_000

BIN_CODE = r"^[A-Za-z0-9._-]{1,64}$"

Part = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9._-]*$")]
"""Where in a building: letters, digits and . _ -, or nothing."""


def _once(given: list[str]) -> list[str]:
    if len(set(given)) != len(given):
        raise ValueError("names one of them twice")
    return given


class BinIn(Input):
    """A shelf, drawer or floor space; a pick walk goes by zone, aisle, `walk_order` and code.

    `skus` are all that lie in it; left out, they stay as they are.
    """

    zone: Part = ""
    aisle: Part = ""
    walk_order: Count = 0
    active: bool = True
    skus: Annotated[list[Sku], Field(max_length=MAX_SKUS), AfterValidator(_once)] | None = None


class BinOut(Output):
    """A bin and the SKUs that lie in it."""

    id: UUID
    location_id: UUID
    code: str
    zone: str
    aisle: str
    walk_order: int
    active: bool
    skus: list[str]
    version: int
