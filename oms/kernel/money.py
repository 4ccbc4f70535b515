"""Money as integer minor units, split without losing one."""

from collections.abc import Sequence
from typing import Annotated

from babel.numbers import get_currency_precision
from pydantic import BaseModel, ConfigDict, Field

from oms.kernel.errors import Rejected

MAX_AMOUNT = 10**15

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["JPY"])]
"""ISO 4217 code."""

Amount = Annotated[int, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
"""Minor units of a currency: yen, pence, cents."""

Price = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
"""Minor units that cannot be negative."""


class CurrencyMismatch(Rejected):
    """Amounts of two currencies were put together."""

    expected: str
    given: str


class Money(BaseModel):
    """An amount in minor units and the currency it is in."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    amount: Amount
    currency: Currency

    def __str__(self) -> str:
        """Write the amount with its currency's decimals (CLDR): `JPY 1,980`, `GBP 12.34`."""
        return written(self.amount, self.currency)


def exponent(currency: str) -> int:
    """Return how many decimals a currency has: 0 for JPY, 2 for GBP, 3 for KWD (CLDR)."""
    return int(get_currency_precision(currency))


def written(amount: int, currency: str) -> str:
    """Write minor units for a reader: `JPY 1,980`, `GBP 12.34`."""
    decimals = exponent(currency)
    whole, part = divmod(abs(amount), 10**decimals)
    sign = "-" if amount < 0 else ""
    tail = f".{part:0{decimals}d}" if decimals else ""
    return f"{currency} {sign}{whole:,}{tail}"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights` by largest remainder; the parts sum to `total`.

    With no weight at all the shares are as equal as integers allow. Ties go to the earlier part.
    """
    if not weights:
        return []
    if any(weight < 0 for weight in weights):
        message = "weights cannot be negative"
        raise ValueError(message)
    if not any(weights):
        weights = [1] * len(weights)
    sign, rest, whole = (-1 if total < 0 else 1), abs(total), sum(weights)
    parts = [rest * weight // whole for weight in weights]
    remainders = [rest * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: rest - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def of_units(total: int, *, units: int, first: int, count: int) -> int:
    """Return what units `first` to `first + count - 1` (from 0) of a line of `units` carry.

    The line's total is spread by largest remainder (earlier units carry the odd ones), so the
    amounts of any sequence of partial takings sum to `total` exactly.
    """
    return _up_to(total, units, first + count) - _up_to(total, units, first)


def _up_to(total: int, units: int, taken: int) -> int:
    if not 0 <= taken <= units:
        message = f"unit {taken} of a line of {units}"
        raise ValueError(message)
    sign = -1 if total < 0 else 1
    each, odd = divmod(abs(total), units)
    return sign * (each * taken + min(odd, taken))
