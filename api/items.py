"""Items: what is sold and stocked, by whatever code it is known."""

from typing import Annotated

from litestar import Controller, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.catalog import groups, items, queries, scans, searches
from inventory.catalog.searches import Search
from inventory.catalog.views import (
    GROUP_CODE,
    GroupIn,
    GroupOut,
    ItemChangesIn,
    ItemIn,
    ItemOut,
    ItemRowsIn,
    KnownOut,
    RowOut,
    ScanOut,
)
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Output

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)
WRITING = allow(Scope.INVENTORY_WRITE, Role.MANAGER)

Words = Annotated[str | None, QueryParameter(min_length=1, max_length=255)]
GroupOfPath = Annotated[str, PathParameter(pattern=GROUP_CODE)]
Scanned = Annotated[str, QueryParameter(min_length=1, max_length=500)]


class ItemsOut(Output):
    """A page of items."""

    items: list[ItemOut]
    next_cursor: str | None


class ItemRowsOut(Output):
    """What became of each row, in the order of the request."""

    rows: list[RowOut]


class IdentifiersOut(Output):
    """A page of identifiers in their order."""

    identifiers: list[KnownOut]
    next_cursor: str | None


class GroupsOut(Output):
    """A page of groups by code."""

    groups: list[GroupOut]
    next_cursor: str | None


class ItemController(Controller):
    tags = ["Inventory"]

    @post("/items", opt=WRITING)
    async def create(self, session: Session, data: JSONBody[ItemIn]) -> ItemOut:
        """Make an item known."""
        return ItemOut.model_validate(await items.add(session, new=data))

    @post("/bulk/items", opt=WRITING, status_code=200)
    @idempotent
    async def upsert(
        self, session: Session, request: AnyRequest, data: JSONBody[ItemRowsIn]
    ) -> ItemRowsOut:
        """Add and change up to 1,000 items at once; rows that say nothing new change nothing."""
        written = await items.upsert(session, rows=data)
        return ItemRowsOut(rows=[RowOut.model_validate(row) for row in written])

    @get("/items", opt=READING)
    async def list_some(
        self,
        session: Session,
        group: Words = None,
        name: Words = None,
        language: Words = None,
        active: FromQuery[bool | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> ItemsOut:
        """List items by SKU, all or those of a group, or by name those whose name begins so."""
        search = Search(group=group, name=name, language=language, active=active)
        page = await searches.items(session, search=search, cursor=cursor, limit=limit)
        shown = [ItemOut.model_validate(card) for card in page.rows]
        return ItemsOut(items=shown, next_cursor=page.next_cursor)

    @get("/items/{sku:path}", opt=READING)
    async def read(self, session: Session, sku: FromPath[str]) -> ItemOut:
        """Read an item."""
        return ItemOut.model_validate(await queries.card(session, sku=sku.removeprefix("/")))

    @patch("/items/{sku:path}", opt=WRITING)
    async def change(
        self, session: Session, version: Version, sku: FromPath[str], data: JSONBody[ItemChangesIn]
    ) -> ItemOut:
        """Change what is said of an item; what is left out stays."""
        changed = await items.change(
            session, sku=sku.removeprefix("/"), changes=data, version=version
        )
        return ItemOut.model_validate(changed)


class IdentifierController(Controller):
    tags = ["Inventory"]

    @get("/identifiers", opt=READING)
    async def list_some(
        self,
        session: Session,
        starts_with: Words = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> IdentifiersOut:
        """List the codes of items, all or those that begin so, and whose they are."""
        page = await searches.identifiers(
            session, starts_with=starts_with or "", cursor=cursor, limit=limit
        )
        shown = [KnownOut.model_validate(row) for row in page.rows]
        return IdentifiersOut(identifiers=shown, next_cursor=page.next_cursor)

    @get("/scan", opt=READING)
    async def scan(self, session: Session, code: Scanned, supplier: Words = None) -> ScanOut:
        """Find an item by whatever was scanned: SKU, GTIN, other codes, GS1 element strings."""
        return ScanOut.model_validate(await scans.find(session, code=code, supplier=supplier))


class ItemGroupController(Controller):
    path = "/item-groups"
    tags = ["Inventory"]

    @get(opt=READING)
    async def list_some(
        self, session: Session, cursor: FromQuery[str | None] = None, limit: Limit = 50
    ) -> GroupsOut:
        """List groups of items by code."""
        page = await searches.groups(session, cursor=cursor, limit=limit)
        shown = [GroupOut.model_validate(row) for row in page.rows]
        return GroupsOut(groups=shown, next_cursor=page.next_cursor)

    @put("/{group_code:str}", opt=WRITING)
    async def put(
        self, session: Session, group_code: GroupOfPath, data: JSONBody[GroupIn]
    ) -> GroupOut:
        """Let there be a group of this name."""
        return GroupOut.model_validate(await groups.put(session, code=group_code, name=data.name))

    @delete("/{group_code:str}", opt=WRITING)
    async def remove(self, session: Session, group_code: FromPath[str]) -> None:
        """Forget a group that no rule uses; its items stay."""
        await groups.remove(session, code=group_code)
