"""Life of a lot and of a unit with a serial number."""

from enum import StrEnum

from oms.kernel.states import Machine


class LotStatus(StrEnum):
    """Whether units of a lot may be sold. That it has expired is a matter of its date."""

    OPEN = "open"
    QUARANTINED = "quarantined"
    RECALLED = "recalled"


class SerialStatus(StrEnum):
    """Where a unit with a serial number is."""

    IN_STOCK = "in_stock"
    PICKED = "picked"
    SHIPPED = "shipped"
    RETURNED = "returned"
    SCRAPPED = "scrapped"


L = LotStatus

LOT = Machine(
    "lot",
    start=L.OPEN,
    moves=[
        # verb         from                                  to
        ("quarantine", {L.OPEN},                             L.QUARANTINED),
        ("recall",     {L.OPEN, L.QUARANTINED},              L.RECALLED),
        ("release",    {L.QUARANTINED, L.RECALLED},          L.OPEN),
    ],
)  # fmt: skip

S = SerialStatus

SERIAL = Machine(
    "serial",
    start=S.IN_STOCK,
    moves=[
        # verb       from                          to
        ("pick",     {S.IN_STOCK},                 S.PICKED),
        ("put_back", {S.PICKED},                   S.IN_STOCK),
        ("ship",     {S.PICKED},                   S.SHIPPED),
        ("return",   {S.SHIPPED},                  S.RETURNED),
        ("restock",  {S.RETURNED},                 S.IN_STOCK),
        ("scrap",    {S.IN_STOCK, S.RETURNED},     S.SCRAPPED),
    ],
)  # fmt: skip
