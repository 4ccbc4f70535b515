"""Placing an order: all of it, with its stock promised and its payment expected, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import clock, events, ids
from oms.kernel.errors import Conflict, DomainError, Rejected
from oms.kernel.statements import Rows, Statement
from oms.kernel.tables import untracked
from oms.orders import allocations, totals
from oms.orders.allocations import Allocation, Shelves, Task, Wanted
from oms.orders.events import LineUnits, OrderBackordered, OrderPlaced
from oms.orders.models import Order, OrderLine
from oms.orders.totals import Charges, Priced, Shares
from oms.payments import payments
from oms.routing.sourcing import Place

P = ParamSpec("P")


class OrderExists(Conflict):
    """This channel has placed an order of this external id already."""

    external_id: str
    order_id: UUID


class PaymentMissing(Rejected):
    """An order that costs something needs a payment."""

    total: int


@dataclass(frozen=True)
class NewLine:
    """One line as the channel sold it; amounts in minor units."""

    sku: str
    quantity: int
    unit_price: int
    discount: int = 0
    name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class NewPayment:
    """How the shopper pays: which gateway, which method, and the provider's token."""

    gateway: str
    method: str
    token: str | None = None


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

    Raises TotalsDisagree, UnknownSkus, Shortfall (out_of_stock), OrderExists, PaymentMissing.
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
    skus = {line.sku for new in orders for line in new.lines}
    shelves = await allocations.look(session, skus=skus, channel_id=channel_id)
    before = await _look_before(session, channel_id, orders)
    outcomes = [
        _refusal_or(_place, session, new, number, shelves, before.known)
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
    session: AsyncSession, new: NewOrder, number: str, shelves: Shelves, known: dict[str, UUID]
) -> Placed:
    """Decide all that can be refused first; then leave the rows to be written with the commit."""
    if new.external_id in known:
        raise OrderExists(new.external_id, known[new.external_id])
    shares = totals.spread(
        [Priced(line.unit_price, line.quantity, line.discount) for line in new.lines], new.charges
    )
    _demand_payment(new)
    task = _task(new)
    made = shelves.choose(task, partly=False)
    known[new.external_id] = task.order_id
    order = _order(new, task.order_id, number, shares)
    lines = [
        _line(order.id, position, wanted, line, share, made)
        for position, (wanted, line, share) in enumerate(
            zip(task.wanted, new.lines, shares, strict=True), start=1
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
    " payment_status text, currency text, goods_amount bigint, discount_amount bigint,"
    " shipping_amount bigint, tax_amount bigint, total_amount bigint, customer jsonb,"
    " ship_to jsonb, placed_at timestamptz, changed_at timestamptz",
    order="channel_id, external_id",  # a duplicate waits for the other: nobody crosswise
)

_LINES = Rows(
    "order_line",
    "id uuid, order_id uuid, position int, external_id text, sku text, name text,"
    " unit_price bigint, goods_amount bigint, discount_amount bigint, tax_amount bigint,"
    " shipping_amount bigint, ordered int, cancelled int, backordered int, allocated int,"
    " in_work int, shipped int, delivered int, return_requested int, returned int, charged int,"
    " parts jsonb, expected_at timestamptz",
)


def _write(session: AsyncSession, placed: Placed) -> None:
    _ORDERS.add(session, **{name: getattr(placed.order, name) for name in _ORDERS.names})
    for line in placed.lines:
        _LINES.add(session, **vars(line))


def _order(new: NewOrder, order_id: UUID, number: str, shares: Sequence[Shares]) -> Order:
    return untracked(
        Order,
        id=order_id,
        number=number,
        channel_id=new.channel_id,
        external_id=new.external_id,
        currency=new.currency,
        goods_amount=sum(share.goods for share in shares),
        discount_amount=sum(share.discount for share in shares),
        shipping_amount=new.charges.shipping,
        tax_amount=new.charges.tax,
        total_amount=new.charges.total,
        customer=new.customer,
        ship_to=new.ship_to,
        placed_at=new.placed_at,
        changed_at=clock.now(),
    )


def _line(
    order_id: UUID,
    position: int,
    wanted: Wanted,
    line: NewLine,
    share: Shares,
    made: Allocation,
) -> OrderLine:
    promised = made.units[wanted.line_id]
    return untracked(
        OrderLine,
        id=wanted.line_id,
        order_id=order_id,
        position=position,
        external_id=line.external_id,
        sku=line.sku,
        name=line.name or made.names[line.sku],
        unit_price=line.unit_price,
        goods_amount=share.goods,
        discount_amount=share.discount,
        tax_amount=share.tax,
        shipping_amount=share.shipping,
        ordered=line.quantity,
        allocated=promised,
        backordered=line.quantity - promised,
        parts=made.parts.get(line.sku),
        expected_at=made.expected.get(line.sku) if promised < line.quantity else None,
    )


def _demand_payment(new: NewOrder) -> None:
    if new.payment is not None:
        payments.demand_possible(gateway=new.payment.gateway, token=new.payment.token)
    elif new.charges.total:
        raise PaymentMissing(new.charges.total)


def _expect_payment(session: AsyncSession, order: Order, new: NewOrder) -> None:
    if new.payment is not None and order.total_amount:
        payments.expect(
            session,
            order_id=order.id,
            channel_id=order.channel_id,
            currency=order.currency,
            amount=order.total_amount,
            gateway=new.payment.gateway,
            method=new.payment.method,
            token=new.payment.token,
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
