"""A hold as it is asked for and shown: what the cart has, where it is reserved, until when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.holds import queries
from inventory.holds.states import BY_ITSELF, HOLD, HoldStatus
from oms.kernel.inputs import Code, Input, Output, Quantity, Sku, Word

MAX_LINES = 500
MAX_SECONDS = 10_000_000
"""More than any setting allows; the settings say how much they do."""

Seconds = Annotated[int, Field(ge=1, le=MAX_SECONDS, examples=[900])]
"""How long to hold from now on; by default as long as the settings say."""


class HoldLineIn(Input):
    """Units of one SKU in the cart."""

    sku: Sku
    quantity: Quantity


Lines = Annotated[list[HoldLineIn], Field(min_length=1, max_length=MAX_LINES)]


class DestinationIn(Input):
    """Where the goods may go, in degrees: the nearest stock is held."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class HoldIn(Input):
    """A cart and how long its stock is to be held.

    A payment method that is paid later (`konbini`, `bank_transfer`) has a time of its own.
    """

    external_id: Word = Field(examples=["cart-7b1f"])
    channel_id: UUID | None = Field(default=None, description="Needed unless the key has one.")
    lines: Lines
    destination: DestinationIn | None = None
    payment_method: Code | None = None
    seconds: Seconds | None = None


class HoldChangesIn(Input):
    """What the cart has now, all of it."""

    lines: Lines


class ExtensionIn(Input):
    """For how long; a payment method that differs decides anew."""

    payment_method: Code | None = None
    seconds: Seconds | None = None


class HoldLineOut(Output):
    """Units of one SKU that the cart has."""

    sku: str
    quantity: int


class HoldAllocationOut(Output):
    """Units of the cart, or whole kits, that are reserved at one location."""

    sku: str
    location_id: UUID
    quantity: int


class HoldOut(Output):
    """Stock kept for a cart; once its time is over it is `expired`, swept or not."""

    id: UUID
    version: int
    channel_id: UUID
    external_id: str
    status: HoldStatus
    payment_method: str | None
    expires_at: datetime
    order_id: UUID | None
    lines: list[HoldLineOut]
    allocations: list[HoldAllocationOut]
    actions: list[str]
    recorded_at: datetime


async def show(session: AsyncSession, *, hold_id: UUID, channel_id: UUID | None = None) -> HoldOut:
    """Show a hold. Raises UnknownHold."""
    found = await queries.get(session, hold_id=hold_id, channel_id=channel_id)
    over = found.expires_at <= await queries.moment(session)
    status = HoldStatus.EXPIRED if over and found.status is HoldStatus.ACTIVE else found.status
    kept = await queries.allotments(session, hold_ids=[hold_id])
    return HoldOut(
        id=found.id,
        version=found.version,
        channel_id=found.channel_id,
        external_id=found.external_id,
        status=status,
        payment_method=found.payment_method,
        expires_at=found.expires_at,
        order_id=found.order_id,
        lines=[
            HoldLineOut.model_validate(line)
            for line in await queries.lines(session, hold_id=hold_id)
        ],
        allocations=[HoldAllocationOut.model_validate(one) for one in kept[hold_id]],
        actions=[verb for verb in HOLD.possible(status) if verb not in BY_ITSELF],
        recorded_at=found.recorded_at,
    )
