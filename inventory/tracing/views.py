"""What callers send and see of lots and serial numbers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.tracing import queries
from inventory.tracing.events import Aside
from inventory.tracing.lots import LotFacts
from inventory.tracing.models import Lot, Serial
from inventory.tracing.states import LOT, LotStatus, SerialStatus
from oms.kernel.inputs import YEARS, Input, Output, Word


def _of_our_time(value: date) -> date:
    if value.year not in YEARS:
        message = f"must lie in {YEARS.start} to {YEARS.stop - 1}"
        raise ValueError(message)
    return value


Day = Annotated[date, AfterValidator(_of_our_time), Field(examples=["2027-04-01"])]
"""A day of the calendar, in years that PostgreSQL and Python both can tell."""

Label = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._/+ -]+$")
]
"""What is printed on a label: the code of a lot or a serial number."""


class LotIn(Input):
    """What the label of a lot says. The lot is good to the end of `expires_on`."""

    code: Label = Field(examples=["L-2411"])
    expires_on: Day | None = None
    made_on: Day | None = None
    supplier_reference: Word | None = None

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """Refuse a lot that expired before it was made."""
        if self.made_on and self.expires_on and self.expires_on < self.made_on:
            raise ValueError("expires_on lies before made_on")
        return self

    def facts(self) -> LotFacts:
        """Say it in the words of the domain."""
        return LotFacts(self.code, self.expires_on, self.made_on, self.supplier_reference)


class LotStockOut(Output):
    """Units of a lot at one location; what is not picked, damaged or held is free to be picked."""

    location_id: UUID
    on_hand: int
    picked: int
    damaged: int
    quality_control: int
    free: int


class LotOut(Output):
    """A lot and where its units stand. Without a `code`: units of which nobody knows the lot."""

    id: UUID
    sku: str
    code: str | None
    expires_on: date | None
    made_on: date | None
    supplier_reference: str | None
    status: LotStatus
    reason: str | None
    actions: list[str]
    stock: list[LotStockOut]
    version: int
    recorded_at: datetime


class LotsOut(Output):
    """A page of lots, the newest first."""

    lots: list[LotOut]
    next_cursor: str | None


class AsideOut(Output):
    """What became of the units of a lot at one location.

    So many of them were `moved` out of sale, or back; `still_promised` ones lie in somebody's work
    or cover what an order was promised.
    """

    location_id: UUID
    moved: int
    still_promised: int


class LotChangedOut(LotOut):
    """A lot after it was quarantined, recalled or released, and what became of its units."""

    places: list[AsideOut]


class LotMovementOut(Output):
    """One line of the ledger of a lot.

    `assumed`: nobody said which lot it was. `order_line_id` got the units, or sent them back.
    """

    id: UUID
    location_id: UUID
    on_hand: int
    damaged: int
    quality_control: int
    reason: str
    reference: str | None
    order_line_id: UUID | None = Field(validation_alias="claimant_id")
    assumed: bool
    actor: str
    recorded_at: datetime


class LotTraceOut(Output):
    """A lot from receipt to customer and back: a page of its ledger, oldest first."""

    lot: LotOut
    movements: list[LotMovementOut]
    next_cursor: str | None


class SerialMovementOut(Output):
    """One step in the life of a unit."""

    status: SerialStatus
    location_id: UUID | None
    reference: str | None
    order_line_id: UUID | None = Field(validation_alias="claimant_id")
    actor: str
    recorded_at: datetime


class SerialOut(Output):
    """A unit with a serial number: where it is now, and its life, oldest step first."""

    id: UUID
    sku: str
    serial: str
    status: SerialStatus
    location_id: UUID | None
    lot_id: UUID | None
    order_line_id: UUID | None
    history: list[SerialMovementOut]
    version: int
    recorded_at: datetime


async def lot(session: AsyncSession, row: Lot) -> LotOut:
    """Show one lot."""
    [shown] = await lots(session, [row])
    return shown


async def changed(session: AsyncSession, row: Lot, places: Sequence[Aside]) -> LotChangedOut:
    """Show a lot after a verb, with what became of its units."""
    shown = await lot(session, row)
    told = [AsideOut.model_validate(one) for one in places]
    return LotChangedOut(**shown.model_dump(), places=told)


async def lots(session: AsyncSession, rows: list[Lot]) -> list[LotOut]:
    """Show some lots, with one query for all that stands anywhere."""
    stock = await queries.standing_of(session, lot_ids=[row.id for row in rows])
    return [
        LotOut.model_validate(
            {
                **row.model_dump(),
                "actions": LOT.possible(row.status) if row.code else [],
                "stock": [one for one in stock if one.lot_id == row.id],
            }
        )
        for row in rows
    ]


async def serial(session: AsyncSession, row: Serial) -> SerialOut:
    """Show one unit with its life."""
    steps = await queries.serial_movements(session, serial_id=row.id)
    told: dict[str, Any] = row.model_dump()
    return SerialOut.model_validate(
        {
            **told,
            "serial": row.code,
            "order_line_id": row.claimant_id,
            "history": [SerialMovementOut.model_validate(step) for step in steps],
        }
    )
