"""Groups of locations: regions, brands, tiers that rules and routing speak of."""

from typing import Annotated

from litestar import Controller, delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter

from api.deps import Session, Version
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.places import groups
from inventory.places.group_views import GROUP_CODE, LocationGroupIn, LocationGroupOut
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Output

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)
WRITING = allow(Scope.INVENTORY_WRITE, Role.MANAGER)

GroupOfPath = Annotated[str, PathParameter(pattern=GROUP_CODE)]


class LocationGroupsOut(Output):
    """A page of groups of locations by code."""

    groups: list[LocationGroupOut]
    next_cursor: str | None


class LocationGroupController(Controller):
    path = "/location-groups"
    tags = ["Inventory"]

    @get(opt=READING)
    async def list_some(
        self, session: Session, cursor: FromQuery[str | None] = None, limit: Limit = 50
    ) -> LocationGroupsOut:
        """List groups of locations by code."""
        page = await groups.groups(session, cursor=cursor, limit=limit)
        shown = [LocationGroupOut.model_validate(row) for row in page.rows]
        return LocationGroupsOut(groups=shown, next_cursor=page.next_cursor)

    @get("/{group_code:str}", opt=READING)
    async def read(self, session: Session, group_code: FromPath[str]) -> LocationGroupOut:
        """Read a group of locations."""
        return LocationGroupOut.model_validate(await groups.read(session, code=group_code))

    @put("/{group_code:str}", opt=WRITING)
    async def put(
        self,
        session: Session,
        version: Version,
        group_code: GroupOfPath,
        data: JSONBody[LocationGroupIn],
    ) -> LocationGroupOut:
        """Let there be a group of this name and these locations."""
        made = await groups.put(session, code=group_code, given=data, version=version)
        return LocationGroupOut.model_validate(made)

    @delete("/{group_code:str}", opt=WRITING)
    async def remove(self, session: Session, version: Version, group_code: FromPath[str]) -> None:
        """Forget a group that no rule uses; its locations stay."""
        await groups.remove(session, code=group_code, version=version)
