"""What comes, where and when: units due on purchase orders, at the truck's date if one is told.

A truck tells of its units better than the paper does: they come at the truck's date, whatever the
line says. The trucks carry what is due first. Units without a date come, but nobody says when;
units whose date has passed are overdue, which is the same until a new date is given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.statements import Statement

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    """Units of one SKU on one purchase order, by the line (or by one truck)."""

    purchase_order_id: UUID
    sku: str
    location_id: UUID
    quantity: int
    expected_at: datetime | None


@dataclass(frozen=True)
class Arrival:
    """Units of one SKU that come to a location."""

    sku: str
    location_id: UUID
    quantity: int
    expected_at: datetime | None


_LINES = Statement("""
SELECT line.purchase_order_id, line.sku, paper.location_id, line.due AS quantity, line.expected_at
FROM purchase_order_line AS line JOIN purchase_order AS paper ON paper.id = line.purchase_order_id
WHERE line.due > 0 AND line.sku = ANY(CAST(:skus AS text[]))
ORDER BY line.purchase_order_id, line.position
""")

_TRUCKS = Statement("""
SELECT truck.purchase_order_id, line.sku, paper.location_id,
    line.quantity - line.received AS quantity, truck.expected_at
FROM shipping_notice_line AS line JOIN shipping_notice AS truck ON truck.id = line.notice_id
    JOIN purchase_order AS paper ON paper.id = truck.purchase_order_id
WHERE line.received < line.quantity AND line.sku = ANY(CAST(:skus AS text[]))
    AND truck.status IN ('announced', 'in_transit', 'partially_received')
    AND truck.expected_at IS NOT NULL
ORDER BY truck.purchase_order_id, truck.id
""")


async def coming(session: AsyncSession, *, skus: Sequence[str]) -> list[Arrival]:
    """Return what comes of some SKUs, the earliest first; what has no date comes last."""
    lines = [Due(**row) for row in await _LINES.rows(session, skus=list(skus))]
    trucks = [Due(**row) for row in await _TRUCKS.rows(session, skus=list(skus))]
    return merged(lines, trucks)


def merged(lines: Iterable[Due], trucks: Iterable[Due]) -> list[Arrival]:
    """Let trucks carry what is due, the earliest first; what is due comes once, however told."""
    loads = {key: list(group) for key, group in groupby(sorted(trucks, key=_turn), key=_paper)}
    arrivals: list[Arrival] = []
    for key, group in groupby(sorted(lines, key=_turn), key=_paper):
        arrivals += _carried(list(group), loads.get(key, []))
    return sorted(arrivals, key=lambda one: (one.expected_at or LAST, one.sku, one.location_id))


def _carried(lines: Sequence[Due], trucks: Sequence[Due]) -> list[Arrival]:
    """Take units off the lines for each truck, then leave the rest of each line at its own date."""
    left = [line.quantity for line in lines]
    arrivals = []
    for truck in trucks:
        room = truck.quantity
        for place, units in enumerate(left):
            taken = min(units, room)
            left[place] -= taken
            room -= taken
        arrivals.append(_arrival(truck, truck.quantity - room))
    arrivals += [_arrival(line, units) for line, units in zip(lines, left, strict=True)]
    return [one for one in arrivals if one.quantity]


def _arrival(told: Due, quantity: int) -> Arrival:
    return Arrival(told.sku, told.location_id, quantity, told.expected_at)


def _paper(one: Due) -> tuple[UUID, str]:
    return one.purchase_order_id, one.sku


def _turn(one: Due) -> tuple[UUID, str, datetime]:
    return one.purchase_order_id, one.sku, one.expected_at or LAST
