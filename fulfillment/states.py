"""Life of a fulfilment order and of a parcel."""

from enum import StrEnum

from oms.kernel.states import Machine


class WorkStatus(StrEnum):
    """Where the work of one location stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class TrackingStatus(StrEnum):
    """What the carrier last said of a parcel, in one vocabulary for all carriers."""

    UNKNOWN = "unknown"
    LABEL_CREATED = "label_created"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    DELIVERED = "delivered"
    RETURNED_TO_SENDER = "returned_to_sender"
    EXCEPTION = "exception"
    CANCELLED = "cancelled"


class RejectReason(StrEnum):
    """Why a location cannot do the work (Shopify's fulfilment order rejection words)."""

    INVENTORY_OUT_OF_STOCK = "inventory_out_of_stock"
    INELIGIBLE_PRODUCT = "ineligible_product"
    UNDELIVERABLE_DESTINATION = "undeliverable_destination"
    DAMAGED = "damaged"
    OTHER = "other"


W = WorkStatus

WORK = Machine(
    "fulfillment_order",
    start=W.OPEN,
    moves=[
        # verb       from                                     to
        ("accept",   {W.OPEN},                                W.ACCEPTED),
        ("pick",     {W.ACCEPTED},                            W.PICKED),
        ("pack",     {W.PICKED},                              W.PACKED),
        ("ship",     {W.PACKED},                              W.SHIPPED),
        ("reject",   {W.OPEN, W.ACCEPTED, W.PICKED},          W.REJECTED),
        ("cancel",   {W.OPEN},                                W.CANCELLED),
    ],
)  # fmt: skip
