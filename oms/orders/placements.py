"""Placing an order: all of it, with its stock promised and its payment expected, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.holds import conversions
from inventory.holds.conversions import Holds
from oms.kernel import clock, events, ids
from oms.kernel.errors import Conflict, DomainError, Rejected
from oms.kernel.statements import Rows, Statement
from oms.kernel.tables import untracked
from oms.orders import allocations, totals
from oms.orders.allocations import Allocation, Shelves, Task, Wanted
from oms.orders.events import LineUnits, OrderBackordered, OrderPlaced
from oms.orders.models import Order, OrderLine
from oms.orders.states import GoodsStatus
from oms.orders.totals import Charges, Priced, Shares, Sums
from oms.payments import payments
from oms.routing.sourcing import Place

P = ParamSpec("P")

TENDERED = "manual"
"""The gateway of what was paid with: points and gift cards are the channel's own to take."""


class OrderExists(Conflict):
    """This channel has placed an order of this external id already."""

    external_id: str
    order_id: UUID


class PaymentMissing(Rejected):
    """An order that costs something needs a payment."""

    total: int


class TendersExceedTotal(Rejected):
    """More was paid than the order costs."""

    total: int
    tendered: int


@dataclass(frozen=True)
class NewLine:
    """One line as the channel sold it; amounts in minor units."""

    sku: str
    quantity: int
    unit_price: int
    discount: int = 0
    name: str | None = None
    external_id: str | None = None
    tax_rate: int | None = None
    discounts: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class NewPayment:
    """How the shopper pays: which gateway, which method, and the provider's token."""

    gateway: str
    method: str
    token: str | None = None


@dataclass(frozen=True)
class Tender:
    """A part of the total that was paid with something else than money (points, a gift card)."""

    kind: str
    amount: int
    reference: str | None = None


@dataclass(frozen=True)
class NewOrder:
    """An order as a channel sold it."""

    channel_id: UUID
    external_id: str
    currency: str
    placed_at: datetime
    customer: dict[str, Any]
    ship_to: dict[str, Any]
    charges: Charges
    payment: NewPayment | None
    lines: Sequence[NewLine] = field(default_factory=list)
    discounts: list[dict[str, Any]] | None = None
    fees: list[dict[str, Any]] | None = None
    tenders: Sequence[Tender] = ()
    hold_id: UUID | None = None

    @property
    def due(self) -> int:
        """Return what is left to be paid with money."""
        return self.charges.total - sum(one.amount for one in self.tenders)

    @property
    def destination(self) -> Place:
        """Return where it goes, as far as the address tells."""
        return Place(self.ship_to.get("latitude"), self.ship_to.get("longitude"))


@dataclass(frozen=True)
class Placed:
    """A placed order with its lines."""

    order: Order
    lines: list[OrderLine]


Outcome = Placed | DomainError
"""What becomes of an order that is placed together with others."""


async def place(session: AsyncSession, *, new: NewOrder) -> Placed:
    """Check the sums, promise the stock, write the order and expect its payment.

    Raises TotalsDisagree, UnknownSkus, Shortfall (out_of_stock), OrderExists, PaymentMissing, and
    of its hold UnknownHold, HoldOver (hold_expired) and IllegalMove when it has ended.
    """
    [outcome] = await place_all(session, channel_id=new.channel_id, orders=[new])
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def place_all(
    session: AsyncSession, *, channel_id: UUID, orders: Sequence[NewOrder]
) -> list[Outcome]:
    """Place orders of one channel in one go, each as `place` does; a refusal hurts no other.

    What an order is refused for stands in its place. The earlier one has the first choice.
    """
    hold_ids = {new.hold_id for new in orders if new.hold_id is not None}
    holds = await conversions.lock(session, hold_ids=hold_ids, channel_id=channel_id)
    skus = {line.sku for new in orders for line in new.lines} | holds.skus
    shelves = await allocations.look(session, skus=skus, channel_id=channel_id)
    before = await _look_before(session, channel_id, orders)
    outcomes = [
        _refusal_or(_place, session, new, number, shelves, holds, before.known)
        for new, number in zip(orders, before.numbers, strict=True)
    ]
    await shelves.promise(session)
    return outcomes


def _refusal_or(step: Callable[P, Placed], *args: P.args, **kwargs: P.kwargs) -> Outcome:
    try:
        return step(*args, **kwargs)
    except DomainError as refusal:
        return refusal


def _place(
    session: AsyncSession,
    new: NewOrder,
    number: str,
    shelves: Shelves,
    holds: Holds,
    known: dict[str, UUID],
) -> Placed:
    """Decide all that can be refused first; then leave the rows to be written with the commit."""
    if new.external_id in known:
        raise OrderExists(new.external_id, known[new.external_id])
    sums = totals.spread([_priced(line) for line in new.lines], new.charges)
    _demand_payment(new)
    task = _task(new)
    held = None if new.hold_id is None else holds.demand(new.hold_id)
    made = shelves.choose(task, partly=False, held=held)
    if held is not None:
        conversions.convert(session, held, order_id=task.order_id, wanted=task.demand)
    known[new.external_id] = task.order_id
    order = _order(new, task.order_id, number, sums, made)
    lines = [
        _line(order, position, wanted, line, share, made)
        for position, (wanted, line, share) in enumerate(
            zip(task.wanted, new.lines, sums.lines, strict=True), start=1
        )
    ]
    placed = Placed(order, lines)
    _write(session, placed)
    _expect_payment(session, order, new)
    _tell(session, placed)
    allocations.decide(session, task=task, made=made)
    return placed


def _task(new: NewOrder) -> Task:
    order_id = ids.new()
    return Task(
        order_id=order_id,
        channel_id=new.channel_id,
        reference=f"order:{order_id}",
        cause="placed",
        wanted=[Wanted(ids.new(), line.sku, line.quantity) for line in new.lines],
        destination=new.destination,
    )


_BEFORE = Statement("""
SELECT
    (SELECT json_object_agg(external_id, id) FROM "order"
     WHERE channel_id = :channel_id AND external_id = ANY(CAST(:external_ids AS text[])))::text
        AS known,
    ARRAY(SELECT 'SO-' || nextval('order_number')
          FROM generate_series(1, cardinality(CAST(:external_ids AS text[])))) AS numbers
""")


@dataclass(frozen=True)
class Before:
    """What must be known before orders are placed: those placed earlier, and new numbers."""

    known: dict[str, UUID]
    numbers: list[str]


async def _look_before(
    session: AsyncSession, channel_id: UUID, orders: Sequence[NewOrder]
) -> Before:
    [row] = await _BEFORE.rows(
        session, channel_id=channel_id, external_ids=[new.external_id for new in orders]
    )
    known = msgspec.json.decode(row["known"] or b"{}", type=dict[str, UUID])
    return Before(known, row["numbers"])


_ORDERS = Rows(
    '"order"',
    "id uuid, version int, number text, channel_id uuid, external_id text, status text,"
    " goods_status text, payment_status text, returns_status text, currency text,"
    " goods_amount bigint, discount_amount bigint,"
    " shipping_amount bigint, tax_amount bigint, fees_amount bigint, tax_included bool,"
    " discounts jsonb, fees jsonb, taxes jsonb, tenders jsonb, total_amount bigint, customer jsonb,"
    " ship_to jsonb, placed_at timestamptz, changed_at timestamptz",
    order="channel_id, external_id",  # a duplicate waits for the other: nobody crosswise
)

_LINES = Rows(
    "order_line",
    "id uuid, order_id uuid, position int, external_id text, sku text, name text,"
    " unit_price bigint, goods_amount bigint, discount_amount bigint, tax_amount bigint,"
    " shipping_amount bigint, ordered int, cancelled int, backordered int, allocated int,"
    " in_work int, shipped int, delivered int, return_requested int, returned int, charged int,"
    " parts jsonb, promised_at timestamptz, expected_at timestamptz, fees_amount bigint,"
    " charges_tax_amount bigint, tax_included bool, tax_rate int, discounts jsonb",
)


def _write(session: AsyncSession, placed: Placed) -> None:
    _ORDERS.add(session, **{name: getattr(placed.order, name) for name in _ORDERS.names})
    for line in placed.lines:
        _LINES.add(session, **vars(line))


def _priced(line: NewLine) -> Priced:
    return Priced(line.unit_price, line.quantity, line.discount, line.tax_rate)


def _order(new: NewOrder, order_id: UUID, number: str, sums: Sums, made: Allocation) -> Order:
    return untracked(
        Order,
        id=order_id,
        number=number,
        channel_id=new.channel_id,
        external_id=new.external_id,
        currency=new.currency,
        goods_status=GoodsStatus.BACKORDERED if made.sourcing.missing else GoodsStatus.UNFULFILLED,
        goods_amount=sum(share.goods for share in sums.lines),
        discount_amount=sum(share.discount for share in sums.lines),
        shipping_amount=new.charges.shipping,
        fees_amount=sum(fee.amount for fee in new.charges.fees),
        tax_amount=sums.tax,
        tax_included=new.charges.taxing.included,
        discounts=new.discounts,
        fees=new.fees,
        taxes=sums.taxes or None,
        tenders=[vars(one) for one in new.tenders] or None,
        total_amount=new.charges.total,
        customer=new.customer,
        ship_to=new.ship_to,
        placed_at=new.placed_at,
        changed_at=clock.now(),
    )


def _line(
    order: Order,
    position: int,
    wanted: Wanted,
    line: NewLine,
    share: Shares,
    made: Allocation,
) -> OrderLine:
    promised = made.units[wanted.line_id]
    expected = made.expected.get(line.sku) if promised < line.quantity else None
    return untracked(
        OrderLine,
        id=wanted.line_id,
        order_id=order.id,
        position=position,
        external_id=line.external_id,
        sku=line.sku,
        name=line.name or made.names[line.sku],
        unit_price=line.unit_price,
        goods_amount=share.goods,
        discount_amount=share.discount,
        tax_amount=share.tax,
        shipping_amount=share.shipping,
        fees_amount=share.fees,
        charges_tax_amount=share.charges_tax,
        tax_included=order.tax_included,
        tax_rate=line.tax_rate,
        discounts=line.discounts,
        ordered=line.quantity,
        allocated=promised,
        backordered=line.quantity - promised,
        parts=made.parts.get(line.sku),
        promised_at=expected,
        expected_at=expected,
    )


def _demand_payment(new: NewOrder) -> None:
    if new.payment is not None:
        payments.demand_possible(gateway=new.payment.gateway, token=new.payment.token)
    elif new.due > 0:
        raise PaymentMissing(new.due)
    if new.due < 0:
        raise TendersExceedTotal(new.charges.total, new.charges.total - new.due)


def _expect_payment(session: AsyncSession, order: Order, new: NewOrder) -> None:
    """Expect what was paid with other things first, so that it is taken first, then the money."""
    paid = [(NewPayment(TENDERED, one.kind, one.reference), one.amount) for one in new.tenders]
    if new.payment is not None and new.due:
        paid.append((new.payment, new.due))
    for payment, amount in paid:
        payments.expect(
            session,
            order_id=order.id,
            channel_id=order.channel_id,
            currency=order.currency,
            amount=amount,
            gateway=payment.gateway,
            method=payment.method,
            token=payment.token,
        )


def _tell(session: AsyncSession, placed: Placed) -> None:
    order = placed.order
    told = OrderPlaced(
        order_id=order.id,
        external_id=order.external_id,
        currency=order.currency,
        total_amount=order.total_amount,
        lines=[
            LineUnits(line_id=line.id, sku=line.sku, quantity=line.ordered) for line in placed.lines
        ],
    )
    events.record(session, told, about=order.id, channel_id=order.channel_id)
    waiting = [
        LineUnits(line_id=line.id, sku=line.sku, quantity=line.backordered)
        for line in placed.lines
        if line.backordered
    ]
    if waiting:
        wait = OrderBackordered(order_id=order.id, lines=waiting)
        events.record(session, wait, about=order.id, channel_id=order.channel_id)
