"""Adding an order up, and spreading what belongs to the whole over its lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from oms.kernel import money
from oms.kernel.errors import Rejected
from oms.orders.models import OrderLine


class TotalsDisagree(Rejected):
    """The amounts do not add up to the total."""

    goods: int
    discount: int
    shipping: int
    tax: int
    computed_total: int
    stated_total: int
    difference: int


class DiscountTooLarge(Rejected):
    """A discount is larger than what it is taken off."""

    pointer: str
    discount: int
    goods: int


class AmountTooLarge(Rejected):
    """A line costs more than any amount may be."""

    pointer: str
    limit: int


@dataclass(frozen=True)
class Priced:
    """What one line says of its price, in minor units; `discount` is for the whole line."""

    unit_price: int
    quantity: int
    discount: int = 0

    @property
    def goods(self) -> int:
        """Return the line's price before any discount."""
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Charges:
    """What an order says of itself as a whole, in minor units."""

    discount: int
    shipping: int
    tax: int
    total: int


@dataclass(frozen=True)
class Shares:
    """What one line carries of every amount of its order."""

    goods: int
    discount: int
    shipping: int
    tax: int

    @property
    def payable(self) -> int:
        """Return what the line costs the shopper, all in all."""
        return self.goods - self.discount + self.shipping + self.tax


def spread(lines: Sequence[Priced], charges: Charges) -> list[Shares]:
    """Check that the order adds up and give every line its exact share.

    The order's discount follows the goods, its shipping and tax what is left after discounts, all
    by largest remainder: the shares sum to the whole. Raises TotalsDisagree, DiscountTooLarge,
    AmountTooLarge.
    """
    for number, line in enumerate(lines):
        _demand_sane(line, f"/lines/{number}")
    net = [line.goods - line.discount for line in lines]
    if charges.discount > sum(net):
        raise DiscountTooLarge("/discount", charges.discount, sum(net))
    _demand_equal(lines, charges)
    discounts = money.split(charges.discount, net)
    weights = [left - taken for left, taken in zip(net, discounts, strict=True)]
    shippings, taxes = money.split(charges.shipping, weights), money.split(charges.tax, weights)
    return [
        Shares(line.goods, line.discount + discount, shipping, tax)
        for line, discount, shipping, tax in zip(lines, discounts, shippings, taxes, strict=True)
    ]


def of_units(line: OrderLine, *, first: int, count: int) -> int:
    """Return what `count` units of a line cost all in all, from unit `first` (from 0) on."""
    amounts = (
        (1, line.goods_amount),
        (-1, line.discount_amount),
        (1, line.shipping_amount),
        (1, line.tax_amount),
    )
    return sum(
        sign * money.of_units(total, units=line.ordered, first=first, count=count)
        for sign, total in amounts
    )


def payable(lines: Sequence[OrderLine]) -> int:
    """Return what an order costs without its cancelled units, which are the last of each line."""
    return sum(of_units(line, first=0, count=line.ordered - line.cancelled) for line in lines)


def _demand_sane(line: Priced, pointer: str) -> None:
    if line.goods > money.MAX_AMOUNT:
        raise AmountTooLarge(pointer, money.MAX_AMOUNT)
    if line.discount > line.goods:
        raise DiscountTooLarge(f"{pointer}/discount", line.discount, line.goods)


def _demand_equal(lines: Sequence[Priced], charges: Charges) -> None:
    goods = sum(line.goods for line in lines)
    discount = charges.discount + sum(line.discount for line in lines)
    computed = goods - discount + charges.shipping + charges.tax
    if computed != charges.total:
        raise TotalsDisagree(
            goods,
            discount,
            charges.shipping,
            charges.tax,
            computed,
            charges.total,
            charges.total - computed,
        )
