"""The axes of an order: what people decided, and what the facts of its lines amount to."""

from enum import StrEnum

from oms.kernel.states import Machine


class OrderStatus(StrEnum):
    """What has been decided about an order as a whole."""

    PLACED = "placed"
    RELEASED = "released"
    CANCELLED = "cancelled"


class GoodsStatus(StrEnum):
    """Where the goods are, derived from the lines' counters."""

    UNFULFILLED = "unfulfilled"
    BACKORDERED = "backordered"
    IN_WORK = "in_work"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class MoneyStatus(StrEnum):
    """Where the money is, derived from the payments' counters."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DECLINED = "declined"
    VOIDED = "voided"


class ReturnsStatus(StrEnum):
    """What has come back, derived from goods seen."""

    NONE = "none"
    REQUESTED = "requested"
    PARTIALLY_RETURNED = "partially_returned"
    RETURNED = "returned"


class CancelReason(StrEnum):
    """Why an order was cancelled (Shopify's words)."""

    CUSTOMER = "customer"
    DECLINED = "declined"
    FRAUD = "fraud"
    INVENTORY = "inventory"
    STAFF = "staff"
    OTHER = "other"


S = OrderStatus

ORDER = Machine(
    "order",
    start=S.PLACED,
    moves=[
        # verb      from                        to
        ("release", {S.PLACED},                 S.RELEASED),
        ("cancel",  {S.PLACED, S.RELEASED},     S.CANCELLED),
    ],
)  # fmt: skip
