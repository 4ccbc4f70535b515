"""Facts about holds. Their subject is the hold."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from oms.kernel.events import Event


class Kept(BaseModel):
    """Units of one SKU that a cart has."""

    model_config = ConfigDict(frozen=True)

    sku: str
    quantity: int


class HoldCreated(Event, name="hold.created"):
    """Stock is kept for a cart until a moment."""

    hold_id: UUID
    external_id: str
    expires_at: datetime
    lines: list[Kept]


class HoldChanged(Event, name="hold.changed"):
    """A cart has other lines now, and the stock for them; of `freed` it has less than before."""

    hold_id: UUID
    external_id: str
    expires_at: datetime
    lines: list[Kept]
    freed: list[str]


class HoldExtended(Event, name="hold.extended"):
    """Stock is kept for a cart until another moment."""

    hold_id: UUID
    external_id: str
    expires_at: datetime


class HoldReleased(Event, name="hold.released"):
    """A cart was given up; its stock (`freed`) can be sold to others."""

    hold_id: UUID
    external_id: str
    freed: list[str]


class HoldExpired(Event, name="hold.expired"):
    """The time of a cart is over; its stock (`freed`) can be sold to others."""

    hold_id: UUID
    external_id: str
    freed: list[str]


class HoldConverted(Event, name="hold.converted"):
    """A cart was ordered: its stock is promised to the order, what is left over is `freed`."""

    hold_id: UUID
    external_id: str
    order_id: UUID
    freed: list[str]
