"""The derived axes of an order's status: what the units of its lines amount to; pure."""

from collections.abc import Mapping
from typing import TypeAlias

from oms.orders.states import GoodsStatus, ReturnsStatus

Units: TypeAlias = Mapping[str, int]
"""The units of an order in each counter, over all lines."""


def goods_status(units: Units) -> GoodsStatus:
    """Say where the goods are."""
    wanted = units["ordered"] - units["cancelled"]
    if wanted == 0:
        return GoodsStatus.CANCELLED
    if units["delivered"] == wanted:
        return GoodsStatus.DELIVERED
    if units["shipped"] == wanted:
        return GoodsStatus.SHIPPED
    if units["shipped"]:
        return GoodsStatus.PARTIALLY_SHIPPED
    if units["backordered"]:
        return GoodsStatus.BACKORDERED
    return GoodsStatus.IN_WORK if units["in_work"] else GoodsStatus.UNFULFILLED


def returns_status(units: Units) -> ReturnsStatus:
    """Say what came back: only goods that were seen count as returned."""
    if units["returned"] and units["returned"] == units["shipped"]:
        return ReturnsStatus.RETURNED
    if units["return_requested"]:
        return ReturnsStatus.REQUESTED
    return ReturnsStatus.PARTIALLY_RETURNED if units["returned"] else ReturnsStatus.NONE
