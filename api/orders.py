"""Orders: placed by channels, changed by agents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from api import placing
from api.deps import AnyRequest, Caller, Session, Version
from api.idempotent import idempotent, keyed
from api.lists import Limit, Looked, MomentText, moment
from api.order_inputs import OrderIn
from api.policies import EVERYBODY, allow
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.kernel.inputs import Input, Output
from oms.orders import cancellations, queries, reroutes, searches, views
from oms.orders.searches import Filter
from oms.orders.states import (
    CancelReason,
    GoodsStatus,
    MoneyStatus,
    OrderStatus,
    ReturnsStatus,
)
from oms.orders.views import OrderOut, OrderSummaryOut
from oms.routing import decisions


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


class OrderController(Controller):
    path = "/orders"
    tags = ["Orders"]

    @post(opt=allow(Scope.ORDERS_WRITE, Role.SUPPORT, Role.STORE, Role.MANAGER))
    @keyed
    async def place(self, request: AnyRequest, data: JSONBody[OrderIn]) -> Response[OrderOut]:
        """Place an order: all of it, with its stock promised, or nothing."""
        return await placing.place(request, data)

    @get(opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def list_orders(
        self,
        session: Session,
        caller: Caller,
        channel_id: FromQuery[UUID | None] = None,
        number: Looked = None,
        external_id: Looked = None,
        status: FromQuery[OrderStatus | None] = None,
        goods_status: FromQuery[GoodsStatus | None] = None,
        payment_status: FromQuery[MoneyStatus | None] = None,
        returns_status: FromQuery[ReturnsStatus | None] = None,
        email: Looked = None,
        phone: Looked = None,
        name: Looked = None,
        sku: Looked = None,
        tracking_number: Looked = None,
        location_id: FromQuery[UUID | None] = None,
        placed_from: MomentText = None,
        placed_to: MomentText = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> OrdersOut:
        """Find orders, newest first; `name` is how the customer's name begins."""
        wanted = Filter(
            channel_id=channels.meant(bound=caller.channel_id, asked=channel_id),
            number=number,
            external_id=external_id,
            status=status,
            goods_status=goods_status,
            payment_status=payment_status,
            returns_status=returns_status,
            email=email,
            phone=phone,
            name=name,
            sku=sku,
            tracking_number=tracking_number,
            location_id=location_id,
            placed_from=moment(placed_from, "placed_from"),
            placed_to=moment(placed_to, "placed_to"),
        )
        page = await searches.page(session, wanted=wanted, cursor=cursor, limit=limit)
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
