"""Orders: placed by channels, changed by agents."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import Field, model_validator

from api.deps import AnyRequest, Caller, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.kernel import clock
from oms.kernel.inputs import Code, Input, Moment, Output, Quantity, Sku, Text, Word
from oms.kernel.money import Currency, Money, Price
from oms.orders import cancellations, placements, queries, reroutes, views
from oms.orders.placements import NewLine, NewOrder, NewPayment
from oms.orders.queries import Filter
from oms.orders.states import CancelReason, MoneyStatus, OrderStatus
from oms.orders.totals import Charges
from oms.orders.views import OrderOut, OrderSummaryOut
from oms.routing import decisions

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


class CancelIn(Input):
    """Why."""

    reason: CancelReason = CancelReason.CUSTOMER


class OrdersOut(Output):
    """A page of orders, newest first."""

    orders: list[OrderSummaryOut]
    next_cursor: str | None


class DecisionOut(Output):
    """One routing decision: what was chosen, from what, and why."""

    id: UUID
    cause: str
    rule: str
    version: int
    cost: int
    parcels: int
    plan: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    recorded_at: datetime


class RoutingOut(Output):
    """Every routing decision about an order, first to last."""

    decisions: list[DecisionOut]


def amount(given: Money | None) -> int:
    """Return the minor units of an optional amount."""
    return given.amount if given else 0


class OrderController(Controller):
    path = "/orders"
    tags = ["Orders"]

    @post(opt=allow(Scope.ORDERS_WRITE, Role.SUPPORT, Role.STORE, Role.MANAGER))
    @idempotent
    async def place(
        self, session: Session, request: AnyRequest, caller: Caller, data: JSONBody[OrderIn]
    ) -> OrderOut:
        """Place an order: all of it, with its stock promised, or nothing."""
        channel_id = await channels.selling(
            session, bound=caller.channel_id, asked=data.channel_id, currency=data.currency
        )
        new = data.new(channel_id=channel_id, now=clock.now())
        placed = await placements.place(session, new=new)
        return views.shown(placed.order, placed.lines)

    @get(opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def list_orders(
        self,
        session: Session,
        caller: Caller,
        external_id: FromQuery[str | None] = None,
        status: FromQuery[OrderStatus | None] = None,
        payment_status: FromQuery[MoneyStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> OrdersOut:
        """List orders, newest first."""
        wanted = Filter(caller.channel_id, external_id, status, payment_status)
        page = await queries.page(session, wanted=wanted, cursor=cursor, limit=limit)
        orders = [views.summary(order) for order in page.rows]
        return OrdersOut(orders=orders, next_cursor=page.next_cursor)

    @get("/{order_id:uuid}", opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def read(self, session: Session, caller: Caller, order_id: FromPath[UUID]) -> OrderOut:
        """Read an order."""
        return await views.show(session, order_id=order_id, channel_id=caller.channel_id)

    @post(
        "/{order_id:uuid}/cancel",
        opt=allow(Scope.ORDERS_WRITE, Role.SUPPORT, Role.MANAGER),
        status_code=200,
    )
    @idempotent
    async def cancel(
        self,
        session: Session,
        request: AnyRequest,
        caller: Caller,
        version: Version,
        order_id: FromPath[UUID],
        data: JSONBody[CancelIn],
    ) -> OrderOut:
        """Cancel what has not shipped."""
        await cancellations.cancel(
            session,
            order_id=order_id,
            reason=data.reason,
            channel_id=caller.channel_id,
            version=version,
        )
        await session.flush()
        return await views.show(session, order_id=order_id)

    @post(
        "/{order_id:uuid}/route",
        opt=allow(Scope.ORDERS_WRITE, Role.SUPPORT, Role.MANAGER),
        status_code=200,
    )
    @idempotent
    async def route(
        self,
        session: Session,
        request: AnyRequest,
        caller: Caller,
        version: Version,
        order_id: FromPath[UUID],
    ) -> OrderOut:
        """Look again for stock of backordered units."""
        await reroutes.route_waiting(
            session, order_id=order_id, channel_id=caller.channel_id, version=version
        )
        await session.flush()
        return await views.show(session, order_id=order_id)

    @get("/{order_id:uuid}/routing", opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def routing(
        self, session: Session, caller: Caller, order_id: FromPath[UUID]
    ) -> RoutingOut:
        """Say why each location was or was not chosen."""
        order = await queries.find(session, order_id=order_id, channel_id=caller.channel_id)
        found = await decisions.of_order(session, order_id=order.id)
        return RoutingOut(decisions=[DecisionOut.model_validate(one) for one in found])


def _line(line: OrderLineIn) -> NewLine:
    return NewLine(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
        discount=amount(line.discount),
        name=line.name,
        external_id=line.external_id,
    )
