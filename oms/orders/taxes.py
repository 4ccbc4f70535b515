"""Consumption tax and its like: rates in hundredths of a percent, rounded as the seller does; pure.

Japan's qualified invoices round once per rate and invoice, never per line, in a direction the
seller may choose (National Tax Agency, Q&A on the invoice system, no. 57); elsewhere each line is
rounded. Prices may include the tax already, then it is a part of them: amount × rate / (1 + rate).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from oms.kernel import money
from oms.kernel.errors import Rejected

WHOLE = 10_000
"""Hundredths of a percent in one: a rate of 1000 is 10 %."""


class TaxPer(StrEnum):
    """What is rounded: the tax of each line, or the tax of all that has one rate."""

    LINE = "line"
    RATE = "rate"


class Rounding(StrEnum):
    """Where the part of a minor unit goes."""

    DOWN = "down"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"


class OfRate(TypedDict):
    """What is taxed at one rate, and the tax of it, in minor units."""

    rate: int
    taxable: int
    tax: int


class Difference(TypedDict):
    """A tax that is not what it should be."""

    rate: int
    taxable: int
    computed: int
    stated: int
    difference: int


class TaxesDisagree(Rejected):
    """The taxes are not what their rates make of the amounts."""

    rates: list[Difference]


@dataclass(frozen=True)
class Taxing:
    """How a seller taxes: whether prices include it, and what is rounded where to."""

    included: bool = False
    per: TaxPer = TaxPer.RATE
    rounding: Rounding = Rounding.DOWN

    def of(self, amount: int, rate: int) -> int:
        """Return the tax of one amount."""
        whole = WHOLE + rate if self.included else WHOLE
        return _rounded(amount * rate, whole, self.rounding)


PLAIN = Taxing()
"""Taxes come on top, rounded down once per rate."""


@dataclass(frozen=True)
class Taxed:
    """An amount with its rate."""

    amount: int
    rate: int


def of_each(entries: Sequence[Taxed], taxing: Taxing) -> list[int]:
    """Return the tax of each entry; what is rounded per rate is shared by largest remainder."""
    if taxing.per is TaxPer.LINE:
        return [taxing.of(one.amount, one.rate) for one in entries]
    taxes = [0] * len(entries)
    for rate in {one.rate for one in entries}:
        places = [place for place, one in enumerate(entries) if one.rate == rate]
        amounts = [entries[place].amount for place in places]
        shares = money.split(taxing.of(sum(amounts), rate), amounts)
        for place, share in zip(places, shares, strict=True):
            taxes[place] = share
    return taxes


def by_rate(entries: Sequence[Taxed], taxes: Sequence[int]) -> list[OfRate]:
    """Sum amounts and taxes per rate, the highest rate first."""
    sums: dict[int, OfRate] = {}
    for one, tax in zip(entries, taxes, strict=True):
        told = sums.setdefault(one.rate, OfRate(rate=one.rate, taxable=0, tax=0))
        told["taxable"] += one.amount
        told["tax"] += tax
    return [sums[rate] for rate in sorted(sums, reverse=True)]


def demand_same(computed: Sequence[OfRate], stated: Mapping[int, int]) -> None:
    """Make sure that stated taxes, by rate, are the computed ones. Raises TaxesDisagree."""
    known = {one["rate"]: one for one in computed}
    nothing = OfRate(rate=0, taxable=0, tax=0)
    differences = [
        Difference(
            rate=rate,
            taxable=(one := known.get(rate, nothing))["taxable"],
            computed=one["tax"],
            stated=stated.get(rate, 0),
            difference=stated.get(rate, 0) - one["tax"],
        )
        for rate in sorted({*known, *stated}, reverse=True)
    ]
    if wrong := [one for one in differences if one["difference"]]:
        raise TaxesDisagree(wrong)


def _rounded(amount: int, whole: int, rounding: Rounding) -> int:
    quotient, rest = divmod(amount, whole)
    up = {
        Rounding.DOWN: False,
        Rounding.UP: rest > 0,
        Rounding.HALF_UP: 2 * rest >= whole,
        Rounding.HALF_EVEN: 2 * rest > whole or (2 * rest == whole and quotient % 2 == 1),
    }
    return quotient + up[rounding]
