"""Items: what is sold and stocked."""

from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from api.deps import Session, Version
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.catalog import items, queries
from inventory.catalog.views import ItemChangesIn, ItemIn, ItemOut
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Output


class ItemsOut(Output):
    """A page of items by SKU."""

    items: list[ItemOut]
    next_cursor: str | None


class ItemController(Controller):
    path = "/items"
    tags = ["Inventory"]

    @post(opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def create(self, session: Session, data: JSONBody[ItemIn]) -> ItemOut:
        """Make an item known."""
        return ItemOut.model_validate(await items.add(session, new=data))

    @get(opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def list_some(
        self, session: Session, cursor: FromQuery[str | None] = None, limit: Limit = 50
    ) -> ItemsOut:
        """List items by SKU."""
        page = await queries.items(session, cursor=cursor, limit=limit)
        shown = [ItemOut.model_validate(row) for row in page.rows]
        return ItemsOut(items=shown, next_cursor=page.next_cursor)

    @get("/{sku:path}", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read(self, session: Session, sku: FromPath[str]) -> ItemOut:
        """Read an item."""
        return ItemOut.model_validate(await queries.item(session, sku=sku.removeprefix("/")))

    @patch("/{sku:path}", opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def change(
        self, session: Session, version: Version, sku: FromPath[str], data: JSONBody[ItemChangesIn]
    ) -> ItemOut:
        """Change what is said of an item; what is left out stays."""
        changed = await items.change(
            session, sku=sku.removeprefix("/"), changes=data, version=version
        )
        return ItemOut.model_validate(changed)
