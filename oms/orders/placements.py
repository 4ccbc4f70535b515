"""Placing an order: all of it, with its stock promised and its payment expected, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import clock, events, ids
from oms.kernel.errors import Conflict, Rejected
from oms.kernel.statements import Statement
from oms.kernel.tables import untracked
from oms.orders import allocations, totals
from oms.orders.allocations import Allocation, Shortfall, Task, UnknownSkus, Wanted
from oms.orders.events import LineUnits, OrderPlaced
from oms.orders.models import Order, OrderLine
from oms.orders.totals import Charges, Priced, Shares
from oms.payments import payments
from oms.routing.sourcing import Place


class OrderExists(Conflict):
    """This channel has placed an order of this external id already."""

    external_id: str
    order_id: UUID


class PaymentMissing(Rejected):
    """An order that costs something needs a payment."""

    total: int


@dataclass(frozen=True)
class NewLine:
    """One line as the channel sold it; amounts in minor units."""

    sku: str
    quantity: int
    unit_price: int
    discount: int = 0
    name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class NewPayment:
    """How the shopper pays: which gateway, which method, and the provider's token."""

    gateway: str
    method: str
    token: str | None = None


@dataclass(frozen=True)
class NewOrder:
    """An order as a channel sold it."""

    channel_id: UUID
    external_id: str
    currency: str
    placed_at: datetime
    customer: dict[str, Any]
    ship_to: dict[str, Any]
    charges: Charges
    payment: NewPayment | None
    lines: Sequence[NewLine] = field(default_factory=list)

    @property
    def destination(self) -> Place:
        """Return where it goes, as far as the address tells."""
        return Place(self.ship_to.get("latitude"), self.ship_to.get("longitude"))


@dataclass(frozen=True)
class Placed:
    """A placed order with its lines."""

    order: Order
    lines: list[OrderLine]


async def place(session: AsyncSession, *, new: NewOrder) -> Placed:
    """Check the sums, promise the stock, write the order and expect its payment.

    Raises TotalsDisagree, UnknownSkus, Shortfall (out_of_stock), OrderExists, PaymentMissing.
    """
    shares = totals.spread(
        [Priced(line.unit_price, line.quantity, line.discount) for line in new.lines], new.charges
    )
    if new.charges.total and new.payment is None:
        raise PaymentMissing(new.charges.total)
    order_id = ids.new()
    line_ids = [ids.new() for _ in new.lines]
    task = Task(
        order_id=order_id,
        channel_id=new.channel_id,
        reference=f"order:{order_id}",
        cause="placed",
        wanted=[
            Wanted(line_id, line.sku, line.quantity)
            for line_id, line in zip(line_ids, new.lines, strict=True)
        ],
        destination=new.destination,
    )
    made = await _allocated(session, new, task)
    placed = await _write(session, new, task, shares, made)
    _expect_payment(session, placed.order, new)
    _tell(session, placed)
    allocations.decide(session, task=task, made=made)
    return placed


async def _allocated(session: AsyncSession, new: NewOrder, task: Task) -> Allocation:
    """Promise the stock. What is short may be what this very order took when it was sent before."""
    try:
        return await allocations.allocate(session, task=task, partly=False)
    except (Shortfall, UnknownSkus):
        if earlier := await _earlier(session, new):
            raise OrderExists(new.external_id, earlier) from None
        raise


_WRITE = Statement("""
WITH placed AS (
    INSERT INTO "order" (
        id, version, channel_id, external_id, status, payment_status, currency, goods_amount,
        discount_amount, shipping_amount, tax_amount, total_amount, customer, ship_to, placed_at,
        changed_at)
    SELECT id, version, channel_id, external_id, status, payment_status, currency, goods_amount,
        discount_amount, shipping_amount, tax_amount, total_amount, customer, ship_to, placed_at,
        changed_at
    FROM jsonb_populate_record(NULL::"order", CAST(:order AS jsonb))
    ON CONFLICT (channel_id, external_id) DO NOTHING
    RETURNING id, number, recorded_at
), lines AS (
    INSERT INTO order_line
    SELECT line.* FROM placed,
        jsonb_populate_recordset(NULL::order_line, CAST(:lines AS jsonb)) AS line
)
SELECT number, recorded_at FROM placed
""")


async def _write(
    session: AsyncSession,
    new: NewOrder,
    task: Task,
    shares: Sequence[Shares],
    made: Allocation,
) -> Placed:
    order = _order(new, task.order_id, shares)
    lines = [
        _line(order.id, position, wanted.line_id, line, share, made)
        for position, (wanted, line, share) in enumerate(
            zip(task.wanted, new.lines, shares, strict=True), start=1
        )
    ]
    written = await _WRITE.rows(
        session,
        order=msgspec.json.encode(vars(order)).decode(),
        lines=msgspec.json.encode([vars(line) for line in lines]).decode(),
    )
    if not written and (earlier := await _earlier(session, new)):
        raise OrderExists(new.external_id, earlier)
    return Placed(untracked(Order, **{**vars(order), **written[0]}), lines)


async def _earlier(session: AsyncSession, new: NewOrder) -> UUID | None:
    return await session.scalar(
        select(col(Order.id)).where(
            col(Order.channel_id) == new.channel_id, col(Order.external_id) == new.external_id
        )
    )


def _order(new: NewOrder, order_id: UUID, shares: Sequence[Shares]) -> Order:
    return untracked(
        Order,
        id=order_id,
        channel_id=new.channel_id,
        external_id=new.external_id,
        currency=new.currency,
        goods_amount=sum(share.goods for share in shares),
        discount_amount=sum(share.discount for share in shares),
        shipping_amount=new.charges.shipping,
        tax_amount=new.charges.tax,
        total_amount=new.charges.total,
        customer=new.customer,
        ship_to=new.ship_to,
        placed_at=new.placed_at,
        changed_at=clock.now(),
    )


def _line(
    order_id: UUID, position: int, line_id: UUID, line: NewLine, share: Shares, made: Allocation
) -> OrderLine:
    return untracked(
        OrderLine,
        id=line_id,
        order_id=order_id,
        position=position,
        external_id=line.external_id,
        sku=line.sku,
        name=line.name or made.names[line.sku],
        unit_price=line.unit_price,
        goods_amount=share.goods,
        discount_amount=share.discount,
        tax_amount=share.tax,
        shipping_amount=share.shipping,
        ordered=line.quantity,
        allocated=line.quantity,
    )


def _expect_payment(session: AsyncSession, order: Order, new: NewOrder) -> None:
    if new.payment is not None and order.total_amount:
        payments.expect(
            session,
            order_id=order.id,
            channel_id=order.channel_id,
            currency=order.currency,
            amount=order.total_amount,
            gateway=new.payment.gateway,
            method=new.payment.method,
            token=new.payment.token,
        )


def _tell(session: AsyncSession, placed: Placed) -> None:
    order = placed.order
    told = OrderPlaced(
        order_id=order.id,
        external_id=order.external_id,
        currency=order.currency,
        total_amount=order.total_amount,
        lines=[
            LineUnits(line_id=line.id, sku=line.sku, quantity=line.ordered) for line in placed.lines
        ],
    )
    events.record(session, told, about=order.id, channel_id=order.channel_id)
