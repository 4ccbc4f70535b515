"""A return as it is shown: its paper, its lines, what arrived and what was found."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.inputs import Output
from oms.kernel.money import Money
from returns import queries
from returns.models import Inspection, Receipt, Return, ReturnLine
from returns.states import (
    RETURN,
    DeclineReason,
    Disposition,
    GoodsBack,
    ReturnReason,
    ReturnStatus,
    goods_back,
)

R = TypeVar("R")


class InspectionOut(Output):
    """What was found of some units, and what goes back to the shopper for them."""

    id: UUID
    quantity: int
    disposition: Disposition
    refunded: bool
    refund: Money
    note: str | None
    recorded_at: datetime


class ReceiptOut(Output):
    """Units that arrived at a location, and what inspection found of them."""

    id: UUID
    return_line_id: UUID
    location_id: UUID
    quantity: int
    inspected: int
    inspections: list[InspectionOut]
    recorded_at: datetime


class ReturnLineOut(Output):
    """Units that are to come back; `unit_credit` is agreed where there is no order line."""

    id: UUID
    order_line_id: UUID | None
    sku: str
    reason: ReturnReason
    quantity: int
    received: int
    inspected: int
    unit_credit: Money | None


class ReturnOut(Output):
    """A return. `goods` follows what was seen, `status` the paper; `actions` are possible now."""

    id: UUID
    number: str
    order_id: UUID | None
    channel_id: UUID
    external_id: str | None
    status: ReturnStatus
    goods: GoodsBack
    note: str | None
    decline_reason: DeclineReason | None
    lines: list[ReturnLineOut]
    receipts: list[ReceiptOut]
    refund: Money
    actions: list[str]
    version: int
    recorded_at: datetime


class ReturnsOut(Output):
    """One page of returns, newest first."""

    returns: list[ReturnOut]
    next_cursor: str | None


async def show(
    session: AsyncSession, *, return_id: UUID, channel_id: UUID | None = None
) -> ReturnOut:
    """Read a return with all that belongs to it. Raises UnknownReturn."""
    found = await queries.get(session, return_id=return_id, channel_id=channel_id)
    return (await show_all(session, [found]))[0]


async def show_all(session: AsyncSession, found: Sequence[Return]) -> list[ReturnOut]:
    """Show returns; three statements, however many they are."""
    await session.flush()
    return_ids = [one.id for one in found]
    lines = await queries.lines(session, return_ids=return_ids)
    receipts = await queries.receipts(session, return_ids=return_ids)
    inspections = await queries.inspections(session, return_ids=return_ids)
    by_receipt = _grouped(inspections, lambda inspection: inspection.receipt_id)
    by_line = _grouped(receipts, lambda receipt: receipt.return_line_id)
    by_return = _grouped(lines, lambda line: line.return_id)
    return [_return(one, by_return[one.id], by_line, by_receipt) for one in found]


def actions(status: ReturnStatus, lines: Iterable[ReturnLine]) -> list[str]:
    """Return the verbs that are possible now, given what was seen of the goods."""
    lines = list(lines)
    expected = sum(line.quantity for line in lines)
    received = sum(line.received for line in lines)
    inspected = sum(line.inspected for line in lines)
    sensible = {
        "cancel": received == 0,
        "receive": received < expected,
        "inspect": inspected < received,
        "close": inspected == received,
    }
    return [verb for verb in RETURN.possible(status) if sensible.get(verb, True)]


def _grouped(rows: Iterable[R], key: Callable[[R], UUID]) -> Mapping[UUID, list[R]]:
    groups: defaultdict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _return(
    found: Return,
    lines: Sequence[ReturnLine],
    by_line: Mapping[UUID, list[Receipt]],
    by_receipt: Mapping[UUID, list[Inspection]],
) -> ReturnOut:
    receipts = [receipt for line in lines for receipt in by_line[line.id]]
    refunds = [one.refund_amount for receipt in receipts for one in by_receipt[receipt.id]]
    return ReturnOut(
        id=found.id,
        number=found.number,
        order_id=found.order_id,
        channel_id=found.channel_id,
        external_id=found.external_id,
        status=found.status,
        goods=goods_back(
            found.status,
            expected=sum(line.quantity for line in lines),
            received=sum(line.received for line in lines),
        ),
        note=found.note,
        decline_reason=DeclineReason(found.decline_reason) if found.decline_reason else None,
        lines=[_line(line, found.currency) for line in lines],
        receipts=[_receipt(one, by_receipt[one.id], found.currency) for one in receipts],
        refund=Money(amount=sum(refunds), currency=found.currency),
        actions=actions(found.status, lines),
        version=found.version,
        recorded_at=found.recorded_at,
    )


def _line(line: ReturnLine, currency: str) -> ReturnLineOut:
    credit = line.unit_credit
    return ReturnLineOut(
        id=line.id,
        order_line_id=line.order_line_id,
        sku=line.sku,
        reason=line.reason,
        quantity=line.quantity,
        received=line.received,
        inspected=line.inspected,
        unit_credit=None if credit is None else Money(amount=credit, currency=currency),
    )


def _receipt(receipt: Receipt, found: Iterable[Inspection], currency: str) -> ReceiptOut:
    return ReceiptOut(
        id=receipt.id,
        return_line_id=receipt.return_line_id,
        location_id=receipt.location_id,
        quantity=receipt.quantity,
        inspected=receipt.inspected,
        inspections=[_inspection(one, currency) for one in found],
        recorded_at=receipt.recorded_at,
    )


def _inspection(inspection: Inspection, currency: str) -> InspectionOut:
    return InspectionOut(
        id=inspection.id,
        quantity=inspection.quantity,
        disposition=inspection.disposition,
        refunded=inspection.refunded,
        refund=Money(amount=inspection.refund_amount, currency=currency),
        note=inspection.note,
        recorded_at=inspection.recorded_at,
    )
