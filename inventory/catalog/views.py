"""What callers send and see of items."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from oms.kernel.inputs import Count, Input, Output, Sku, Word


class ItemIn(Input):
    """Something that is sold and stocked."""

    sku: Sku = Field(examples=["85123A"])
    name: Word
    weight_grams: Count = 0
    active: bool = True


class ItemChangesIn(Input):
    """What is to be changed of an item; what is left out or null stays as it is."""

    name: Word | None = None
    weight_grams: Count | None = None
    active: bool | None = None


class ItemOut(Output):
    """An item. One that is not `active` is not sold any more."""

    id: UUID
    sku: str
    name: str
    weight_grams: int
    active: bool
    version: int
    recorded_at: datetime
