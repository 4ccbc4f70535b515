"""Finding orders, by whatever somebody on the phone can tell.

Each way to look has its own index, and a page reads the rows it shows: with a frequent answer the
newest orders are walked through, with a rare one its index is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from fulfillment.models import FulfillmentOrder, Shipment
from oms.kernel import pages
from oms.kernel.pages import Page
from oms.orders.models import EMAIL, NAME, PHONE, Order, OrderLine
from oms.orders.states import GoodsStatus, MoneyStatus, OrderStatus, ReturnsStatus


@dataclass(frozen=True)
class Filter:
    """Which orders a list shows; None is any.

    `name` is how a customer's name begins, `location_id` where work was given, `placed_from` is
    included and `placed_to` is not.
    """

    channel_id: UUID | None = None
    number: str | None = None
    external_id: str | None = None
    status: OrderStatus | None = None
    goods_status: GoodsStatus | None = None
    payment_status: MoneyStatus | None = None
    returns_status: ReturnsStatus | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    sku: str | None = None
    tracking_number: str | None = None
    location_id: UUID | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """Say it in SQL."""
        for name in PLAIN:
            if (value := getattr(self, name)) is not None:
                yield col(getattr(Order, name)) == value
        yield from self._of_customer()
        yield from self._of_goods()
        if self.placed_from is not None:
            yield col(Order.placed_at) >= self.placed_from
        if self.placed_to is not None:
            yield col(Order.placed_at) < self.placed_to

    def _of_customer(self) -> Iterator[ColumnElement[bool]]:
        if self.email is not None:
            yield _made(EMAIL) == self.email.lower()
        if self.phone is not None:
            yield _made(PHONE) == "".join(filter(str.isdecimal, self.phone))
        if self.name is not None:
            yield _made(NAME).startswith(self.name.lower(), autoescape=True)

    def _of_goods(self) -> Iterator[ColumnElement[bool]]:
        if self.sku is not None:
            yield exists().where(
                col(OrderLine.order_id) == col(Order.id), col(OrderLine.sku) == self.sku
            )
        if self.tracking_number is not None:
            yield col(Order.id).in_(
                select(col(Shipment.order_id)).where(
                    col(Shipment.tracking_number) == self.tracking_number
                )
            )
        if self.location_id is not None:
            yield exists().where(
                col(FulfillmentOrder.order_id) == col(Order.id),
                col(FulfillmentOrder.location_id) == self.location_id,
            )


PLAIN = (
    "channel_id", "number", "external_id", "status", "goods_status", "payment_status",
    "returns_status",
)  # fmt: skip


async def page(
    session: AsyncSession,
    *,
    wanted: Filter,
    cursor: str | None = None,
    limit: int = pages.DEFAULT_LIMIT,
) -> Page[Order]:
    """Return orders, newest first."""
    query = select(Order).where(*wanted.clauses())
    return await pages.page(session, query, col(Order.id), cursor=cursor, limit=limit)


def _made(expression: str) -> ColumnElement[Any]:
    """Write an expression as its index has it."""
    return literal_column(expression)
