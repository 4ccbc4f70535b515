"""Goods that come back: asked for, approved, received anywhere, inspected, refunded to the unit."""

from typing import Self
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import Field, model_validator

from api.deps import AnyRequest, Caller, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.order_inputs import PriceIn
from api.policies import EVERYBODY, allow
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.kernel.actors import Actor
from oms.kernel.inputs import Input, Quantity, Sku, Text, Word, fields
from oms.kernel.pages import DEFAULT_LIMIT
from returns import approvals, closings, inspections, queries, receipts, requests, views
from returns.inspections import Piece
from returns.models import Return
from returns.queries import Filter
from returns.receipts import Arrival, Place
from returns.requests import Blind, Wanted
from returns.states import DeclineReason, Disposition, ReturnReason, ReturnStatus
from returns.views import ReturnOut, ReturnsOut

MAX_LINES = 5_000


class ReturnLineIn(Input):
    """Units that are to come back: of an order line, or of an item for an agreed credit each."""

    order_line_id: UUID | None = None
    sku: Sku | None = Field(default=None, description="Of a blind return only.")
    unit_credit: PriceIn | None = Field(default=None, description="Of a blind return only.")
    quantity: Quantity
    reason: ReturnReason


class ReturnIn(Input):
    """A wish to send goods back: units of an order, or, without one, a blind return.

    The reason `other` needs a note.
    """

    order_id: UUID | None = None
    channel_id: UUID | None = Field(
        default=None, description="Of a blind return only; needed unless the key has one."
    )
    external_id: Word | None = Field(default=None, examples=["C536379"])
    note: Text | None = None
    lines: list[ReturnLineIn] = Field(min_length=1, max_length=MAX_LINES)

    @model_validator(mode="after")
    def of_one_kind(self) -> Self:
        """Refuse a mixture: lines name order lines with an order, and items without one."""
        if self.order_id is None:
            fits = all(
                line.sku and line.unit_credit and not line.order_line_id for line in self.lines
            )
            if not fits:
                raise ValueError("without an order_id every line is a sku and its unit_credit")
        elif self.channel_id or any(
            line.sku or line.unit_credit or not line.order_line_id for line in self.lines
        ):
            raise ValueError("with an order_id every line is an order_line_id; no channel_id")
        return self

    def wanted(self) -> list[Wanted]:
        """Say the lines of an order's return in the words of the domain."""
        return [
            Wanted(line.order_line_id, line.quantity, line.reason)
            for line in self.lines
            if line.order_line_id
        ]

    def blind(self) -> list[Blind]:
        """Say the lines of a blind return in the words of the domain."""
        return [
            Blind(line.sku, line.quantity, line.unit_credit, line.reason)
            for line in self.lines
            if line.sku and line.unit_credit
        ]


class DeclineIn(Input):
    """Why the goods are not taken back."""

    reason: DeclineReason


class ArrivalIn(Input):
    """Units of a line of the return that arrived."""

    return_line_id: UUID
    quantity: Quantity


class ReceiveIn(Input):
    """What arrived at one location."""

    location_id: UUID
    lines: list[ArrivalIn] = Field(min_length=1, max_length=MAX_LINES)


class PieceIn(Input):
    """Units of a receipt that look alike, and whether the shopper is paid for them."""

    receipt_id: UUID
    quantity: Quantity
    disposition: Disposition
    refund: bool = True
    note: Text | None = None


class InspectIn(Input):
    """What was found of received units."""

    pieces: list[PieceIn] = Field(min_length=1, max_length=MAX_LINES)


class ReturnController(Controller):
    path = "/returns"
    tags = ["Returns"]

    @post(opt=allow(Scope.RETURNS_WRITE, Role.SUPPORT, Role.MANAGER, Role.STORE))
    @idempotent
    async def request(
        self, request: AnyRequest, session: Session, caller: Caller, data: JSONBody[ReturnIn]
    ) -> ReturnOut:
        """Ask to send goods back; units of an order are claimed at once.

        The same `external_id` of a channel is answered 409 with the return it already made.
        """
        found = await _asked(session, caller, data)
        return await views.show(session, return_id=found.id)

    @get(opt=allow(Scope.RETURNS_READ, *EVERYBODY))
    async def list_some(
        self,
        session: Session,
        caller: Caller,
        order_id: FromQuery[UUID | None] = None,
        status: FromQuery[ReturnStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> ReturnsOut:
        """List returns, newest first."""
        wanted = Filter(order_id, status, caller.channel_id)
        page = await queries.listed(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = await views.show_all(session, page.rows)
        return ReturnsOut(returns=shown, next_cursor=page.next_cursor)

    @get("/{return_id:uuid}", opt=allow(Scope.RETURNS_READ, *EVERYBODY))
    async def read(self, session: Session, caller: Caller, return_id: FromPath[UUID]) -> ReturnOut:
        """Read a return with its lines, receipts and inspections."""
        return await views.show(session, return_id=return_id, channel_id=caller.channel_id)

    @post("/{return_id:uuid}/approve", opt=allow(None, Role.SUPPORT, Role.MANAGER), status_code=200)
    @idempotent
    async def approve(
        self, request: AnyRequest, session: Session, return_id: FromPath[UUID], version: Version
    ) -> ReturnOut:
        """Let the goods come."""
        await approvals.approve(session, return_id=return_id, version=version)
        return await views.show(session, return_id=return_id)

    @post("/{return_id:uuid}/decline", opt=allow(None, Role.SUPPORT, Role.MANAGER), status_code=200)
    @idempotent
    async def decline(
        self,
        request: AnyRequest,
        session: Session,
        return_id: FromPath[UUID],
        version: Version,
        data: JSONBody[DeclineIn],
    ) -> ReturnOut:
        """Refuse to take the goods back."""
        await approvals.decline(session, return_id=return_id, reason=data.reason, version=version)
        return await views.show(session, return_id=return_id)

    @post(
        "/{return_id:uuid}/cancel",
        opt=allow(Scope.RETURNS_WRITE, Role.SUPPORT, Role.MANAGER),
        status_code=200,
    )
    @idempotent
    async def cancel(
        self,
        request: AnyRequest,
        session: Session,
        caller: Caller,
        return_id: FromPath[UUID],
        version: Version,
    ) -> ReturnOut:
        """Take the wish back, as long as nothing was received."""
        await closings.cancel(
            session, return_id=return_id, channel_id=caller.channel_id, version=version
        )
        return await views.show(session, return_id=return_id)

    @post(
        "/{return_id:uuid}/receive",
        opt=allow(None, Role.WAREHOUSE, Role.STORE, Role.MANAGER),
        status_code=200,
    )
    @idempotent
    async def receive(
        self,
        request: AnyRequest,
        session: Session,
        caller: Caller,
        return_id: FromPath[UUID],
        version: Version,
        data: JSONBody[ReceiveIn],
    ) -> ReturnOut:
        """Note what arrived, at any location that takes returns; stock waits for inspection."""
        await receipts.receive(
            session,
            return_id=return_id,
            place=Place(data.location_id, caller.location_ids),
            arrivals=[Arrival(**fields(line)) for line in data.lines],
            version=version,
        )
        return await views.show(session, return_id=return_id)

    @post(
        "/{return_id:uuid}/inspect",
        opt=allow(None, Role.WAREHOUSE, Role.STORE, Role.MANAGER),
        status_code=200,
    )
    @idempotent
    async def inspect(
        self,
        request: AnyRequest,
        session: Session,
        caller: Caller,
        return_id: FromPath[UUID],
        version: Version,
        data: JSONBody[InspectIn],
    ) -> ReturnOut:
        """Decide what becomes of received units; their refund is granted to the unit."""
        await inspections.inspect(
            session,
            return_id=return_id,
            pieces=[Piece(**fields(piece)) for piece in data.pieces],
            location_ids=caller.location_ids,
            version=version,
        )
        return await views.show(session, return_id=return_id)

    @post("/{return_id:uuid}/close", opt=allow(None, Role.SUPPORT, Role.MANAGER), status_code=200)
    @idempotent
    async def close(
        self, request: AnyRequest, session: Session, return_id: FromPath[UUID], version: Version
    ) -> ReturnOut:
        """Expect nothing more; units that never came can be asked back anew."""
        await closings.close(session, return_id=return_id, version=version)
        return await views.show(session, return_id=return_id)


async def _asked(session: Session, caller: Actor, data: ReturnIn) -> Return:
    paper = {"note": data.note, "external_id": data.external_id}
    if data.order_id is not None:
        return await requests.request(
            session,
            order_id=data.order_id,
            lines=data.wanted(),
            channel_id=caller.channel_id,
            **paper,
        )
    lines = data.blind()
    channel_id = await channels.selling(
        session,
        bound=caller.channel_id,
        asked=data.channel_id,
        currency=lines[0].unit_credit.currency,
    )
    return await requests.request_blind(session, channel_id=channel_id, lines=lines, **paper)
