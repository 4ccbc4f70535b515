"""Supply as it is shown: with its lines, and what is possible now."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.supply import queries
from inventory.supply.models import PurchaseLine, ShippingNotice, SupplyReceipt
from inventory.supply.states import BY_FACTS, NOTICE, PURCHASE
from inventory.supply.views import (
    CameOut,
    DiscrepancyOut,
    NoticeLineOut,
    NoticeOut,
    PurchaseLineOut,
    PurchaseOrderOut,
    ReceivedOut,
    SupplyReceiptOut,
)
from oms.kernel.money import Money


async def purchase_order(session: AsyncSession, *, purchase_order_id: UUID) -> PurchaseOrderOut:
    """Show a purchase order. Raises UnknownPurchaseOrder."""
    found = await queries.get(session, purchase_order_id=purchase_order_id)
    lines = await queries.lines(session, purchase_order_ids=[found.id])
    differences = await queries.discrepancies(session, purchase_order_id=found.id)
    return PurchaseOrderOut(
        **found.model_dump(include=set(PurchaseOrderOut.model_fields)),
        actions=[verb for verb in PURCHASE.possible(found.status) if verb not in BY_FACTS],
        lines=[_line(line) for line in lines],
        discrepancies=[DiscrepancyOut.model_validate(one) for one in differences],
    )


async def notice(session: AsyncSession, *, notice_id: UUID) -> NoticeOut:
    """Show a shipping notice. Raises UnknownShippingNotice."""
    [told] = await notices(session, found=[await queries.notice(session, notice_id=notice_id)])
    return told


async def notices(session: AsyncSession, *, found: Sequence[ShippingNotice]) -> list[NoticeOut]:
    """Show shipping notices with what is on the trucks."""
    rows = await queries.notice_lines(session, notice_ids=[one.id for one in found])
    lines = {key: list(group) for key, group in groupby(rows, key=lambda row: row.notice_id)}
    return [
        NoticeOut(
            **one.model_dump(include=set(NoticeOut.model_fields)),
            actions=[verb for verb in NOTICE.possible(one.status) if verb not in BY_FACTS],
            lines=[NoticeLineOut.model_validate(line) for line in lines.get(one.id, [])],
        )
        for one in found
    ]


async def receipts(
    session: AsyncSession, *, found: Sequence[SupplyReceipt]
) -> list[SupplyReceiptOut]:
    """Show receipts with what went into stock."""
    rows = await queries.receipt_lines(session, receipt_ids=[one.id for one in found])
    lines = {key: list(group) for key, group in groupby(rows, key=lambda row: row.receipt_id)}
    return [
        SupplyReceiptOut(
            **one.model_dump(),
            lines=[CameOut.model_validate(line) for line in lines.get(one.id, [])],
        )
        for one in found
    ]


async def received(session: AsyncSession, *, receipt: SupplyReceipt) -> ReceivedOut:
    """Show a receipt and the purchase order as it left it."""
    [told] = await receipts(session, found=[receipt])
    order = await purchase_order(session, purchase_order_id=receipt.purchase_order_id)
    return ReceivedOut(receipt=told, purchase_order=order)


def _line(line: PurchaseLine) -> PurchaseLineOut:
    cost = None
    if line.unit_cost_amount is not None and line.unit_cost_currency is not None:
        cost = Money(amount=line.unit_cost_amount, currency=line.unit_cost_currency)
    return PurchaseLineOut(**line.model_dump(), received=line.received, unit_cost=cost)
