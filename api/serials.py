"""Units with a serial number: where each is, and all that became of it."""

from litestar import Controller, get
from litestar.params import FromPath

from api.deps import Session
from api.policies import EVERYBODY, allow
from inventory.tracing import queries, views
from inventory.tracing.views import SerialOut
from oms.accounts.models import Scope


class SerialController(Controller):
    path = "/serials"
    tags = ["Inventory"]

    @get("/{unit:path}", opt=allow(Scope.INVENTORY_READ, *EVERYBODY, all_channels=True))
    async def read(self, session: Session, unit: FromPath[str]) -> SerialOut:
        """Follow the unit `{sku}/{serial}` from receipt to order line and back.

        References name the orders of every channel.
        """
        sku, _, code = unit.removeprefix("/").rpartition("/")
        return await views.serial(session, await queries.serial(session, sku=sku, code=code))
