"""Life of a hold."""

from enum import StrEnum

from oms.kernel.states import Machine


class HoldStatus(StrEnum):
    """Whether a cart still holds stock, and how it came that it does not."""

    ACTIVE = "active"
    CONVERTED = "converted"
    EXPIRED = "expired"
    RELEASED = "released"


S = HoldStatus

HOLD = Machine(
    "hold",
    start=S.ACTIVE,
    moves=[
        # verb        from         to
        ("change",    {S.ACTIVE},  S.ACTIVE),
        ("extend",    {S.ACTIVE},  S.ACTIVE),
        ("release",   {S.ACTIVE},  S.RELEASED),
        ("convert",   {S.ACTIVE},  S.CONVERTED),
        ("expire",    {S.ACTIVE},  S.EXPIRED),
    ],
)  # fmt: skip

BY_ITSELF = frozenset({"convert", "expire"})
"""Verbs that follow from an order being placed or from time going by; nobody says them."""
