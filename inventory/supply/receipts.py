"""Receiving against a purchase order: what came, how it differs from the paper, and where it goes.

The row of the purchase order is held from the first look to the commit, so two who unload the
same truck count one after the other. Levels move with it: good units are for sale at once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import receipts
from inventory.models import Reason
from inventory.movements import Change
from inventory.supply import events as facts
from inventory.supply import incoming, landings, notices, purchase_orders, queries
from inventory.supply.events import Difference, SupplyReceived
from inventory.supply.landings import Awaited, Came, Landing
from inventory.supply.models import (
    Discrepancy,
    PurchaseLine,
    PurchaseOrder,
    ShippingNotice,
    SupplyReceipt,
    SupplyReceiptLine,
)
from inventory.supply.states import NOTICE, PURCHASE, DiscrepancyKind
from inventory.supply.views import CameIn, SupplyReceiptIn
from oms.kernel import actors, events
from oms.kernel.errors import Conflict


class Excess(TypedDict):
    """A SKU of which more came than may be accepted."""

    sku: str
    arrived: int
    acceptable: int


class MoreThanOrdered(Conflict):
    """More came than was ordered; nothing was received."""

    number: str
    lines: list[Excess]

    @property
    def detail(self) -> str:
        """Say how many units may still be accepted."""
        told = [
            f"{one['sku']}: {one['arrived']} came, {one['acceptable']} may"
            for one in self.lines[:5]
        ]
        return f"{self.title} ({'; '.join(told)})"


@dataclass(frozen=True)
class Counted:
    """What came, told apart: by the paper, beside the paper but wanted, and only noted."""

    on_paper: dict[str, Came]
    beside: dict[str, Came]
    differences: list[Difference]


async def receive(
    session: AsyncSession,
    *,
    purchase_order_id: UUID,
    told: SupplyReceiptIn,
    version: int | None = None,
) -> SupplyReceipt:
    """Receive goods of a purchase order.

    Raises UnknownPurchaseOrder, PurchaseOrderChanged, IllegalMove, and MoreThanOrdered naming
    every SKU of which more came than may be accepted.
    """
    order = await queries.lock(session, purchase_order_id=purchase_order_id, version=version)
    return await _receive(session, order, None, told)


async def receive_notice(
    session: AsyncSession, *, notice_id: UUID, told: SupplyReceiptIn, version: int | None = None
) -> SupplyReceipt:
    """Receive goods off an announced truck. Raises as receive does, and UnknownShippingNotice."""
    order, notice = await queries.lock_notice(session, notice_id=notice_id, version=version)
    NOTICE.require(notice, "receive")
    return await _receive(session, order, notice, told)


async def _receive(
    session: AsyncSession,
    order: PurchaseOrder,
    notice: ShippingNotice | None,
    told: SupplyReceiptIn,
) -> SupplyReceipt:
    PURCHASE.require(order, "receive")
    lines = await queries.lines(session, purchase_order_ids=[order.id])
    known = await queries.known(session, skus={line.sku for line in told.lines})
    counted = _counted(told.lines, {line.sku for line in lines}, known)
    awaited = [_awaited(line) for line in lines]
    _demand_acceptable(order, awaited, counted.on_paper)
    landed = landings.land(awaited, counted.on_paper)
    receipt = await _write(session, order, notice, told.reference, landed, counted.beside)
    if notice is not None:
        await _unload(session, notice, counted.on_paper)
    await _put_away(session, order, lines, landed, counted.beside)
    differences = [*counted.differences, *_over(landed)]
    _tell(session, order, receipt, [*landed, *counted.beside.items()], differences)
    PURCHASE.move(order, "receive")
    queries.touch(order)
    purchase_orders.complete(session, found=order, lines=lines)
    if told.close and PURCHASE.allows(order.status, "close"):
        await purchase_orders.close_short(session, found=order)
    await session.flush()
    return receipt


def _counted(told: Sequence[CameIn], paper: set[str], known: frozenset[str]) -> Counted:
    """Tell apart what came. What nobody knows or wants is noted and never guessed."""
    on_paper: dict[str, Came] = {}
    beside: dict[str, Came] = {}
    differences = []
    for one in told:
        came = Came(one.accepted, one.damaged, one.quality_control)
        if one.sku in paper:
            on_paper[one.sku] = on_paper.get(one.sku, Came()).plus(came)
            if one.damaged:
                differences.append(_differs(DiscrepancyKind.DAMAGED, one, one.damaged))
        elif one.sku not in known:
            differences.append(_differs(DiscrepancyKind.UNKNOWN, one, one.units))
        else:
            differences.append(_differs(DiscrepancyKind.UNEXPECTED, one, one.units))
            if one.accept_unexpected:
                beside[one.sku] = beside.get(one.sku, Came()).plus(came)
    return Counted(on_paper, beside, differences)


def _differs(kind: DiscrepancyKind, one: CameIn, units: int) -> Difference:
    return Difference(kind=kind, sku=one.sku, quantity=units, note=one.note)


def _awaited(line: PurchaseLine) -> Awaited:
    return Awaited(line.id, line.sku, line.due, line.ordered, line.received, line.expected_at)


def _demand_acceptable(
    order: PurchaseOrder, awaited: Sequence[Awaited], came: dict[str, Came]
) -> None:
    limits = landings.limits(awaited, tolerance_percent=order.over_tolerance_percent)
    problems = [
        Excess(sku=sku, arrived=units.units, acceptable=limits[sku])
        for sku, units in sorted(came.items())
        if units.units > limits[sku]
    ]
    if problems:
        raise MoreThanOrdered(order.number, problems)


def _over(landed: Sequence[Landing]) -> list[Difference]:
    return [
        Difference(kind=DiscrepancyKind.OVER, sku=one.sku, quantity=one.over)
        for one in landed
        if one.over
    ]


async def _write(
    session: AsyncSession,
    order: PurchaseOrder,
    notice: ShippingNotice | None,
    reference: str | None,
    landed: Sequence[Landing],
    beside: dict[str, Came],
) -> SupplyReceipt:
    receipt = SupplyReceipt(
        purchase_order_id=order.id,
        notice_id=None if notice is None else notice.id,
        location_id=order.location_id,
        reference=reference,
        actor=actors.current().label,
    )
    session.add(receipt)
    await session.flush()
    rows: list[tuple[UUID | None, str, Came]] = [(one.line_id, one.sku, one.came) for one in landed]
    rows += [(None, sku, came) for sku, came in beside.items()]
    session.add_all(
        SupplyReceiptLine(receipt_id=receipt.id, purchase_line_id=line_id, sku=sku, **vars(came))
        for line_id, sku, came in rows
    )
    return receipt


async def _unload(session: AsyncSession, notice: ShippingNotice, came: dict[str, Came]) -> None:
    rows = await queries.notice_lines(session, notice_ids=[notice.id])
    notices.unload(notice, rows, Counter({sku: one.units for sku, one in came.items()}))


async def _put_away(
    session: AsyncSession,
    order: PurchaseOrder,
    lines: Sequence[PurchaseLine],
    landed: Sequence[Landing],
    beside: dict[str, Came],
) -> None:
    """Move lines and levels together: what came is not incoming any more."""
    of_id = {line.id: line for line in lines}
    changes = []
    for one in landed:
        line = of_id[one.line_id]
        line.accepted += one.came.accepted
        line.damaged += one.came.damaged
        line.quality_control += one.came.quality_control
        came_due = min(one.came.units, line.due)
        line.due -= came_due
        changes.append(_change(order, one.sku, one.came, came_due))
    changes += [_change(order, sku, came, 0) for sku, came in beside.items()]
    await session.flush()
    if changes:
        paper = incoming.paper(order.id)
        await receipts.shelve(session, changes=changes, reference=paper)


def _change(order: PurchaseOrder, sku: str, came: Came, came_due: int) -> Change:
    return Change(
        sku,
        order.location_id,
        Reason.MOVEMENT_RECEIVED,
        incoming.paper(order.id),
        on_hand=came.units,
        damaged=came.damaged,
        quality_control=came.quality_control,
        incoming=-came_due,
    )


def _tell(
    session: AsyncSession,
    order: PurchaseOrder,
    receipt: SupplyReceipt,
    came: Sequence[Landing | tuple[str, Came]],
    differences: Sequence[Difference],
) -> None:
    session.add_all(
        Discrepancy(
            purchase_order_id=order.id,
            receipt_id=receipt.id,
            actor=receipt.actor,
            **one.model_dump(),
        )
        for one in differences
    )
    told = SupplyReceived(
        purchase_order_id=order.id,
        notice_id=receipt.notice_id,
        receipt_id=receipt.id,
        number=receipt.number,
        supplier=order.supplier,
        location_id=order.location_id,
        lines=[_fact(one) for one in came],
        discrepancies=list(differences),
    )
    events.record(session, told, about=order.id)


def _fact(one: Landing | tuple[str, Came]) -> facts.Came:
    sku, came = (one.sku, one.came) if isinstance(one, Landing) else one
    return facts.Came(sku=sku, **vars(came))
