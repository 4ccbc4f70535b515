"""The whole choreography on one screen: after which fact comes which reaction."""

from fulfillment import tasks as reports
from fulfillment.events import ShipmentDelivered, ShipmentShipped, WorkRejected
from inventory.counts import tasks as counts
from inventory.counts.events import StockWasCounted
from inventory.events import StockAdjusted, StockReceived
from inventory.holds import expiry as holds
from inventory.holds.events import HoldChanged, HoldConverted, HoldExpired, HoldReleased
from inventory.places.events import LocationDeactivated
from inventory.supply.events import (
    NoticeAnnounced,
    NoticeCancelled,
    NoticeChanged,
    PurchaseCancelled,
    PurchaseChanged,
    PurchaseClosed,
    PurchaseOrdered,
    SupplyReceived,
)
from inventory.tracing import tasks as lots
from inventory.transfers.events import TransferCancelled, TransferReduced
from oms.channels.imports import runs as imports
from oms.journey import publishing
from oms.kernel import events, idempotency, partitions
from oms.kernel.events import on, on_every
from oms.orders import (
    assignments,
    cancellations,
    charges,
    closures,
    progress,
    redating,
    releases,
)
from oms.orders.events import OrderBackordered, OrderCancelled, OrderPlaced, OrderStranded
from oms.payments import tasks as payments
from oms.payments.events import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundProcessed,
)
from oms.webhooks import sending

SUBSCRIPTIONS = [
    # fact                  reactions, each in its own transaction
    on(OrderPlaced,         releases.nothing_to_pay),
    on(PaymentAuthorised,   releases.payment_authorised, progress.money_moved),
    on(PaymentDeclined,     cancellations.payment_declined, progress.money_moved),
    on(PaymentCaptured,     progress.money_moved),
    on(PaymentVoided,       progress.money_moved),
    on(RefundProcessed,     progress.money_moved),
    on(ShipmentShipped,     progress.lines_shipped, charges.capture_shipped),
    on(ShipmentDelivered,   progress.lines_delivered),
    on(StockReceived,       assignments.received),
    on(StockAdjusted,       assignments.adjusted),
    on(StockWasCounted,     assignments.counted),
    on(TransferReduced,     assignments.transfer_gave_up),
    on(TransferCancelled,   assignments.transfer_gave_up),
    on(HoldChanged,         assignments.hold_let_go),
    on(HoldReleased,        assignments.hold_let_go),
    on(HoldExpired,         assignments.hold_let_go),
    on(HoldConverted,       assignments.hold_let_go),
    on(OrderBackordered,    redating.backordered),
    on(PurchaseOrdered,     redating.supply_moved),
    on(PurchaseChanged,     redating.supply_moved),
    on(PurchaseClosed,      redating.supply_moved),
    on(PurchaseCancelled,   redating.supply_moved),
    on(NoticeAnnounced,     redating.supply_moved),
    on(NoticeChanged,       redating.supply_moved),
    on(NoticeCancelled,     redating.supply_moved),
    on(SupplyReceived,      redating.supply_moved),
    on(OrderCancelled,      assignments.cancelled),
    on(WorkRejected,        assignments.rejected),
    on(LocationDeactivated, closures.location_closed),
    on(OrderStranded,       closures.stranded),
    on_every(publishing.publish),
]  # fmt: skip

JOBS = [
    imports.work,
    imports.forget,
    reports.read_report,
    payments.ask,
    payments.interpret,
    payments.chase,
    holds.expire,
    lots.expire,
    lots.keep,
    idempotency.forget,
    partitions.make_ahead,
    counts.open_due,
    assignments.hand_out,
    assignments.sweep,
    redating.follow,
]
"""Steps a worker must know, whatever else it has imported."""


def install() -> None:
    """Tell this process what follows what."""
    events.subscribe(SUBSCRIPTIONS)
    sending.install()
