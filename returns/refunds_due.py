"""What units that came back are worth, to the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import money
from oms.orders import queries as orders
from oms.orders.models import OrderLine
from returns import queries
from returns.models import Return, ReturnLine

RULE = "units_in_order/2"
"""Goods less discount plus tax, unless prices include it, of the next units not yet refunded;
shipping and fees stay paid."""

BLIND_RULE = "agreed_credit/1"
"""The credit agreed per unit, where no order says what was paid."""


@dataclass(frozen=True)
class Claim:
    """Inspected units of a line of a return, and whether they are to be refunded at all."""

    line: ReturnLine
    units: int
    refund: bool = True


@dataclass(frozen=True)
class Credit:
    """What some units of one line are worth, and by which rule (minor units)."""

    rule: str
    units: int
    goods: int = 0
    discount: int = 0
    tax: int = 0
    first_unit: int = 0
    tax_included: bool = False

    @property
    def amount(self) -> int:
        """Return what goes back to the shopper."""
        return self.goods - self.discount + (0 if self.tax_included else self.tax)

    def terms(self, line: ReturnLine) -> dict[str, Any]:
        """Say how the amount came about."""
        return {
            "order_line_id": None if line.order_line_id is None else str(line.order_line_id),
            "return_line_id": str(line.id),
            "sku": line.sku,
            "amount": self.amount,
            **vars(self),
        }


NOTHING = Credit("not_refunded/1", units=0)


def of_line(line: OrderLine, *, refunded: int, units: int) -> Credit:
    """Return what the next `units` of an order line carry when `refunded` of them went back.

    Units are given back as they were charged, from the line's first on; cancelled ones are its
    last. So whatever the order of events, refunds never exceed what was charged for as many
    units, and cancelled and refunded units together sum to the line exactly.
    """
    goods, discount, tax = (
        money.of_units(total, units=line.ordered, first=refunded, count=units)
        for total in (line.goods_amount, line.discount_amount, line.tax_amount)
    )
    return Credit(RULE, units, goods, discount, tax, refunded, tax_included=line.tax_included)


async def credits_of(
    session: AsyncSession, *, found: Return, claims: Sequence[Claim]
) -> list[Credit]:
    """Return what each claim is worth; the order (or the blind return) must be locked."""
    if found.order_id is None:
        return [_agreed(claim) for claim in claims]
    ordered = {line.id: line for line in await orders.lines(session, order_id=found.order_id)}
    refunded = await queries.refunded_units(session, order_line_ids=list(ordered))
    return [_next(claim, ordered, refunded) for claim in claims]


def _agreed(claim: Claim) -> Credit:
    if not claim.refund:
        return NOTHING
    return Credit(BLIND_RULE, claim.units, goods=(claim.line.unit_credit or 0) * claim.units)


def _next(claim: Claim, ordered: dict[UUID, OrderLine], refunded: dict[UUID, int]) -> Credit:
    if not claim.refund or claim.line.order_line_id is None:
        return NOTHING
    line = ordered[claim.line.order_line_id]
    before = refunded.get(line.id, 0)
    refunded[line.id] = before + claim.units
    return of_line(line, refunded=before, units=claim.units)
