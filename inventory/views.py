"""What callers see of stock."""

from datetime import datetime
from uuid import UUID

from inventory.catalog.views import ProblemOut
from inventory.corrections import Outcome
from inventory.models import Reason
from oms.kernel.inputs import Output


class LevelOut(Output):
    """What stands at one location of one SKU.

    `on_hand` = available + committed + reserved + safety_stock + damaged + quality_control;
    `incoming` stands outside.
    """

    sku: str
    location_id: UUID
    on_hand: int
    available: int
    committed: int
    reserved: int
    safety_stock: int
    damaged: int
    quality_control: int
    incoming: int


class StockRowOut(Output):
    """What became of one row, and how its level stands after it; a refused one tells it too."""

    row: int
    outcome: Outcome
    sku: str | None
    location_id: UUID | None
    level: LevelOut | None
    problems: list[ProblemOut]


class MovementOut(Output):
    """One line of the ledger: by how much each bucket of a level changed, why and by whom."""

    id: UUID
    sku: str
    location_id: UUID
    on_hand: int
    committed: int
    reserved: int
    safety_stock: int
    damaged: int
    quality_control: int
    incoming: int
    reason: Reason
    reference: str | None
    actor: str
    recorded_at: datetime
