"""Lots: what stands where, what became of their units, and correcting which lot units are of."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import Field

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from api.stock import MOVING, SkuFilter
from inventory.tracing import lots, quarantines, queries, views
from inventory.tracing.lots import LotUnits
from inventory.tracing.queries import LotFilter
from inventory.tracing.views import (
    Label,
    LotChangedOut,
    LotIn,
    LotMovementOut,
    LotOut,
    LotsOut,
    LotTraceOut,
)
from oms.accounts.models import Role, Scope
from oms.journey import recalls
from oms.journey.recalls import RecallOut
from oms.kernel import clock
from oms.kernel.inputs import Input, Quantity, Sku, Word
from oms.kernel.pages import DEFAULT_LIMIT, MAX_LIMIT

CodeFilter = Annotated[str | None, QueryParameter(max_length=64)]
"""Only lots of this code."""

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)


OFFICE = (Role.MANAGER, Role.SUPPORT)
"""Who may see customers of every location."""

JUDGING = allow(Scope.INVENTORY_WRITE, Role.MANAGER, all_channels=True)


class LotReasonIn(Input):
    """Why a lot may not be sold, or why it may again."""

    reason: Word


class IdentificationIn(Input):
    """Units that turn out to be of another lot.

    Without `seen_as` they are units of which the lot was not known.
    """

    location_id: UUID
    sku: Sku
    quantity: Quantity
    lot: LotIn
    seen_as: Label | None = Field(default=None, description="The code they were taken for.")
    reference: Word | None = None


class LotController(Controller):
    path = "/lots"
    tags = ["Inventory"]

    @get(opt=READING)
    async def list_some(
        self,
        session: Session,
        sku: SkuFilter = None,
        code: CodeFilter = None,
        expires_before: FromQuery[date | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> LotsOut:
        """List lots with what stands where, the newest first."""
        wanted = LotFilter(sku, code, expires_before)
        page = await queries.lots(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = await views.lots(session, list(page.rows))
        return LotsOut(lots=shown, next_cursor=page.next_cursor)

    @post("/identifications", opt=MOVING)
    @idempotent
    async def identify(
        self, session: Session, request: AnyRequest, data: JSONBody[IdentificationIn]
    ) -> LotOut:
        """Say of which lot units are; how many stand there does not change."""
        lot = await lots.identify(
            session,
            location_id=data.location_id,
            units=LotUnits(data.sku, data.quantity, data.lot.facts()),
            seen_as=data.seen_as,
            reference=data.reference,
        )
        return await views.lot(session, lot)

    @get("/{lot_id:uuid}", opt=READING)
    async def read(self, session: Session, lot_id: FromPath[UUID]) -> LotOut:
        """Read a lot and where its units stand."""
        return await views.lot(session, await queries.lot(session, lot_id=lot_id))

    @get("/{lot_id:uuid}/trace", opt=allow(Scope.INVENTORY_READ, *EVERYBODY, all_channels=True))
    async def trace(
        self,
        session: Session,
        lot_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> LotTraceOut:
        """Follow a lot from receipt to order line and back; references name every channel's."""
        lot = await queries.lot(session, lot_id=lot_id)
        page = await queries.lot_movements(session, lot_id=lot_id, cursor=cursor, limit=limit)
        return LotTraceOut(
            lot=await views.lot(session, lot),
            movements=[LotMovementOut.model_validate(row) for row in page.rows],
            next_cursor=page.next_cursor,
        )

    @post("/{lot_id:uuid}/quarantine", opt=JUDGING, status_code=200)
    @idempotent
    async def quarantine(
        self,
        request: AnyRequest,
        session: Session,
        lot_id: FromPath[UUID],
        version: Version,
        data: JSONBody[LotReasonIn],
    ) -> LotChangedOut:
        """Sell no more of a lot: free units are set aside, promised ones are told."""
        lot, places = await quarantines.quarantine(
            session,
            lot_id=lot_id,
            reason=data.reason,
            version=version,
        )
        return await views.changed(session, lot, places)

    @post("/{lot_id:uuid}/recall", opt=JUDGING, status_code=200)
    @idempotent
    async def recall(
        self,
        request: AnyRequest,
        session: Session,
        lot_id: FromPath[UUID],
        version: Version,
        data: JSONBody[LotReasonIn],
    ) -> LotChangedOut:
        """Sell no more of a lot and want back what was sold; `GET` it for who has it."""
        lot, places = await quarantines.recall(
            session,
            lot_id=lot_id,
            reason=data.reason,
            version=version,
        )
        return await views.changed(session, lot, places)

    @post("/{lot_id:uuid}/release", opt=JUDGING, status_code=200)
    @idempotent
    async def release(
        self,
        request: AnyRequest,
        session: Session,
        lot_id: FromPath[UUID],
        version: Version,
        data: JSONBody[LotReasonIn],
    ) -> LotChangedOut:
        """Sell a lot again: what was set aside of it is free."""
        lot, places = await quarantines.release(
            session,
            lot_id=lot_id,
            reason=data.reason,
            now=clock.now(),
            version=version,
        )
        return await views.changed(session, lot, places)

    @get("/{lot_id:uuid}/recall", opt=allow(Scope.ORDERS_READ, *OFFICE, all_channels=True))
    async def recall_list(
        self,
        session: Session,
        lot_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Limit = MAX_LIMIT,
    ) -> RecallOut:
        """List every location, order, parcel and customer that has or had units of a lot."""
        return await recalls.of_lot(session, lot_id=lot_id, cursor=cursor, limit=limit)
