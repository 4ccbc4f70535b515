"""Locations: warehouses, stores and third parties that hold stock."""

from uuid import UUID

from litestar import Controller, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from fulfillment import queries as work
from inventory.places import closings, locations, opening, queries
from inventory.places.opening_views import HoursIn, HoursOut
from inventory.places.views import (
    DeactivateIn,
    LocationChangesIn,
    LocationIn,
    LocationOut,
)
from oms.accounts.models import Role, Scope
from oms.kernel import clock
from oms.kernel.inputs import Output


class LocationsOut(Output):
    """A page of locations by code."""

    locations: list[LocationOut]
    next_cursor: str | None


class LocationDetailOut(LocationOut):
    """A location with its hours, and when it opens next and has an order ready."""

    hours: HoursOut


class ClosedOut(LocationOut):
    """A closed location, and what stood there when it closed.

    `begun` is work that was begun: it stays to be finished there.
    """

    committed: int
    reserved: int
    incoming: int
    transfers: list[str]
    purchase_orders: list[str]
    begun: list[str]


class LocationController(Controller):
    path = "/locations"
    tags = ["Inventory"]

    @post(opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def create(self, session: Session, data: JSONBody[LocationIn]) -> LocationOut:
        """Open a location."""
        return LocationOut.model_validate(await locations.open_location(session, place=data))

    @get(opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def list_some(
        self, session: Session, cursor: FromQuery[str | None] = None, limit: Limit = 50
    ) -> LocationsOut:
        """List locations by code."""
        page = await queries.locations(session, cursor=cursor, limit=limit)
        shown = [LocationOut.model_validate(row) for row in page.rows]
        return LocationsOut(locations=shown, next_cursor=page.next_cursor)

    @get("/{location_id:uuid}", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read(self, session: Session, location_id: FromPath[UUID]) -> LocationDetailOut:
        """Read a location, its hours, and when an order of now is ready."""
        found = await opening.read(session, location_id=location_id)
        shown = LocationOut.model_validate(found.location).model_dump()
        return LocationDetailOut(**shown, hours=found.shown(clock.now()))

    @patch("/{location_id:uuid}", opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def change(
        self,
        session: Session,
        version: Version,
        location_id: FromPath[UUID],
        data: JSONBody[LocationChangesIn],
    ) -> LocationOut:
        """Change what is said of a location; what is left out stays."""
        changed = await locations.change(
            session, location_id=location_id, changes=data, version=version
        )
        return LocationOut.model_validate(changed)

    @post(
        "/{location_id:uuid}/deactivate",
        opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER),
        status_code=200,
    )
    @idempotent
    async def deactivate(
        self,
        session: Session,
        request: AnyRequest,
        version: Version,
        location_id: FromPath[UUID],
        data: JSONBody[DeactivateIn],
    ) -> ClosedOut:
        """Close a location to new work; `reroute` sends what is not begun elsewhere."""
        await queries.reach(session, location_id=location_id)
        location, found = await closings.close(
            session, location_id=location_id, reroute=data.reroute, version=version
        )
        begun = await work.begun_at(session, location_id=location_id)
        shown = LocationOut.model_validate(location).model_dump()
        return ClosedOut(**shown, **vars(found), begun=begun)

    @get("/{location_id:uuid}/hours", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read_hours(self, session: Session, location_id: FromPath[UUID]) -> HoursOut:
        """Read when a location is open, and what that means now."""
        found = await opening.read(session, location_id=location_id)
        return found.shown(clock.now())

    @put("/{location_id:uuid}/hours", opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def replace_hours(
        self,
        session: Session,
        version: Version,
        location_id: FromPath[UUID],
        data: JSONBody[HoursIn],
    ) -> HoursOut:
        """Give a location these opening hours and special days instead of those it had."""
        await queries.reach(session, location_id=location_id)
        found = await opening.replace(session, location_id=location_id, given=data, version=version)
        return found.shown(clock.now())
