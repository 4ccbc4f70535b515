"""An order as a channel sends it."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from oms.kernel.inputs import Code, Input, Moment, Quantity, Sku, Text, Word
from oms.kernel.money import Currency, Money, Price
from oms.orders.placements import NewLine, NewOrder, NewPayment
from oms.orders.totals import Charges

MAX_LINES = 5_000


class PriceIn(Money):
    """An amount that cannot be negative, in minor units."""

    amount: Price


class CustomerIn(Input):
    """Who buys."""

    name: Word
    email: Word | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    phone: Word | None = None


class AddressIn(Input):
    """Where the goods go. Coordinates in degrees let routing measure distance."""

    name: Word
    country: str = Field(pattern=r"^[A-Z]{2}$", examples=["JP"])
    region: Word | None = None
    city: Word
    postal_code: Word | None = None
    address: Text | None = None
    phone: Word | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class OrderLineIn(Input):
    """Units of one SKU at one price; `discount` is for the whole line."""

    external_id: Word | None = None
    sku: Sku
    name: Word | None = None
    quantity: Quantity
    unit_price: PriceIn
    discount: PriceIn | None = None


class PaymentIn(Input):
    """How it is paid. `manual` is money handled elsewhere (cash on delivery, invoice)."""

    gateway: Code = Field(examples=["sandbox"])
    method: Code = Field(default="card", examples=["card", "konbini", "cod"])
    token: Word | None = None

    def new(self) -> NewPayment:
        """Say it in the words of the domain."""
        return NewPayment(self.gateway, self.method, self.token)


class OrderIn(Input):
    """An order as the channel sold it: Σ lines − discounts + shipping + tax = total."""

    external_id: Word
    channel_id: UUID | None = Field(default=None, description="Needed unless the key has one.")
    placed_at: Moment | None = None
    currency: Currency
    customer: CustomerIn
    ship_to: AddressIn
    lines: list[OrderLineIn] = Field(min_length=1, max_length=MAX_LINES)
    discount: PriceIn | None = None
    shipping: PriceIn | None = None
    tax: PriceIn | None = None
    total: PriceIn
    payment: PaymentIn | None = None

    @model_validator(mode="after")
    def one_currency(self) -> Self:
        """Refuse amounts in another currency than the order's."""
        amounts = [self.total, self.discount, self.shipping, self.tax]
        amounts += [line.unit_price for line in self.lines]
        amounts += [line.discount for line in self.lines]
        strange = {amount.currency for amount in amounts if amount} - {self.currency}
        if strange:
            raise ValueError(f"all amounts must be in {self.currency}, not {sorted(strange)}")
        return self

    def new(self, *, channel_id: UUID, now: datetime) -> NewOrder:
        """Say it in the words of the domain."""
        return NewOrder(
            channel_id=channel_id,
            external_id=self.external_id,
            currency=self.currency,
            placed_at=self.placed_at or now,
            customer=self.customer.model_dump(),
            ship_to=self.ship_to.model_dump(),
            charges=Charges(
                discount=amount(self.discount),
                shipping=amount(self.shipping),
                tax=amount(self.tax),
                total=self.total.amount,
            ),
            payment=None if self.payment is None else self.payment.new(),
            lines=[_line(line) for line in self.lines],
        )


def amount(given: Money | None) -> int:
    """Return the minor units of an optional amount."""
    return given.amount if given else 0


def _line(line: OrderLineIn) -> NewLine:
    return NewLine(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
        discount=amount(line.discount),
        name=line.name,
        external_id=line.external_id,
    )
