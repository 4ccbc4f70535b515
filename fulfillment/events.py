"""Facts about work and parcels. Their subject is the order they belong to."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fulfillment.states import RejectReason, TrackingStatus
from oms.kernel.events import Event


class Units(BaseModel):
    """Units of one order line that a fact is about."""

    model_config = ConfigDict(frozen=True)

    order_line_id: UUID
    sku: str
    quantity: int


class WorkOpened(Event, name="fulfillment_order.opened"):
    """A location was given goods of an order to pick, pack and ship."""

    order_id: UUID
    fulfillment_order_id: UUID
    number: str
    location_id: UUID
    lines: list[Units]


class WorkAccepted(Event, name="fulfillment_order.accepted"):
    """The location took the work on."""

    order_id: UUID
    fulfillment_order_id: UUID
    number: str
    location_id: UUID
    lines: list[Units]


class WorkPicked(Event, name="fulfillment_order.picked"):
    """The goods were taken from the shelf; `lines` are the units found."""

    order_id: UUID
    fulfillment_order_id: UUID
    number: str
    location_id: UUID
    lines: list[Units]


class WorkPacked(Event, name="fulfillment_order.packed"):
    """The goods are in a parcel, ready for the carrier."""

    order_id: UUID
    fulfillment_order_id: UUID
    number: str
    location_id: UUID
    lines: list[Units]


class WorkRejected(Event, name="fulfillment_order.rejected"):
    """The location cannot do some of the work; `lines` are the units given back."""

    order_id: UUID
    fulfillment_order_id: UUID
    number: str
    location_id: UUID
    reason: RejectReason
    lines: list[Units]


class WorkCancelled(Event, name="fulfillment_order.cancelled"):
    """The work is not wanted any more; `lines` are the units that stay where they are."""

    order_id: UUID
    fulfillment_order_id: UUID
    number: str
    location_id: UUID
    lines: list[Units]


class ShipmentShipped(Event, name="shipment.shipped"):
    """A parcel was handed to the carrier."""

    order_id: UUID
    shipment_id: UUID
    fulfillment_order_id: UUID
    location_id: UUID
    carrier: str
    tracking_number: str
    lines: list[Units]


class ShipmentTracked(Event, name="shipment.tracked"):
    """The carrier reports a new status of a parcel, other than its delivery."""

    order_id: UUID
    shipment_id: UUID
    status: TrackingStatus
    place: str | None


class ShipmentDelivered(Event, name="shipment.delivered"):
    """A parcel reached its receiver; told once, at the time of the delivering scan."""

    order_id: UUID
    shipment_id: UUID
    place: str | None
    lines: list[Units]
