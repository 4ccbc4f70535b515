"""Transfers between locations: asked for, held, picked, shipped, received in parts."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import Field

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.transfers import arrivals, departures, queries, requests, views
from inventory.transfers.arrivals import Piece
from inventory.transfers.departures import Found, Trip
from inventory.transfers.events import Moved
from inventory.transfers.queries import Filter
from inventory.transfers.requests import Paper
from inventory.transfers.states import Outcome, TransferReason, TransferStatus
from inventory.transfers.views import TransferOut, TransfersOut
from oms.accounts.models import Role, Scope
from oms.kernel import clock
from oms.kernel.inputs import Count, Input, Moment, Quantity, Sku, Text, Word, fields
from oms.kernel.pages import DEFAULT_LIMIT

MAX_LINES = 500

MOVING = allow(Scope.INVENTORY_WRITE, Role.WAREHOUSE, Role.STORE, Role.MANAGER)


class TransferLineIn(Input):
    """Units of one SKU that are wanted."""

    sku: Sku
    quantity: Quantity


class TransferIn(Input):
    """Goods that one location is to give to another."""

    source_id: UUID
    destination_id: UUID
    reference: Word | None = Field(default=None, examples=["REPLENISH-48"])
    note: Text | None = None
    expected_at: Moment | None = None
    lines: list[TransferLineIn] = Field(min_length=1, max_length=MAX_LINES)


class TransferPickLineIn(Input):
    """How many units of a SKU were found, and how many are not on the shelf at all."""

    sku: Sku
    quantity: Count
    missing: Count = 0


class TransferPickIn(Input):
    """What was found on the shelf, if less than is held; a SKU left out was found whole."""

    lines: list[TransferPickLineIn] = Field(default=[], max_length=MAX_LINES)


class TransferShipIn(Input):
    """Who carries the goods, under which number, and when they should arrive."""

    carrier: Word | None = None
    tracking_number: Word | None = None
    expected_at: Moment | None = None


class TransferPieceIn(Input):
    """Units of one SKU and what became of them; all but accepted ones need a reason."""

    sku: Sku
    outcome: Outcome
    quantity: Quantity
    reason: TransferReason | None = None
    note: Text | None = None


class TransferReceiptIn(Input):
    """What arrived, or is known not to."""

    lines: list[TransferPieceIn] = Field(min_length=1, max_length=MAX_LINES)


class TransferCancelIn(Input):
    """Why the transfer is not wanted any more."""

    reason: Word | None = None


class TransferController(Controller):
    path = "/transfers"
    tags = ["Transfers"]

    @post(opt=MOVING)
    @idempotent
    async def request(
        self, request: AnyRequest, session: Session, data: JSONBody[TransferIn]
    ) -> TransferOut:
        """Ask for goods of another location, from either end; nothing is held yet."""
        paper = {name: value for name, value in fields(data).items() if name != "lines"}
        found = await requests.request(
            session,
            paper=Paper(**paper),
            lines=[Moved(**line.model_dump()) for line in data.lines],
        )
        return await views.show(session, transfer_id=found.id)

    @get(opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def list_some(
        self,
        session: Session,
        location_id: FromQuery[UUID | None] = None,
        source_id: FromQuery[UUID | None] = None,
        destination_id: FromQuery[UUID | None] = None,
        status: FromQuery[TransferStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> TransfersOut:
        """List transfers, newest first; `location_id` is either end."""
        wanted = Filter(location_id, source_id, destination_id, status)
        page = await queries.listed(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = await views.show_all(session, page.rows)
        return TransfersOut(transfers=shown, next_cursor=page.next_cursor)

    @get("/{transfer_id:uuid}", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read(self, session: Session, transfer_id: FromPath[UUID]) -> TransferOut:
        """Read a transfer with its lines and receipts."""
        return await views.show(session, transfer_id=transfer_id)

    @post("/{transfer_id:uuid}/reserve", opt=MOVING, status_code=200)
    @idempotent
    async def reserve(
        self, request: AnyRequest, session: Session, transfer_id: FromPath[UUID], version: Version
    ) -> TransferOut:
        """Hold every unit at the source, or none; what is promised to orders stays there."""
        await requests.reserve(session, transfer_id=transfer_id, version=version)
        return await views.show(session, transfer_id=transfer_id)

    @post("/{transfer_id:uuid}/pick", opt=MOVING, status_code=200)
    @idempotent
    async def pick(
        self,
        request: AnyRequest,
        session: Session,
        transfer_id: FromPath[UUID],
        version: Version,
        data: JSONBody[TransferPickIn],
    ) -> TransferOut:
        """Take the goods from the shelf; what was not found is free again, or written off."""
        found = [Found(**fields(line)) for line in data.lines]
        await departures.pick(session, transfer_id=transfer_id, found=found, version=version)
        return await views.show(session, transfer_id=transfer_id)

    @post("/{transfer_id:uuid}/ship", opt=MOVING, status_code=200)
    @idempotent
    async def ship(
        self,
        request: AnyRequest,
        session: Session,
        transfer_id: FromPath[UUID],
        version: Version,
        data: JSONBody[TransferShipIn],
    ) -> TransferOut:
        """Hand the goods over: they stand on no shelf, and the destination expects them."""
        await departures.ship(
            session,
            transfer_id=transfer_id,
            trip=Trip(**fields(data)),
            now=clock.now(),
            version=version,
        )
        return await views.show(session, transfer_id=transfer_id)

    @post("/{transfer_id:uuid}/receive", opt=MOVING, status_code=200)
    @idempotent
    async def receive(
        self,
        request: AnyRequest,
        session: Session,
        transfer_id: FromPath[UUID],
        version: Version,
        data: JSONBody[TransferReceiptIn],
    ) -> TransferOut:
        """Book what reached the destination: accepted, damaged, lost, rejected or surplus."""
        pieces = [Piece(**fields(piece)) for piece in data.lines]
        await arrivals.receive(session, transfer_id=transfer_id, pieces=pieces, version=version)
        return await views.show(session, transfer_id=transfer_id)

    @post("/{transfer_id:uuid}/take-back", opt=MOVING, status_code=200)
    @idempotent
    async def take_back(
        self,
        request: AnyRequest,
        session: Session,
        transfer_id: FromPath[UUID],
        version: Version,
        data: JSONBody[TransferReceiptIn],
    ) -> TransferOut:
        """Book what came back to the source: accepted, damaged or lost."""
        pieces = [Piece(**fields(piece)) for piece in data.lines]
        await arrivals.take_back(session, transfer_id=transfer_id, pieces=pieces, version=version)
        return await views.show(session, transfer_id=transfer_id)

    @post("/{transfer_id:uuid}/cancel", opt=MOVING, status_code=200)
    @idempotent
    async def cancel(
        self,
        request: AnyRequest,
        session: Session,
        transfer_id: FromPath[UUID],
        version: Version,
        data: JSONBody[TransferCancelIn],
    ) -> TransferOut:
        """Give held units back; of what has shipped, all that is under way turns round."""
        await requests.cancel(session, transfer_id=transfer_id, reason=data.reason, version=version)
        return await views.show(session, transfer_id=transfer_id)
