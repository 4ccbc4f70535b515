"""The state machines, as data."""

from typing import Any

from litestar import Controller, get

from api.policies import PUBLIC
from fulfillment.states import WORK
from inventory.counts.states import COUNT
from inventory.holds.states import HOLD
from inventory.supply.states import NOTICE, PURCHASE
from inventory.tracing.states import LOT, SERIAL
from inventory.transfers.states import TRANSFER
from oms.channels.imports.states import IMPORT
from oms.kernel.due import DUE
from oms.kernel.states import Machine
from oms.orders.states import ORDER
from oms.payments.states import OPERATION, PAYMENT, REFUND
from oms.webhooks.states import MESSAGE
from returns.states import RETURN

MACHINES: list[Machine[Any]] = [
    ORDER,
    WORK,
    LOT,
    SERIAL,
    PAYMENT,
    OPERATION,
    REFUND,
    RETURN,
    HOLD,
    TRANSFER,
    COUNT,
    PURCHASE,
    NOTICE,
    IMPORT,
    DUE,
    MESSAGE,
]


class MachineController(Controller):
    path = "/state-machines"
    tags = ["State machines"]

    @get(opt=PUBLIC)
    async def list_all(self) -> dict[str, Any]:
        """Return every machine: its states and who may go where by which verb."""
        return {"machines": [machine.published() for machine in MACHINES]}
