"""The work of a location: taken on, picked, packed, given back or not wanted any more."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from fulfillment import queries
from fulfillment.events import (
    Units,
    WorkAccepted,
    WorkCancelled,
    WorkOpened,
    WorkPacked,
    WorkPicked,
    WorkRejected,
)
from fulfillment.models import FulfillmentLine, FulfillmentOrder
from fulfillment.states import WORK, RejectReason, WorkStatus
from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected
from oms.kernel.events import Event

OVER = {WorkStatus.REJECTED, WorkStatus.CANCELLED}

BEGUN = {WorkStatus.ACCEPTED, WorkStatus.PICKED, WorkStatus.PACKED}


class WorkStarted(Conflict):
    """Locations have begun to work on the order; what has begun cannot be cancelled."""

    fulfillment_orders: list[str]


class UnitsNotInWork(Rejected):
    """These units are not in the work, or not any more."""

    number: str
    lines: list[dict[str, Any]]


class UnitsUnaccounted(Conflict):
    """Every unit must be picked or rejected first."""

    number: str
    lines: list[dict[str, Any]]


@dataclass(frozen=True)
class OrderFacts:
    """What a location must know of the order behind its work."""

    id: UUID
    number: str
    channel_id: UUID
    ship_to: dict[str, Any]


@dataclass(frozen=True)
class WorkLine:
    """Units of one order line that one location works on.

    `parts` are what to take from the shelves for one unit, where that is not its own SKU.
    """

    order_line_id: UUID
    sku: str
    name: str
    quantity: int
    parts: dict[str, int] | None = None


async def open_work(
    session: AsyncSession, *, order: OrderFacts, location_id: UUID, lines: Sequence[WorkLine]
) -> FulfillmentOrder:
    """Give a location goods of an order to pick, pack and ship. The stock is promised already."""
    work = FulfillmentOrder(
        order_id=order.id,
        order_number=order.number,
        channel_id=order.channel_id,
        location_id=location_id,
        ship_to=order.ship_to,
    )
    session.add(work)
    await session.flush()
    session.add_all(
        FulfillmentLine(
            fulfillment_order_id=work.id,
            order_line_id=line.order_line_id,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            parts=line.parts,
        )
        for line in lines
    )
    _tell(session, work, WorkOpened(**_facts(work), lines=units(lines)))
    await session.flush()
    return work


async def accept(
    session: AsyncSession, *, work_id: UUID, version: int | None = None
) -> FulfillmentOrder:
    """Take the work on. Raises IllegalMove."""
    work = await queries.lock(session, work_id=work_id, version=version)
    WORK.move(work, "accept")
    lines = await queries.lines(session, work_ids=[work.id])
    _tell(session, work, WorkAccepted(**_facts(work), lines=remaining(lines)))
    await session.flush()
    return work


async def pick(
    session: AsyncSession,
    *,
    work_id: UUID,
    found: Sequence[tuple[UUID, int]] = (),
    version: int | None = None,
) -> FulfillmentOrder:
    """Take the goods from the shelf: all that is wanted, or as many as `found` says for a line.

    What was not found stays open until it is rejected. Raises IllegalMove, UnitsNotInWork.
    """
    work = await queries.lock(session, work_id=work_id, version=version)
    WORK.require(work, "pick")
    lines = await queries.lines(session, work_ids=[work.id])
    told = _counted(work, lines, found)
    WORK.move(work, "pick")
    for line in lines:
        line.picked = told.get(line.order_line_id, line.quantity - line.rejected)
    _tell(session, work, WorkPicked(**_facts(work), lines=picked(lines)))
    await session.flush()
    return work


async def pack(
    session: AsyncSession, *, work_id: UUID, version: int | None = None
) -> FulfillmentOrder:
    """Put what was picked into a parcel. Raises IllegalMove, UnitsUnaccounted."""
    work = await queries.lock(session, work_id=work_id, version=version)
    WORK.require(work, "pack")
    lines = await queries.lines(session, work_ids=[work.id])
    require_accounted(work, lines)
    WORK.move(work, "pack")
    _tell(session, work, WorkPacked(**_facts(work), lines=picked(lines)))
    await session.flush()
    return work


async def reject_lines(
    session: AsyncSession,
    *,
    work_id: UUID,
    lines: Sequence[tuple[UUID, int]],
    reason: RejectReason,
    version: int | None = None,
) -> list[WorkLine]:
    """Give units (order line, quantity) back and return them; before packing only.

    Without `lines` all that is left is given back. Units nobody picked go first. Where the
    goods are and who takes over is for the caller to settle. Raises IllegalMove, UnitsNotInWork.
    """
    work = await queries.lock(session, work_id=work_id, version=version)
    WORK.require(work, "reject")
    rows = await queries.lines(session, work_ids=[work.id])
    given_back = _counted(work, rows, lines or _left(rows))
    for row in rows:
        row.rejected += given_back.get(row.order_line_id, 0)
        row.picked = min(row.picked, row.quantity - row.rejected)
    if not remaining(rows):
        WORK.move(work, "reject")
    work.reason = reason.value
    flag_modified(work, "reason")  # lines changed, so the version must rise even for equal words
    rejected = [
        WorkLine(row.order_line_id, row.sku, row.name, quantity, row.parts)
        for row in rows
        if (quantity := given_back.get(row.order_line_id, 0))
    ]
    _tell(session, work, WorkRejected(**_facts(work), reason=reason, lines=units(rejected)))
    await session.flush()
    return rejected


async def cancel_of_order(session: AsyncSession, *, order_id: UUID) -> list[Units]:
    """Cancel the open work of an order and return its units; what has shipped stays shipped.

    Raises WorkStarted when a location is at work on the order.
    """
    works = await queries.lock_of_order(session, order_id=order_id)
    begun = [work.number for work in works if work.status in BEGUN]
    if begun:
        raise WorkStarted(begun)
    wanted = [work for work in works if work.status is WorkStatus.OPEN]
    lines = await queries.lines(session, work_ids=[work.id for work in wanted])
    for work in wanted:
        WORK.move(work, "cancel")
        own = [line for line in lines if line.fulfillment_order_id == work.id]
        _tell(session, work, WorkCancelled(**_facts(work), lines=remaining(own)))
    await session.flush()
    return remaining(lines)


def units(lines: Iterable[WorkLine]) -> list[Units]:
    """Tell the units of work lines."""
    return [
        Units(order_line_id=line.order_line_id, sku=line.sku, quantity=line.quantity)
        for line in lines
    ]


def remaining(lines: Iterable[FulfillmentLine]) -> list[Units]:
    """Tell the units that were not rejected."""
    return [
        Units(
            order_line_id=line.order_line_id, sku=line.sku, quantity=line.quantity - line.rejected
        )
        for line in lines
        if line.quantity > line.rejected
    ]


def picked(lines: Iterable[FulfillmentLine]) -> list[Units]:
    """Tell the units that were picked."""
    return [
        Units(order_line_id=line.order_line_id, sku=line.sku, quantity=line.picked)
        for line in lines
        if line.picked
    ]


def require_accounted(work: FulfillmentOrder, lines: Iterable[FulfillmentLine]) -> None:
    """Refuse to go on while units are neither picked nor rejected. Raises UnitsUnaccounted."""
    missing = [
        {"order_line_id": str(line.order_line_id), "sku": line.sku, "missing": missing}
        for line in lines
        if (missing := line.quantity - line.picked - line.rejected)
    ]
    if missing:
        raise UnitsUnaccounted(work.number, missing)


def _counted(
    work: FulfillmentOrder, lines: Iterable[FulfillmentLine], named: Sequence[tuple[UUID, int]]
) -> dict[UUID, int]:
    """Sum the units named per line. Raises UnitsNotInWork when a line has not as many."""
    counted: Counter[UUID] = Counter()
    for line_id, quantity in named:
        counted[line_id] += quantity
    left = dict(_left(lines))
    excess = [
        {"order_line_id": str(line_id), "wanted": quantity, "possible": left.get(line_id, 0)}
        for line_id, quantity in counted.items()
        if line_id not in left or quantity > left[line_id]
    ]
    if excess:
        raise UnitsNotInWork(work.number, excess)
    return counted


def _left(lines: Iterable[FulfillmentLine]) -> list[tuple[UUID, int]]:
    return [(line.order_line_id, line.quantity - line.rejected) for line in lines]


def _facts(work: FulfillmentOrder) -> dict[str, Any]:
    return {
        "order_id": work.order_id,
        "fulfillment_order_id": work.id,
        "number": work.number,
        "location_id": work.location_id,
    }


def _tell(session: AsyncSession, work: FulfillmentOrder, fact: Event) -> None:
    events.record(session, fact, about=work.order_id, channel_id=work.channel_id)
