"""Facts about supply. Their subject is the purchase order."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from inventory.supply.states import DiscrepancyKind
from oms.kernel.events import Event


class SupplyUnits(BaseModel):
    """Units of one SKU, and by when they are expected."""

    model_config = ConfigDict(frozen=True)

    sku: str
    quantity: int
    expected_at: datetime | None = None


class Came(BaseModel):
    """Units of one SKU that went into stock: good, damaged, or to be looked at."""

    model_config = ConfigDict(frozen=True)

    sku: str
    accepted: int
    damaged: int
    quality_control: int


class Difference(BaseModel):
    """How goods differed from their paper."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    kind: DiscrepancyKind
    sku: str
    quantity: int
    note: str | None = None


class PurchaseOrdered(Event, name="purchase_order.ordered"):
    """Goods were ordered of a supplier: they are incoming from now on."""

    purchase_order_id: UUID
    number: str
    supplier: str
    location_id: UUID
    lines: list[SupplyUnits]


class PurchaseChanged(Event, name="purchase_order.changed"):
    """What is to come, or when, is different now; the lines are what is still due."""

    purchase_order_id: UUID
    number: str
    location_id: UUID
    lines: list[SupplyUnits]


class PurchaseReceived(Event, name="purchase_order.received"):
    """Nothing of a purchase order is due any more: all of it came."""

    purchase_order_id: UUID
    number: str
    location_id: UUID


class PurchaseClosed(Event, name="purchase_order.closed"):
    """A purchase order was closed short: these units will not come."""

    purchase_order_id: UUID
    number: str
    location_id: UUID
    reason: str | None
    lines: list[SupplyUnits]


class PurchaseCancelled(Event, name="purchase_order.cancelled"):
    """A purchase order was cancelled before anything of it came."""

    purchase_order_id: UUID
    number: str
    location_id: UUID
    reason: str | None
    lines: list[SupplyUnits]


class NoticeAnnounced(Event, name="shipping_notice.announced"):
    """A supplier says what is on a truck, and when it comes."""

    purchase_order_id: UUID
    notice_id: UUID
    number: str
    expected_at: datetime | None
    lines: list[SupplyUnits]


class NoticeChanged(Event, name="shipping_notice.changed"):
    """The truck comes at another time, or in another way."""

    purchase_order_id: UUID
    notice_id: UUID
    number: str
    expected_at: datetime | None


class NoticeDeparted(Event, name="shipping_notice.departed"):
    """The truck is on its way."""

    purchase_order_id: UUID
    notice_id: UUID
    number: str
    expected_at: datetime | None


class NoticeCancelled(Event, name="shipping_notice.cancelled"):
    """The truck does not come."""

    purchase_order_id: UUID
    notice_id: UUID
    number: str


class SupplyReceived(Event, name="supply.received"):
    """Goods of a purchase order came in; `discrepancies` tell how they differ from the paper."""

    purchase_order_id: UUID
    notice_id: UUID | None
    receipt_id: UUID
    number: str
    supplier: str
    location_id: UUID
    lines: list[Came]
    discrepancies: list[Difference]
