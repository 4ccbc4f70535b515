"""What is to come, counted where it will stand: the `incoming` units of levels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.models import Reason
from inventory.movements import Change
from inventory.supply.events import SupplyUnits
from inventory.supply.models import PurchaseLine, PurchaseOrder


def paper(purchase_order_id: UUID) -> str:
    """Return how the ledger names a purchase order."""
    return f"purchase_order:{purchase_order_id}"


def outstanding(line: PurchaseLine) -> int:
    """Return how many units of a line are still to come, were it ordered."""
    return max(line.ordered - line.received - line.closed, 0)


def due(lines: Sequence[PurchaseLine]) -> Counter[str]:
    """Count the units that are due, per SKU."""
    units: Counter[str] = Counter()
    for line in lines:
        units[line.sku] += line.due
    return units


def units(lines: Sequence[PurchaseLine]) -> list[SupplyUnits]:
    """Tell what is due, and when."""
    return [
        SupplyUnits(sku=line.sku, quantity=line.due, expected_at=line.expected_at)
        for line in lines
        if line.due
    ]


async def follow(
    session: AsyncSession,
    *,
    order: PurchaseOrder,
    before: Mapping[str, int],
    lines: Sequence[PurchaseLine],
    reason: Reason,
) -> None:
    """Let the level's incoming units follow what became due, or is not due any more."""
    after = due(lines)
    changes = [
        Change(sku, order.location_id, reason, paper(order.id), incoming=delta)
        for sku in sorted(before.keys() | after.keys())
        if (delta := after.get(sku, 0) - before.get(sku, 0))
    ]
    if changes:
        await movements.apply(session, changes=changes)
