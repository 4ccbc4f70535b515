"""Stock, many rows at once and across locations: adjusted, moved between buckets, or set."""

from collections.abc import Callable, Sequence
from typing import Annotated, Self, TypeVar
from uuid import UUID

from litestar import Controller, post
from litestar.params import JSONBody
from pydantic import Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import AnyRequest, Session
from api.idempotent import idempotent
from api.stock import MOVING, AdjustmentLineIn
from inventory import corrections
from inventory.corrections import Paper
from inventory.models import Reason
from inventory.views import StockRowOut
from inventory.wishes import Adjustment, Move, Settable, Setting, Shelf, Wish
from oms.kernel import bulk
from oms.kernel.bulk import Row, RowsIn
from oms.kernel.inputs import MAX_QUANTITY, Count, Input, Output, Quantity, Sku, Word, fields

MAX_ROWS = 1_000

R = TypeVar("R", bound=Input)

Rows = Annotated[list[Row[R]], Field(min_length=1, max_length=MAX_ROWS)]
"""Up to 1,000 rows; each is done on what those before it left."""

Believed = Annotated[int | None, Field(ge=-MAX_QUANTITY, le=MAX_QUANTITY)]
"""What the caller believes is there; null, said in so many words, believes nothing."""


class AdjustRowIn(AdjustmentLineIn):
    """By how much the buckets of one level change."""

    location_id: UUID


class MoveRowIn(Input):
    """Units of one level that go from one bucket to another."""

    sku: Sku
    location_id: UUID
    from_bucket: Shelf
    to_bucket: Shelf
    quantity: Quantity

    @model_validator(mode="after")
    def goes_somewhere(self) -> Self:
        """Refuse a move that ends where it began."""
        if self.from_bucket is self.to_bucket:
            raise ValueError("units move from one bucket to another")
        return self


class SetRowIn(Input):
    """The value that a bucket of one level shall hold.

    `change_from` is what the caller believes it holds: when it holds something else by now, the
    row is refused and tells what. Only an explicit null sets it whatever it holds.
    """

    sku: Sku
    location_id: UUID
    bucket: Settable
    value: Count
    change_from: Believed


class StockRowsIn(RowsIn):
    """Rows that correct stock, why, and on whose paper."""

    reason: Reason = Field(examples=["correction"])
    reference: Word | None = None


class AdjustmentRowsIn(StockRowsIn):
    """What was found to be different, at any number of locations."""

    rows: Rows[AdjustRowIn]


class MoveRowsIn(StockRowsIn):
    """Units that go from one bucket to another, at any number of locations."""

    rows: Rows[MoveRowIn]


class SetRowsIn(StockRowsIn):
    """Values that buckets shall hold, at any number of locations."""

    rows: Rows[SetRowIn]


class StockRowsOut(Output):
    """What became of each row, in the order of the request."""

    rows: list[StockRowOut]


class StockRowsController(Controller):
    tags = ["Inventory"]

    @post("/bulk/stock/adjustments", opt=MOVING, status_code=200)
    @idempotent
    async def adjust(
        self, session: Session, request: AnyRequest, data: JSONBody[AdjustmentRowsIn]
    ) -> StockRowsOut:
        """Correct up to 1,000 levels by what was found."""
        return await _correct(session, data, data.rows, _adjustment)

    @post("/stock/moves", opt=MOVING, status_code=200)
    @idempotent
    async def move(
        self, session: Session, request: AnyRequest, data: JSONBody[MoveRowsIn]
    ) -> StockRowsOut:
        """Move units between what can be sold, is kept back, is damaged or is being looked at."""
        return await _correct(session, data, data.rows, _move)

    @post("/stock/set", opt=MOVING, status_code=200)
    @idempotent
    async def set(
        self, session: Session, request: AnyRequest, data: JSONBody[SetRowsIn]
    ) -> StockRowsOut:
        """Set what stands there to a value, unless it is not any more what the caller believes."""
        return await _correct(session, data, data.rows, _setting)


async def _correct(
    session: AsyncSession, data: StockRowsIn, rows: Sequence[R], wish: Callable[[R], Wish]
) -> StockRowsOut:
    done = await corrections.correct(
        session,
        wishes={place: wish(row) for place, row in bulk.readable(rows).items()},
        paper=Paper(data.reason, data.reference),
        unreadable=data.unreadable(),
        mode=data.mode,
    )
    return StockRowsOut(rows=[StockRowOut.model_validate(one) for one in done])


def _adjustment(row: AdjustRowIn) -> Adjustment:
    said = fields(row)
    return Adjustment(said.pop("sku"), said.pop("location_id"), said)


def _move(row: MoveRowIn) -> Move:
    return Move(row.sku, row.location_id, row.from_bucket, row.to_bucket, row.quantity)


def _setting(row: SetRowIn) -> Setting:
    return Setting(row.sku, row.location_id, row.bucket, row.value, row.change_from)
