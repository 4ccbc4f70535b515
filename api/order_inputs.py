"""An order as a channel sends it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from oms.kernel.inputs import Code, Input, Moment, Quantity, Sku, Text, Word
from oms.kernel.money import Currency, Money, Price
from oms.orders.placements import NewLine, NewOrder, NewPayment, Tender
from oms.orders.taxes import WHOLE, Rounding, Taxing, TaxPer
from oms.orders.totals import Charges, Fee

MAX_LINES = 5_000
MAX_NAMED = 100
"""Discounts, fees, taxes or tenders of one order or line."""


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


TaxRate = Annotated[int, Field(ge=0, le=WHOLE, examples=[1000])]
"""Hundredths of a percent: 1000 is 10 %."""


class DiscountIn(Input):
    """A discount by its name, and the coupon or campaign behind it."""

    name: Word
    code: Word | None = None
    amount: PriceIn


class FeeIn(Input):
    """A charge beside goods and shipping."""

    kind: Code = Field(examples=["cash_on_delivery", "gift_wrapping"])
    name: Word | None = None
    amount: PriceIn
    tax_rate: TaxRate | None = None


class TaxIn(Input):
    """The tax of all that has one rate."""

    rate: TaxRate
    amount: PriceIn


class TaxingIn(Input):
    """How the channel taxes: whether prices include it, what is rounded and where to."""

    included: bool = False
    per: TaxPer = TaxPer.RATE
    rounding: Rounding = Rounding.DOWN


class TenderIn(Input):
    """A part of the total paid with something else than money."""

    kind: Code = Field(examples=["points", "gift_card"])
    amount: PriceIn
    reference: Word | None = None


class OrderLineIn(Input):
    """Units of one SKU at one price.

    `discount` is for the whole line; `discounts` say by name what it is made of, or stand for it.
    """

    external_id: Word | None = None
    sku: Sku
    name: Word | None = None
    quantity: Quantity
    unit_price: PriceIn
    discount: PriceIn | None = None
    discounts: list[DiscountIn] | None = Field(default=None, max_length=MAX_NAMED)
    tax_rate: TaxRate | None = None


class PaymentIn(Input):
    """How it is paid. `manual` is money handled elsewhere (cash on delivery, invoice)."""

    gateway: Code = Field(examples=["sandbox"])
    method: Code = Field(default="card", examples=["card", "konbini", "cod"])
    token: Word | None = None

    def new(self) -> NewPayment:
        """Say it in the words of the domain."""
        return NewPayment(self.gateway, self.method, self.token)


class OrderIn(Input):
    """An order as the channel sold it: Σ lines − discounts + shipping + fees + tax = total.

    Where lines have a `tax_rate`, the taxes are computed and what is said of them must agree; a tax
    that prices include is a part of them. `tenders` are parts of the total that are paid with
    points or gift cards; `payment` is for the rest.
    """

    external_id: Word
    channel_id: UUID | None = Field(default=None, description="Needed unless the key has one.")
    placed_at: Moment | None = None
    currency: Currency
    customer: CustomerIn
    ship_to: AddressIn
    lines: list[OrderLineIn] = Field(min_length=1, max_length=MAX_LINES)
    discount: PriceIn | None = None
    discounts: list[DiscountIn] | None = Field(default=None, max_length=MAX_NAMED)
    shipping: PriceIn | None = None
    shipping_tax_rate: TaxRate | None = None
    fees: list[FeeIn] = Field(default=[], max_length=MAX_NAMED)
    tax: PriceIn | None = None
    taxes: list[TaxIn] | None = Field(default=None, max_length=MAX_NAMED)
    taxing: TaxingIn = TaxingIn()
    total: PriceIn
    payment: PaymentIn | None = None
    tenders: list[TenderIn] = Field(default=[], max_length=MAX_NAMED)
    hold_id: UUID | None = Field(default=None, description="The hold of the cart it was.")

    @model_validator(mode="after")
    def one_currency(self) -> Self:
        """Refuse amounts in another currency than the order's."""
        amounts = [self.total, self.discount, self.shipping, self.tax]
        amounts += [line.unit_price for line in self.lines]
        amounts += [line.discount for line in self.lines]
        named = [*(self.discounts or ()), *self.fees, *(self.taxes or ()), *self.tenders]
        named += [one for line in self.lines for one in line.discounts or ()]
        amounts += [one.amount for one in named]
        _demand_same_discounts(self, *self.lines)
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
            charges=self._charges(),
            payment=None if self.payment is None else self.payment.new(),
            lines=[_line(line) for line in self.lines],
            discounts=_named(self.discounts),
            fees=_named(self.fees),
            tenders=[Tender(one.kind, one.amount.amount, one.reference) for one in self.tenders],
            hold_id=self.hold_id,
        )

    def _charges(self) -> Charges:
        taxing = self.taxing
        rated = self.taxes is not None or any(line.tax_rate is not None for line in self.lines)
        return Charges(
            discount=_discount(self.discount, self.discounts),
            shipping=amount(self.shipping),
            tax=None if rated and self.tax is None else amount(self.tax),
            total=self.total.amount,
            fees=[Fee(one.amount.amount, one.tax_rate) for one in self.fees],
            shipping_tax_rate=self.shipping_tax_rate,
            taxing=Taxing(taxing.included, taxing.per, taxing.rounding),
            taxes=_by_rate(self.taxes),
        )


def _demand_same_discounts(*said: "OrderIn | OrderLineIn") -> None:
    for one in said:
        if one.discount is not None and one.discounts:
            named = sum(part.amount.amount for part in one.discounts)
            if named != one.discount.amount:
                raise ValueError(f"`discounts` sum to {named}, `discount` is {one.discount.amount}")


def amount(given: Money | None) -> int:
    """Return the minor units of an optional amount."""
    return given.amount if given else 0


def _line(line: OrderLineIn) -> NewLine:
    return NewLine(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
        discount=_discount(line.discount, line.discounts),
        name=line.name,
        external_id=line.external_id,
        tax_rate=line.tax_rate,
        discounts=_named(line.discounts),
    )


def _by_rate(taxes: Sequence[TaxIn] | None) -> dict[int, int] | None:
    return None if taxes is None else {one.rate: one.amount.amount for one in taxes}


def _discount(whole: Money | None, named: Sequence[DiscountIn] | None) -> int:
    """Return the discount as one sum; that it is the same said twice was made sure of."""
    return sum(one.amount.amount for one in named) if named else amount(whole)


def _named(given: Sequence[DiscountIn] | Sequence[FeeIn] | None) -> list[dict[str, Any]] | None:
    if not given:
        return None
    return [{**one.model_dump(exclude_none=True), "amount": one.amount.amount} for one in given]
