"""Locations: warehouses, stores and third parties that hold stock."""

from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from api.deps import Session, Version
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.places import locations, queries
from inventory.places.views import LocationChangesIn, LocationIn, LocationOut
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Output


class LocationsOut(Output):
    """A page of locations by code."""

    locations: list[LocationOut]
    next_cursor: str | None


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
    async def read(self, session: Session, location_id: FromPath[UUID]) -> LocationOut:
        """Read a location."""
        return LocationOut.model_validate(await queries.location(session, location_id=location_id))

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
