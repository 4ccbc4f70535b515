"""Facts about stock. Their subject is the location where the goods stand.

Of the turns of a level (low, out, back) it is the level itself: `inventory.turns.subject`.
"""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inventory.models import Reason
from oms.kernel.events import Event


class Received(BaseModel):
    """Good units of one SKU that came in."""

    model_config = ConfigDict(frozen=True)

    sku: str
    quantity: int


class Adjusted(BaseModel):
    """By how much the buckets of one SKU changed."""

    model_config = ConfigDict(frozen=True)

    sku: str
    on_hand: int = 0
    safety_stock: int = 0
    damaged: int = 0
    quality_control: int = 0


class StockReceived(Event, name="stock.received"):
    """Goods came in at a location and are there to be sold."""

    location_id: UUID
    reference: str | None
    lines: list[Received]


class StockAdjusted(Event, name="stock.adjusted"):
    """What is known of the stock of a location was corrected."""

    location_id: UUID
    reason: Reason
    reference: str | None
    lines: list[Adjusted]


class StockLow(Event, name="stock.low"):
    """No more than the safety stock is left to sell of a SKU at a location."""

    location_id: UUID
    sku: str
    available: int
    safety_stock: int


class StockOut(Event, name="stock.out"):
    """Nothing is left to sell of a SKU at a location."""

    location_id: UUID
    sku: str
    available: int
    safety_stock: int


class StockBack(Event, name="stock.back"):
    """A SKU that was out at a location can be sold there again."""

    location_id: UUID
    sku: str
    available: int
    safety_stock: int
