"""Life of a purchase order, and of a truck that brings some of it."""

from enum import StrEnum

from oms.kernel.states import Machine


class PurchaseStatus(StrEnum):
    """How far a purchase order has got."""

    DRAFT = "draft"
    ORDERED = "ordered"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class NoticeStatus(StrEnum):
    """Where the goods of a shipping notice are."""

    ANNOUNCED = "announced"
    IN_TRANSIT = "in_transit"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class DiscrepancyKind(StrEnum):
    """How what arrived differs from the paper."""

    OVER = "over"
    SHORT = "short"
    DAMAGED = "damaged"
    UNEXPECTED = "unexpected"
    UNKNOWN = "unknown"


P = PurchaseStatus
N = NoticeStatus

PURCHASE = Machine(
    "purchase_order",
    start=P.DRAFT,
    moves=[
        # verb        from                                   to
        ("change",    {P.DRAFT},                             P.DRAFT),
        ("change",    {P.ORDERED},                           P.ORDERED),
        ("change",    {P.PARTIALLY_RECEIVED},                P.PARTIALLY_RECEIVED),
        ("order",     {P.DRAFT},                             P.ORDERED),
        ("announce",  {P.ORDERED},                           P.ORDERED),
        ("announce",  {P.PARTIALLY_RECEIVED},                P.PARTIALLY_RECEIVED),
        ("receive",   {P.ORDERED, P.PARTIALLY_RECEIVED},     P.PARTIALLY_RECEIVED),
        ("complete",  {P.ORDERED, P.PARTIALLY_RECEIVED},     P.RECEIVED),
        ("close",     {P.PARTIALLY_RECEIVED},                P.CLOSED),
        ("cancel",    {P.DRAFT, P.ORDERED},                  P.CANCELLED),
    ],
)  # fmt: skip

NOTICE = Machine(
    "shipping_notice",
    start=N.ANNOUNCED,
    moves=[
        # verb        from                                              to
        ("change",    {N.ANNOUNCED},                                    N.ANNOUNCED),
        ("change",    {N.IN_TRANSIT},                                   N.IN_TRANSIT),
        ("depart",    {N.ANNOUNCED},                                    N.IN_TRANSIT),
        ("receive",   {N.ANNOUNCED, N.IN_TRANSIT, N.PARTIALLY_RECEIVED}, N.PARTIALLY_RECEIVED),
        ("complete",  {N.ANNOUNCED, N.IN_TRANSIT, N.PARTIALLY_RECEIVED}, N.RECEIVED),
        ("cancel",    {N.ANNOUNCED, N.IN_TRANSIT},                      N.CANCELLED),
    ],
)  # fmt: skip

BY_FACTS = frozenset({"complete"})
"""Verbs nobody asks for: what was received decides them."""
