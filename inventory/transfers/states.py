"""Life of a transfer; how far each unit has got is counted in its lines."""

from enum import StrEnum

from oms.kernel.states import Machine


class TransferStatus(StrEnum):
    """Where a transfer stands (Shopify's words, and ours for what lies between them)."""

    DRAFT = "draft"
    READY_TO_SHIP = "ready_to_ship"
    PICKED = "picked"
    IN_TRANSIT = "in_transit"
    PARTIALLY_RECEIVED = "partially_received"
    RETURNING = "returning"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of units that were under way; rejected ones go back to the source."""

    ACCEPTED = "accepted"
    DAMAGED = "damaged"
    LOST = "lost"
    REJECTED = "rejected"
    SURPLUS = "surplus"


class TransferReason(StrEnum):
    """Why units of a transfer did not arrive as they should."""

    BROKEN_IN_TRANSIT = "broken_in_transit"
    LOST_IN_TRANSIT = "lost_in_transit"
    SHORT_SHIPPED = "short_shipped"
    OVER_SHIPPED = "over_shipped"
    WRONG_ITEM = "wrong_item"
    NOT_ORDERED = "not_ordered"
    NO_ROOM = "no_room"
    OTHER = "other"


S = TransferStatus

TRANSFER = Machine(
    "transfer",
    start=S.DRAFT,
    moves=[
        # verb        from                                       to
        ("reserve",   {S.DRAFT},                                 S.READY_TO_SHIP),
        ("pick",      {S.READY_TO_SHIP},                         S.PICKED),
        ("ship",      {S.PICKED},                                S.IN_TRANSIT),
        ("receive",   {S.IN_TRANSIT, S.PARTIALLY_RECEIVED},      S.PARTIALLY_RECEIVED),
        ("take_back", {S.RETURNING},                             S.RETURNING),
        ("take_back", {S.PARTIALLY_RECEIVED},                    S.PARTIALLY_RECEIVED),
        ("cancel",    {S.DRAFT, S.READY_TO_SHIP, S.PICKED},      S.CANCELLED),
        ("cancel",    {S.IN_TRANSIT, S.PARTIALLY_RECEIVED},      S.RETURNING),
        ("turn",      {S.PARTIALLY_RECEIVED},                    S.RETURNING),
        ("complete",  {S.PARTIALLY_RECEIVED, S.RETURNING},       S.RECEIVED),
        ("give_up",   {S.RETURNING},                             S.CANCELLED),
    ],
)  # fmt: skip

BY_ITSELF = frozenset({"turn", "complete", "give_up"})
"""Verbs that follow from what was received or taken back; nobody says them."""

NOT_SHIPPED = frozenset({S.READY_TO_SHIP, S.PICKED})
"""The units stand at the source, held for the transfer."""
