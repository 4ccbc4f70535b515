"""Facts about counts. Their subject is the count, that of what was found its location."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inventory.catalog.vocabulary import AbcClass
from oms.kernel.events import Event


class Counted(BaseModel):
    """Units of a SKU that were found, and by how much the books were wrong."""

    model_config = ConfigDict(frozen=True)

    sku: str
    counted: int
    delta: int


class CountPlanSet(Event, name="count.plan_set"):
    """A location counts the items of a class in this rhythm from now on."""

    location_id: UUID
    abc_class: AbcClass
    every_days: int
    most_lines: int
    blind: bool
    counters: int
    limit_units: int | None
    limit_percent: int | None
    active: bool


class CountOpened(Event, name="count.opened"):
    """Somebody is to count these SKUs."""

    count_id: UUID
    number: str
    location_id: UUID
    skus: list[str]


class CountSubmitted(Event, name="count.submitted"):
    """Everything was counted; `disputed` are the SKUs on which counters do not agree."""

    count_id: UUID
    number: str
    location_id: UUID
    round: int
    disputed: list[str]


class CountRepeated(Event, name="count.repeated"):
    """These SKUs are to be counted once more."""

    count_id: UUID
    number: str
    location_id: UUID
    round: int
    skus: list[str]


class CountApproved(Event, name="count.approved"):
    """The count is believed; `by_limits` when it differed too little for a review."""

    count_id: UUID
    number: str
    location_id: UUID
    by_limits: bool


class CountCancelled(Event, name="count.cancelled"):
    """The count is not wanted any more; nothing was booked."""

    count_id: UUID
    number: str
    location_id: UUID
    reason: str | None


class StockWasCounted(Event, name="stock.counted"):
    """What stands at a location was counted and the books follow."""

    location_id: UUID
    count_id: UUID
    number: str
    lines: list[Counted]
