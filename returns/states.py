"""Life of a return: its paper; what came back is counted in its lines."""

from enum import StrEnum

from oms.kernel.states import Machine


class ReturnStatus(StrEnum):
    """Where the paper of a return stands."""

    REQUESTED = "requested"
    OPEN = "open"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class ReturnReason(StrEnum):
    """Why goods come back (Shopify's words)."""

    SIZE_TOO_SMALL = "size_too_small"
    SIZE_TOO_LARGE = "size_too_large"
    UNWANTED = "unwanted"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    DEFECTIVE = "defective"
    STYLE = "style"
    COLOR = "color"
    OTHER = "other"
    UNKNOWN = "unknown"


class DeclineReason(StrEnum):
    """Why a return is not taken (Shopify's words)."""

    RETURN_PERIOD_ENDED = "return_period_ended"
    FINAL_SALE = "final_sale"
    OTHER = "other"


class Disposition(StrEnum):
    """What becomes of a unit that was inspected."""

    RESTOCKED = "restocked"
    QUALITY_CONTROL = "quality_control"
    DAMAGED = "damaged"
    SCRAPPED = "scrapped"


class GoodsBack(StrEnum):
    """What came of the goods themselves: counted where they arrived, whatever the paper says."""

    AWAITED = "awaited"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"


S = ReturnStatus
ENDED = frozenset({S.CLOSED, S.DECLINED, S.CANCELLED})

RETURN = Machine(
    "return",
    start=S.REQUESTED,
    moves=[
        # verb       from                        to
        ("approve",  {S.REQUESTED},              S.OPEN),
        ("decline",  {S.REQUESTED},              S.DECLINED),
        ("cancel",   {S.REQUESTED, S.OPEN},      S.CANCELLED),
        ("receive",  {S.OPEN},                   S.OPEN),
        ("inspect",  {S.OPEN},                   S.OPEN),
        ("close",    {S.OPEN},                   S.CLOSED),
    ],
)  # fmt: skip


def goods_back(status: ReturnStatus, *, expected: int, received: int) -> GoodsBack:
    """Tell what came back: a return that was closed empty is `not_received`, never returned."""
    if received == 0:
        return GoodsBack.NOT_RECEIVED if status in ENDED else GoodsBack.AWAITED
    return GoodsBack.RECEIVED if received == expected else GoodsBack.PARTIALLY_RECEIVED
