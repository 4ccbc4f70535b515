"""Stock: goods coming in, corrections, what stands where and how it came to be."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from pydantic import Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import AnyRequest, Session
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory import adjustments, history, queries
from inventory.events import Adjusted
from inventory.models import Reason
from inventory.tracing import receipts
from inventory.tracing.receipts import Arrival
from inventory.tracing.views import Label, LotIn
from inventory.views import LevelOut, MovementOut
from oms.accounts.models import Role, Scope
from oms.kernel import clock
from oms.kernel.inputs import MAX_QUANTITY, Input, Output, Quantity, Sku, Word

MAX_LINES = 500
MAX_SERIALS = 1_000

Delta = Annotated[int, Field(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
"""Units more or, when negative, fewer."""

SkuFilter = Annotated[str | None, QueryParameter(max_length=64)]
"""Only what is of this SKU."""

PastMoment = Annotated[str | None, QueryParameter(max_length=40)]
"""A past moment by RFC 3339, like 2025-03-01T00:00:00Z."""

MOVING = allow(Scope.INVENTORY_WRITE, Role.WAREHOUSE, Role.STORE, Role.MANAGER)


class ReceiptLineIn(Input):
    """Accepted good units of one SKU: of which lot, with which serial numbers, where it is kept."""

    sku: Sku
    quantity: Quantity
    lot: LotIn | None = None
    serials: list[Label] | None = Field(default=None, min_length=1, max_length=MAX_SERIALS)

    def arrival(self) -> Arrival:
        """Say it in the words of the domain."""
        lot = self.lot.facts() if self.lot else None
        return Arrival(self.sku, self.quantity, lot, tuple(self.serials or ()))


class ReceiptIn(Input):
    """Goods that came in at a location."""

    location_id: UUID
    reference: Word | None = Field(default=None, examples=["PO-1001"])
    lines: list[ReceiptLineIn] = Field(min_length=1, max_length=MAX_LINES)


class AdjustmentLineIn(Input):
    """By how much the buckets of one SKU change.

    `on_hand` counts every unit in the building, so damage is `damaged: 1`, and throwing the
    damaged unit away is `on_hand: -1, damaged: -1`.
    """

    sku: Sku
    on_hand: Delta = 0
    damaged: Delta = 0
    quality_control: Delta = 0
    safety_stock: Delta = 0

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        """Refuse a line that says nothing."""
        if not (self.on_hand or self.damaged or self.quality_control or self.safety_stock):
            raise ValueError("at least one bucket must change")
        return self


class AdjustmentIn(Input):
    """What was found to be different at a location, and why."""

    location_id: UUID
    reason: Reason = Field(examples=["cycle_count_available"])
    reference: Word | None = None
    lines: list[AdjustmentLineIn] = Field(min_length=1, max_length=MAX_LINES)


class StockOut(Output):
    """What stands at the location now of the SKUs that moved."""

    location_id: UUID
    reference: str | None
    levels: list[LevelOut]


class LevelsOut(Output):
    """A page of levels by SKU and location, as they stood at `as_of` or stand now."""

    as_of: datetime | None
    levels: list[LevelOut]
    next_cursor: str | None


class MovementsOut(Output):
    """A page of the ledger, newest first."""

    movements: list[MovementOut]
    next_cursor: str | None


class StockController(Controller):
    path = "/stock"
    tags = ["Inventory"]

    @post("/receipts", opt=MOVING)
    @idempotent
    async def receive(
        self, session: Session, request: AnyRequest, data: JSONBody[ReceiptIn]
    ) -> StockOut:
        """Receive goods: from now on they can be sold."""
        await receipts.receive(
            session,
            location_id=data.location_id,
            lines=[line.arrival() for line in data.lines],
            reference=data.reference,
        )
        return await _standing(session, data)

    @post("/adjustments", opt=MOVING)
    @idempotent
    async def adjust(
        self, session: Session, request: AnyRequest, data: JSONBody[AdjustmentIn]
    ) -> StockOut:
        """Correct levels by what was found, all of them or none."""
        await adjustments.adjust(
            session,
            location_id=data.location_id,
            reason=data.reason,
            lines=[Adjusted(**line.model_dump()) for line in data.lines],
            reference=data.reference,
        )
        return await _standing(session, data)

    @get("/levels", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def levels(
        self,
        session: Session,
        sku: SkuFilter = None,
        location_id: FromQuery[UUID | None] = None,
        as_of: PastMoment = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> LevelsOut:
        """List what stands where, or stood at a past moment: told exactly, by the ledger."""
        at = None if as_of is None else history.moment(as_of, now=clock.now())
        page = await history.levels(
            session, as_of=at, sku=sku, location_id=location_id, cursor=cursor, limit=limit
        )
        shown = [LevelOut.model_validate(row) for row in page.rows]
        return LevelsOut(as_of=at, levels=shown, next_cursor=page.next_cursor)

    @get("/movements", opt=allow(Scope.INVENTORY_READ, *EVERYBODY, all_channels=True))
    async def movements(
        self,
        session: Session,
        sku: SkuFilter = None,
        location_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> MovementsOut:
        """List every movement there was; its references name the orders of every channel."""
        page = await queries.movements(
            session, sku=sku, location_id=location_id, cursor=cursor, limit=limit
        )
        shown = [MovementOut.model_validate(row) for row in page.rows]
        return MovementsOut(movements=shown, next_cursor=page.next_cursor)


async def _standing(session: AsyncSession, data: ReceiptIn | AdjustmentIn) -> StockOut:
    levels = await queries.levels_at(
        session, location_id=data.location_id, skus=[line.sku for line in data.lines]
    )
    return StockOut(
        location_id=data.location_id,
        reference=data.reference,
        levels=[LevelOut.model_validate(level) for level in levels],
    )
