"""Adding an order up, and spreading what belongs to the whole over its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oms.kernel import money
from oms.kernel.errors import Rejected
from oms.orders import taxes
from oms.orders.models import OrderLine
from oms.orders.taxes import PLAIN, OfRate, Taxed, Taxing


class TotalsDisagree(Rejected):
    """The amounts do not add up to the total."""

    goods: int
    discount: int
    shipping: int
    fees: int
    tax: int
    tax_included: bool
    stated_tax: int
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


class TaxRatesMissing(Rejected):
    """Where one amount has a tax rate, all must have one."""

    pointers: list[str]


@dataclass(frozen=True)
class Priced:
    """What one line says of its price, in minor units; `discount` is for the whole line.

    `tax_rate` is in hundredths of a percent, None where the channel says only the sum of taxes.
    """

    unit_price: int
    quantity: int
    discount: int = 0
    tax_rate: int | None = None

    @property
    def goods(self) -> int:
        """Return the line's price before any discount."""
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Fee:
    """A charge beside goods and shipping (cash on delivery, wrapping), with its tax rate."""

    amount: int
    tax_rate: int | None = None


@dataclass(frozen=True)
class Charges:
    """What an order says of itself as a whole, in minor units.

    Where rates are given, the taxes follow from them: `tax` and `taxes` (by rate) may say what the
    channel made of them, and must be right.
    """

    discount: int
    shipping: int
    tax: int | None
    total: int
    fees: Sequence[Fee] = ()
    shipping_tax_rate: int | None = None
    taxing: Taxing = PLAIN
    taxes: Mapping[int, int] | None = None


@dataclass(frozen=True)
class Shares:
    """What one line carries of every amount of its order.

    `tax` is that of the goods, `charges_tax` that of its shares of shipping and fees.
    """

    goods: int
    discount: int
    shipping: int
    tax: int
    fees: int = 0
    charges_tax: int = 0


@dataclass(frozen=True)
class Sums:
    """What each line carries, the taxes by rate where rates are known, and all taxes."""

    lines: list[Shares]
    taxes: list[OfRate]
    tax: int


def spread(lines: Sequence[Priced], charges: Charges) -> Sums:
    """Check that the order adds up and give every line its exact share.

    The order's discount follows the goods, its shipping, fees and tax what is left after discounts,
    all by largest remainder: the shares sum to the whole. Raises TotalsDisagree, DiscountTooLarge,
    AmountTooLarge, TaxRatesMissing, TaxesDisagree.
    """
    for number, line in enumerate(lines):
        _demand_sane(line, f"/lines/{number}")
    net = [line.goods - line.discount for line in lines]
    if charges.discount > sum(net):
        raise DiscountTooLarge("/discount", charges.discount, sum(net))
    discounts = money.split(charges.discount, net)
    weights = [left - taken for left, taken in zip(net, discounts, strict=True)]
    shippings = money.split(charges.shipping, weights)
    fees = money.split(sum(fee.amount for fee in charges.fees), weights)
    taxed = _taxed(lines, charges, weights)
    _demand_equal(lines, charges, taxed.tax)
    shares = [
        Shares(line.goods, line.discount + discount, shipping, tax, fee, charges_tax)
        for line, discount, shipping, fee, tax, charges_tax in zip(
            lines, discounts, shippings, fees, taxed.goods, taxed.charges, strict=True
        )
    ]
    return Sums(shares, taxed.rates, taxed.tax)


@dataclass(frozen=True)
class _TaxedLines:
    """The taxes of an order as its lines carry them."""

    goods: list[int]
    charges: list[int]
    rates: list[OfRate]

    @property
    def tax(self) -> int:
        return sum(self.goods) + sum(self.charges)


def _taxed(lines: Sequence[Priced], charges: Charges, net: Sequence[int]) -> _TaxedLines:
    if not _has_rates(lines, charges):
        return _TaxedLines(money.split(charges.tax or 0, net), [0] * len(lines), [])
    _demand_rates(lines, charges)
    entries = [Taxed(amount, line.tax_rate or 0) for amount, line in zip(net, lines, strict=True)]
    entries += [Taxed(charges.shipping, charges.shipping_tax_rate or 0)] if charges.shipping else []
    entries += [Taxed(fee.amount, fee.tax_rate or 0) for fee in charges.fees]
    each = taxes.of_each(entries, charges.taxing)
    rates = taxes.by_rate(entries, each)
    if charges.taxes is not None:
        taxes.demand_same(rates, charges.taxes)
    goods = each[: len(lines)]
    return _TaxedLines(goods, money.split(sum(each[len(lines) :]), net), rates)


def _has_rates(lines: Sequence[Priced], charges: Charges) -> bool:
    return charges.taxes is not None or any(line.tax_rate is not None for line in lines)


def _demand_rates(lines: Sequence[Priced], charges: Charges) -> None:
    given = {f"/lines/{place}/tax_rate": line.tax_rate for place, line in enumerate(lines)}
    if charges.shipping:
        given["/shipping_tax_rate"] = charges.shipping_tax_rate
    given |= {f"/fees/{place}/tax_rate": fee.tax_rate for place, fee in enumerate(charges.fees)}
    if missing := [pointer for pointer, rate in given.items() if rate is None]:
        raise TaxRatesMissing(missing)


def of_units(line: OrderLine, *, first: int, count: int) -> int:
    """Return what `count` units of a line cost all in all, from unit `first` (from 0) on."""
    amounts = [
        (1, line.goods_amount),
        (-1, line.discount_amount),
        (1, line.shipping_amount),
        (1, line.fees_amount),
    ]
    if not line.tax_included:
        amounts += [(1, line.tax_amount), (1, line.charges_tax_amount)]
    return sum(
        sign * money.of_units(total, units=line.ordered, first=first, count=count)
        for sign, total in amounts
        if total
    )


def payable(lines: Sequence[OrderLine]) -> int:
    """Return what an order costs without its cancelled units, which are the last of each line."""
    return sum(of_units(line, first=0, count=line.ordered - line.cancelled) for line in lines)


def _demand_sane(line: Priced, pointer: str) -> None:
    if line.goods > money.MAX_AMOUNT:
        raise AmountTooLarge(pointer, money.MAX_AMOUNT)
    if line.discount > line.goods:
        raise DiscountTooLarge(f"{pointer}/discount", line.discount, line.goods)


def _demand_equal(lines: Sequence[Priced], charges: Charges, tax: int) -> None:
    goods = sum(line.goods for line in lines)
    discount = charges.discount + sum(line.discount for line in lines)
    fees = sum(fee.amount for fee in charges.fees)
    included = charges.taxing.included
    computed = goods - discount + charges.shipping + fees + (0 if included else tax)
    stated = tax if charges.tax is None else charges.tax
    if computed != charges.total or stated != tax:
        raise TotalsDisagree(
            goods=goods,
            discount=discount,
            shipping=charges.shipping,
            fees=fees,
            tax=tax,
            tax_included=included,
            stated_tax=stated,
            computed_total=computed,
            stated_total=charges.total,
            difference=charges.total - computed,
        )
