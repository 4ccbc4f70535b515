"""An order as it is shown: amounts, counters, the axes of its status, what is possible now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.inputs import Output
from oms.kernel.money import Money
from oms.orders import queries
from oms.orders.models import Order, OrderLine
from oms.orders.states import GoodsStatus, MoneyStatus, OrderStatus, ReturnsStatus


class OrderLineOut(Output):
    """A line: what it costs all in all, and where its units are.

    `parts` are what one unit takes from the shelves, where that is not its own SKU (a kit). What
    was sold ahead is `expected_at`, as far as that is known.
    """

    id: UUID
    position: int
    external_id: str | None
    sku: str
    name: str
    unit_price: Money
    goods: Money
    discount: Money
    shipping: Money
    fees: Money
    tax: Money
    charges_tax: Money
    tax_included: bool
    tax_rate: int | None
    discounts: list[dict[str, Any]] | None
    ordered: int
    cancelled: int
    backordered: int
    allocated: int
    in_work: int
    shipped: int
    delivered: int
    return_requested: int
    returned: int
    parts: dict[str, int] | None
    expected_at: datetime | None


class OrderOut(Output):
    """An order. `goods_status`, `payment_status` and `returns_status` move independently."""

    id: UUID
    number: str
    version: int
    channel_id: UUID
    external_id: str
    status: OrderStatus
    goods_status: GoodsStatus
    payment_status: MoneyStatus
    returns_status: ReturnsStatus
    headline: str
    actions: list[str]
    goods: Money
    discount: Money
    shipping: Money
    fees: Money
    tax: Money
    tax_included: bool
    total: Money
    discounts: list[dict[str, Any]] | None
    charges: list[dict[str, Any]] | None
    taxes: list[dict[str, Any]] | None
    tenders: list[dict[str, Any]] | None
    customer: dict[str, Any]
    ship_to: dict[str, Any]
    cancel_reason: str | None
    placed_at: datetime
    changed_at: datetime
    lines: list[OrderLineOut]


class OrderSummaryOut(Output):
    """An order in a list."""

    id: UUID
    number: str
    version: int
    channel_id: UUID
    external_id: str
    customer_name: str | None
    status: OrderStatus
    goods_status: GoodsStatus
    payment_status: MoneyStatus
    returns_status: ReturnsStatus
    headline: str
    total: Money
    placed_at: datetime
    changed_at: datetime


async def show(
    session: AsyncSession, *, order_id: UUID, channel_id: UUID | None = None
) -> OrderOut:
    """Read an order of this channel (None: of any) with its lines. Raises UnknownOrder."""
    order = await queries.find(session, order_id=order_id, channel_id=channel_id)
    return shown(order, await queries.lines(session, order_id=order.id))


def shown(order: Order, lines: Sequence[OrderLine]) -> OrderOut:
    """Show an order and its lines."""
    return OrderOut(
        id=order.id,
        number=order.number,
        version=order.version,
        channel_id=order.channel_id,
        external_id=order.external_id,
        status=order.status,
        goods_status=order.goods_status,
        payment_status=order.payment_status,
        returns_status=order.returns_status,
        headline=headline(order),
        actions=actions(lines),
        goods=Money(amount=order.goods_amount, currency=order.currency),
        discount=Money(amount=order.discount_amount, currency=order.currency),
        shipping=Money(amount=order.shipping_amount, currency=order.currency),
        fees=Money(amount=order.fees_amount, currency=order.currency),
        tax=Money(amount=order.tax_amount, currency=order.currency),
        tax_included=order.tax_included,
        discounts=order.discounts,
        charges=order.fees,
        taxes=order.taxes,
        tenders=order.tenders,
        total=Money(amount=order.total_amount, currency=order.currency),
        customer=order.customer,
        ship_to=order.ship_to,
        cancel_reason=order.cancel_reason,
        placed_at=order.placed_at,
        changed_at=order.changed_at,
        lines=[_line(line, order.currency) for line in lines],
    )


def summary(order: Order) -> OrderSummaryOut:
    """Show an order as a row of a list."""
    return OrderSummaryOut(
        id=order.id,
        number=order.number,
        version=order.version,
        channel_id=order.channel_id,
        external_id=order.external_id,
        customer_name=order.customer.get("name"),
        status=order.status,
        goods_status=order.goods_status,
        payment_status=order.payment_status,
        returns_status=order.returns_status,
        headline=headline(order),
        total=Money(amount=order.total_amount, currency=order.currency),
        placed_at=order.placed_at,
        changed_at=order.changed_at,
    )


def headline(order: Order) -> str:
    """Say it in schema.org's one word (https://schema.org/OrderStatus)."""
    goods, returned = order.goods_status, order.returns_status
    if order.status is OrderStatus.CANCELLED or goods is GoodsStatus.CANCELLED:
        return "OrderCancelled"
    if returned is ReturnsStatus.RETURNED:
        return "OrderReturned"
    if goods is GoodsStatus.DELIVERED:
        return "OrderDelivered"
    if goods in {GoodsStatus.SHIPPED, GoodsStatus.PARTIALLY_SHIPPED}:
        return "OrderInTransit"
    if goods is GoodsStatus.BACKORDERED:
        return "OrderProblem"
    return "OrderPaymentDue" if order.status is OrderStatus.PLACED else "OrderProcessing"


def actions(lines: Sequence[OrderLine]) -> list[str]:
    """Return what may be asked of the order now."""
    possible = []
    if any(line.allocated or line.backordered or line.in_work for line in lines):
        possible.append("cancel")
    if any(line.backordered for line in lines):
        possible.append("route")
    if any(line.shipped - line.returned - line.return_requested for line in lines):
        possible.append("return")
    return possible


def _line(line: OrderLine, currency: str) -> OrderLineOut:
    return OrderLineOut(
        id=line.id,
        position=line.position,
        external_id=line.external_id,
        sku=line.sku,
        name=line.name,
        unit_price=Money(amount=line.unit_price, currency=currency),
        goods=Money(amount=line.goods_amount, currency=currency),
        discount=Money(amount=line.discount_amount, currency=currency),
        shipping=Money(amount=line.shipping_amount, currency=currency),
        fees=Money(amount=line.fees_amount, currency=currency),
        tax=Money(amount=line.tax_amount, currency=currency),
        charges_tax=Money(amount=line.charges_tax_amount, currency=currency),
        tax_included=line.tax_included,
        tax_rate=line.tax_rate,
        discounts=line.discounts,
        ordered=line.ordered,
        cancelled=line.cancelled,
        backordered=line.backordered,
        allocated=line.allocated,
        in_work=line.in_work,
        shipped=line.shipped,
        delivered=line.delivered,
        return_requested=line.return_requested,
        returned=line.returned,
        parts=line.parts,
        expected_at=line.expected_at,
    )
