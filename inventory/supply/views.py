"""What callers send and see of supply."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from inventory.supply.states import DiscrepancyKind, NoticeStatus, PurchaseStatus
from oms.kernel.inputs import Code, Count, Input, Moment, Output, Quantity, Sku, Text, Word
from oms.kernel.money import Money, Price

MAX_LINES = 500

Percent = Annotated[int, Field(ge=0, le=100)]
"""A hundredth part, 0 to 100."""


class CostIn(Money):
    """What one unit costs, in minor units."""

    amount: Price


class PurchaseLineIn(Input):
    """Units of one SKU to be bought; `expected_at` is by when they are there."""

    sku: Sku
    quantity: Quantity
    expected_at: Moment | None = None
    unit_cost: CostIn | None = None


class PurchaseOrderIn(Input):
    """What is bought of a supplier, to be brought to one location.

    More than was ordered is refused, unless it lies within `over_tolerance_percent`.
    """

    supplier: Word = Field(examples=["Arita Kilns"])
    external_id: Word | None = Field(default=None, examples=["AK-2025-017"])
    location_id: UUID
    over_tolerance_percent: Percent = 0
    note: Text | None = None
    lines: list[PurchaseLineIn] = Field(min_length=1, max_length=MAX_LINES)


class PurchaseLineChangesIn(Input):
    """A line by its id, or a new one by its SKU; what is left out or null stays as it is.

    `ordered` is how many units are wanted in all; 0 takes a line back of which nothing came.
    """

    line_id: UUID | None = None
    sku: Sku | None = None
    ordered: Count | None = None
    expected_at: Moment | None = None
    unit_cost: CostIn | None = None

    @model_validator(mode="after")
    def of_one_kind(self) -> Self:
        """Refuse what is neither a line there is nor a new one."""
        if (self.line_id is None) == (self.sku is None):
            raise ValueError("name a line_id, or the sku of a new line")
        if self.sku is not None and not self.ordered:
            raise ValueError("a new line needs to be ordered")
        return self


class PurchaseChangesIn(Input):
    """What is to be changed of a purchase order; what is left out or null stays as it is."""

    over_tolerance_percent: Percent | None = None
    note: Text | None = None
    lines: list[PurchaseLineChangesIn] = Field(default=[], max_length=MAX_LINES)


class EndingIn(Input):
    """Why no more is expected."""

    reason: Word | None = Field(default=None, examples=["The supplier has no more."])


class NoticeLineIn(Input):
    """Units of one SKU that are on the truck."""

    sku: Sku
    quantity: Quantity


class NoticeIn(Input):
    """What a supplier says is on a truck, and by when it is there."""

    external_id: Word | None = Field(default=None, examples=["AK-D-4711"])
    carrier: Code | None = None
    tracking_number: Code | None = None
    expected_at: Moment | None = None
    lines: list[NoticeLineIn] = Field(min_length=1, max_length=MAX_LINES)


class NoticeChangesIn(Input):
    """What is to be changed of a notice; what is left out or null stays as it is."""

    carrier: Code | None = None
    tracking_number: Code | None = None
    expected_at: Moment | None = None


class CameIn(Input):
    """Units of one SKU that came: good, damaged, or to be looked at.

    A SKU that is not on the paper is noted as a discrepancy. Its units go into stock only when
    `accept_unexpected` says so and the item is known.
    """

    sku: Sku
    accepted: Count = 0
    damaged: Count = 0
    quality_control: Count = 0
    accept_unexpected: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """Refuse a line of no units."""
        if not self.units:
            raise ValueError("at least one unit must have come")
        return self

    @property
    def units(self) -> int:
        """Return how many came, in whatever condition."""
        return self.accepted + self.damaged + self.quality_control


class SupplyReceiptIn(Input):
    """What was unloaded. With `close` all that is short is not expected any more."""

    reference: Word | None = Field(default=None, examples=["Dock 3"])
    close: bool = False
    lines: list[CameIn] = Field(min_length=1, max_length=MAX_LINES)


class PurchaseLineOut(Output):
    """A line: `due` units are still to come, `closed` ones will not."""

    id: UUID
    position: int
    sku: str
    ordered: int
    due: int
    received: int
    accepted: int
    damaged: int
    quality_control: int
    closed: int
    expected_at: datetime | None
    unit_cost: Money | None


class DiscrepancyOut(Output):
    """How goods differed from the paper."""

    id: UUID
    receipt_id: UUID | None
    kind: DiscrepancyKind
    sku: str
    quantity: int
    note: str | None
    actor: str
    recorded_at: datetime


class PurchaseSummaryOut(Output):
    """A purchase order in a list."""

    id: UUID
    number: str
    version: int
    supplier: str
    external_id: str | None
    location_id: UUID
    status: PurchaseStatus
    ordered_at: datetime | None
    recorded_at: datetime


class PurchaseOrderOut(PurchaseSummaryOut):
    """A purchase order, what of it is due, and how what came differed from it."""

    actions: list[str]
    over_tolerance_percent: int
    note: str | None
    reason: str | None
    lines: list[PurchaseLineOut]
    discrepancies: list[DiscrepancyOut]


class NoticeLineOut(Output):
    """Units that are said to be on the truck, and how many came off it."""

    sku: str
    quantity: int
    received: int


class NoticeOut(Output):
    """A shipping notice."""

    id: UUID
    number: str
    version: int
    purchase_order_id: UUID
    supplier: str
    external_id: str | None
    status: NoticeStatus
    actions: list[str]
    carrier: str | None
    tracking_number: str | None
    expected_at: datetime | None
    lines: list[NoticeLineOut]
    recorded_at: datetime


class CameOut(Output):
    """Units that went into stock; on no paper when there is no `purchase_line_id`."""

    purchase_line_id: UUID | None
    sku: str
    accepted: int
    damaged: int
    quality_control: int


class SupplyReceiptOut(Output):
    """One time that goods were unloaded."""

    id: UUID
    number: str
    purchase_order_id: UUID
    notice_id: UUID | None
    location_id: UUID
    reference: str | None
    actor: str
    lines: list[CameOut]
    recorded_at: datetime


class ReceivedOut(Output):
    """A receipt, and the purchase order as it left it."""

    receipt: SupplyReceiptOut
    purchase_order: PurchaseOrderOut
