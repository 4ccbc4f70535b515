"""What callers send and see of selling."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from inventory.selling.models import COUNTING, BacklogKind, RuleKind
from oms.kernel.inputs import Code, Count, Input, Moment, Output, Sku, Word

Priority = Annotated[int, Field(ge=0, le=1_000_000)]
"""The smallest number decides."""


class BufferIn(Input):
    """Units per SKU and location that the channel must leave on the shelf."""

    units: Count


class BufferOut(Output):
    """Units per SKU and location that the channel must leave on the shelf."""

    channel_id: UUID
    units: int


class RuleIn(Input):
    """A rule of what may be sold where; what is left out (group, channel) is any.

    `threshold` keeps `units` on the shelf, `safety_stock` does so unless the level keeps more
    itself; `shipping` and `pickup` are `allowed` or not. Of the rules of a kind that fit, the
    smallest `priority` decides, then the one that names more, then the older one.
    """

    name: Word
    kind: RuleKind
    priority: Priority = 100
    item_group: Code | None = None
    location_group: Code | None = None
    channel_id: UUID | None = None
    units: Count | None = None
    allowed: bool | None = None

    @model_validator(mode="after")
    def decides_by_its_kind(self) -> Self:
        """Refuse a number where a yes or no belongs, and the other way round."""
        counts = self.kind in COUNTING
        if counts != (self.units is not None) or counts == (self.allowed is not None):
            raise ValueError("needs `units` alone, or `allowed` alone, as its kind says")
        return self


class RuleChangesIn(Input):
    """What is to be changed of a rule; what is left out or null stays as it is."""

    name: Word | None = None
    priority: Priority | None = None
    units: Count | None = None
    allowed: bool | None = None
    active: bool | None = None


class RuleOut(Output):
    """A rule of what may be sold where; it decides while it is `active`."""

    id: UUID
    name: str
    kind: RuleKind
    priority: int
    item_group: str | None
    location_group: str | None
    channel_id: UUID | None
    units: int | None
    allowed: bool | None
    active: bool
    version: int
    recorded_at: datetime


class RulesOut(Output):
    """A page of rules, newest first."""

    rules: list[RuleOut]
    next_cursor: str | None


class BacklogLimitIn(Input):
    """How many units of an item may be sold ahead: by one channel, or by all of them together.

    A `preorder` ends at `available_at`, which it must have; for a `backorder` the time is what
    shoppers are told. `open: false` stops it without forgetting what is owed.
    """

    sku: Sku
    channel_id: UUID | None = None
    kind: BacklogKind = BacklogKind.BACKORDER
    units: Count
    available_at: Moment | None = None
    open: bool = True


class BacklogLimitOut(Output):
    """How many units of an item may be sold ahead, and how many of them are owed (`taken`)."""

    id: UUID
    sku: str
    channel_id: UUID | None
    kind: BacklogKind
    units: int
    taken: int
    available_at: datetime | None
    open: bool
    version: int
    recorded_at: datetime


class BacklogLimitsOut(Output):
    """A page of limits, newest first."""

    limits: list[BacklogLimitOut]
    next_cursor: str | None
