"""Facts about orders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from oms.kernel.events import Event


class LineUnits(BaseModel):
    """Units of one order line."""

    line_id: UUID
    sku: str
    quantity: int


class OrderPlaced(Event, name="order.placed"):
    """A channel sold something, and the stock for it is promised."""

    order_id: UUID
    external_id: str
    currency: str
    total_amount: int
    lines: list[LineUnits]


class OrderRouted(Event, name="order.routed"):
    """It was decided which locations ship what."""

    order_id: UUID
    decision_id: UUID
    cause: str
    parcels: int
    picks: list[dict[str, Any]]


class OrderReleased(Event, name="order.released"):
    """The order was handed to the locations that ship it."""

    order_id: UUID
    fulfillment_order_ids: list[UUID]


class OrderBackordered(Event, name="order.backordered"):
    """No location has these units, or none has them any more; they wait."""

    order_id: UUID
    lines: list[LineUnits]


class LinePromise(LineUnits):
    """Units of one order line that wait, by when they are expected, and were before."""

    expected_at: datetime
    expected_before: datetime


class OrderPromiseChanged(Event, name="order.promise_changed"):
    """Units that wait come later than was told; all of these are there at `expected_at`."""

    order_id: UUID
    expected_at: datetime
    lines: list[LinePromise]


class OrderStranded(Event, name="order.stranded"):
    """Goods of the order are promised at a location that has closed; they are to go elsewhere."""

    order_id: UUID
    location_id: UUID


class OrderCancelled(Event, name="order.cancelled"):
    """Units that were not in work are not wanted any more; `whole` when nothing is left."""

    order_id: UUID
    reason: str
    whole: bool
    lines: list[LineUnits]
