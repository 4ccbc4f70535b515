"""Orders and their lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at
from oms.orders.states import GoodsStatus, MoneyStatus, OrderStatus, ReturnsStatus

EMAIL = "lower(customer ->> 'email')"
PHONE = "regexp_replace(customer ->> 'phone', '[^0-9]', '', 'g')"
NAME = "lower(customer ->> 'name')"
"""How a customer is looked for: capitals do not matter, nor what stands between digits."""

WAITS = text("backordered > 0")
"""Says that units of a line have no location yet."""


def named() -> Any:  # noqa: ANN401 -- SQLModel's Field has no better type
    """Make a column for a list of named amounts, NULL where nothing was said."""
    return Field(default=None, sa_type=JSONB(none_as_null=True))


class Order(Versioned, table=True):
    """What a shopper bought, from which channel, for how much (minor units).

    The channel's prices are facts; they must add up, or the order is refused. `discounts`, `fees`,
    `taxes` (by rate) and `tenders` say by name what the sums are made of, as far as it was said.
    `payment_status` follows the payments of the order, `goods_status` and `returns_status` the
    counters of its lines; they are kept so that orders can be found by them.
    """

    __tablename__ = "order"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        CheckConstraint(
            "goods_amount - discount_amount + shipping_amount + fees_amount"
            " + CASE WHEN tax_included THEN 0 ELSE tax_amount END = total_amount",
            name="adds_up",
        ),
        CheckConstraint("total_amount >= 0", name="total_not_negative"),
        Index("ix_order_channel", "channel_id", "id"),
        Index("ix_order_external", "external_id"),
        Index("ix_order_status", "status", "id"),
        Index("ix_order_goods_status", "goods_status", "id"),
        Index("ix_order_payment_status", "payment_status", "id"),
        Index("ix_order_returns_status", "returns_status", "id"),
        Index("ix_order_placed_at", "placed_at"),
        Index("ix_order_email", text(EMAIL), "id"),
        Index("ix_order_phone", text(PHONE), "id"),
        Index(
            "ix_order_name",
            literal_column(NAME).label("name"),
            postgresql_ops={"name": "text_pattern_ops"},
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    number: str = Field(
        default=None,
        unique=True,
        sa_column_kwargs={"server_default": text("'SO-' || nextval('order_number')::text")},
    )
    channel_id: UUID
    external_id: str
    status: OrderStatus = choice(OrderStatus, OrderStatus.PLACED)
    goods_status: GoodsStatus = choice(GoodsStatus, GoodsStatus.UNFULFILLED)
    payment_status: MoneyStatus = choice(MoneyStatus, MoneyStatus.PENDING)
    returns_status: ReturnsStatus = choice(ReturnsStatus, ReturnsStatus.NONE)
    currency: str
    goods_amount: int = Field(sa_type=BigInteger)
    discount_amount: int = Field(sa_type=BigInteger)
    shipping_amount: int = Field(sa_type=BigInteger)
    tax_amount: int = Field(sa_type=BigInteger)
    fees_amount: int = Field(default=0, sa_type=BigInteger)
    tax_included: bool = False
    total_amount: int = Field(sa_type=BigInteger)
    discounts: list[dict[str, Any]] | None = named()
    fees: list[dict[str, Any]] | None = named()
    taxes: list[dict[str, Any]] | None = named()
    tenders: list[dict[str, Any]] | None = named()
    customer: dict[str, Any] = Field(sa_type=JSONB)
    ship_to: dict[str, Any] = Field(sa_type=JSONB)
    cancel_reason: str | None = None
    placed_at: datetime = moment()
    changed_at: datetime = moment()
    recorded_at: datetime = recorded_at()


class OrderLine(Table, table=True):
    """Units of one SKU in an order, what they cost, and how far each unit has got.

    Every unit is in exactly one of cancelled, backordered, allocated, in_work and shipped.
    `promised_at` is when units that wait were expected when they were sold, `expected_at` is now.
    Amounts are this line's shares: `tax` is that of its goods, `charges_tax` that of its shares of
    shipping and fees. A unit's share is money.of_units of them: units are charged (and given back)
    from the first on, cancelled ones are the last.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        Index("ix_order_line_sku", "sku", "order_id"),
        CheckConstraint("ordered > 0", name="ordered_positive"),
        CheckConstraint(
            "least(cancelled, backordered, allocated, in_work, shipped, delivered,"
            " return_requested, returned) >= 0",
            name="counters_not_negative",
        ),
        CheckConstraint(
            "cancelled + backordered + allocated + in_work + shipped = ordered",
            name="units_conserved",
        ),
        CheckConstraint("delivered <= shipped", name="delivered_was_shipped"),
        CheckConstraint("return_requested + returned <= shipped", name="returned_was_shipped"),
        CheckConstraint("charged between 0 and ordered", name="charged_was_ordered"),
        CheckConstraint("goods_amount = unit_price * ordered", name="goods_add_up"),
        CheckConstraint("expected_at >= promised_at", name="expected_not_before_promised"),
        Index("ix_order_line_waiting", "sku", postgresql_where=WAITS),
        Index(
            "ix_order_line_waiting_parts", "parts", postgresql_using="gin", postgresql_where=WAITS
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    order_id: UUID = Field(foreign_key="order.id")
    position: int
    external_id: str | None = None
    sku: str
    name: str
    unit_price: int = Field(sa_type=BigInteger)
    goods_amount: int = Field(sa_type=BigInteger)
    discount_amount: int = Field(default=0, sa_type=BigInteger)
    tax_amount: int = Field(default=0, sa_type=BigInteger)
    shipping_amount: int = Field(default=0, sa_type=BigInteger)
    fees_amount: int = Field(default=0, sa_type=BigInteger)
    charges_tax_amount: int = Field(default=0, sa_type=BigInteger)
    tax_included: bool = False
    tax_rate: int | None = None
    discounts: list[dict[str, Any]] | None = named()
    ordered: int
    cancelled: int = 0
    backordered: int = 0
    allocated: int = 0
    in_work: int = 0
    shipped: int = 0
    delivered: int = 0
    return_requested: int = 0
    returned: int = 0
    charged: int = 0
    parts: dict[str, int] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    promised_at: datetime | None = moment(nullable=True)
    expected_at: datetime | None = moment(nullable=True)
