"""Bins of a location: shelves, drawers and floor space, and what lies there."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter

from api.deps import Session, Version
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.places import bins, queries
from inventory.places.bin_views import BIN_CODE, BinIn, BinOut
from inventory.places.bins import Search
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Output

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)
WRITING = allow(Scope.INVENTORY_WRITE, Role.MANAGER, Role.WAREHOUSE)

BinOfPath = Annotated[str, PathParameter(pattern=BIN_CODE)]


class BinsOut(Output):
    """A page of bins by code."""

    bins: list[BinOut]
    next_cursor: str | None


class BinController(Controller):
    path = "/locations/{location_id:uuid}/bins"
    tags = ["Inventory"]

    @get(opt=READING)
    async def list_some(
        self,
        session: Session,
        location_id: FromPath[UUID],
        zone: FromQuery[str | None] = None,
        sku: FromQuery[str | None] = None,
        active: FromQuery[bool | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> BinsOut:
        """List the bins of a location by code: all, those of a zone, those an item lies in."""
        await queries.location(session, location_id=location_id)
        search = Search(location_id, zone=zone, sku=sku, active=active)
        page = await bins.bins(session, search=search, cursor=cursor, limit=limit)
        return BinsOut(bins=[*page.rows], next_cursor=page.next_cursor)

    @get("/{bin_code:str}", opt=READING)
    async def read(
        self, session: Session, location_id: FromPath[UUID], bin_code: FromPath[str]
    ) -> BinOut:
        """Read a bin and what lies in it."""
        return await bins.read(session, location_id=location_id, code=bin_code)

    @put("/{bin_code:str}", opt=WRITING)
    async def put(
        self,
        session: Session,
        version: Version,
        location_id: FromPath[UUID],
        bin_code: BinOfPath,
        data: JSONBody[BinIn],
    ) -> BinOut:
        """Let there be such a bin, with these items in it."""
        await queries.reach(session, location_id=location_id)
        return await bins.put(
            session, location_id=location_id, code=bin_code, given=data, version=version
        )

    @delete("/{bin_code:str}", opt=WRITING)
    async def remove(
        self,
        session: Session,
        version: Version,
        location_id: FromPath[UUID],
        bin_code: FromPath[str],
    ) -> None:
        """Forget a bin; the stock of the location stays as it is."""
        await queries.reach(session, location_id=location_id)
        await bins.remove(session, location_id=location_id, code=bin_code, version=version)
