"""What callers send and see of groups of locations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from oms.kernel.inputs import Input, Output, Word

MAX_MEMBERS = 2_000

GROUP_CODE = r"^[A-Za-z0-9._-]{1,64}$"


def _once(given: list[UUID]) -> list[UUID]:
    if len(set(given)) != len(given):
        raise ValueError("names one of them twice")
    return given


Members = Annotated[
    list[Annotated[UUID, Field(strict=False)]],
    Field(max_length=MAX_MEMBERS),
    AfterValidator(_once),
]


class LocationGroupIn(Input):
    """Locations that rules and routing speak of together: a region, a brand, a tier.

    `location_ids` are all that are in it; left out, they stay as they are.
    """

    name: Word
    location_ids: Members | None = None


class LocationGroupOut(Output):
    """A group of locations and who is in it."""

    code: str
    name: str
    location_ids: list[UUID]
    version: int
    recorded_at: datetime
