"""In which rhythm locations count the items of a class."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, put
from litestar.params import FromQuery, JSONBody
from pydantic import Field

from api.counts import MOST_COUNTERS, Percent
from api.deps import Session
from api.policies import EVERYBODY, allow
from inventory.catalog.vocabulary import AbcClass
from inventory.counts import plans, queries
from inventory.counts.openings import MOST_LINES
from inventory.counts.plans import Rhythm
from inventory.counts.views import CountPlanOut, CountPlansOut
from oms.accounts.models import Role, Scope
from oms.kernel.inputs import Count, Input, fields

Days = Annotated[int, Field(ge=1, le=3660)]

NAMED = {"location_id", "abc_class"}
"""Which plan is meant; the rest is its rhythm."""


class CountPlanIn(Input):
    """Every SKU of a class is counted every so many days, at most `most_lines` of them a day.

    `active: false` ends it.
    """

    location_id: UUID
    abc_class: AbcClass = Field(strict=False)
    every_days: Days
    most_lines: int = Field(ge=1, le=MOST_LINES)
    blind: bool = True
    counters: int = Field(default=1, ge=1, le=MOST_COUNTERS)
    limit_units: Count | None = None
    limit_percent: Percent | None = None
    active: bool = True


class CountPlanController(Controller):
    path = "/count-plans"
    tags = ["Counts"]

    @put(opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def set_plan(self, session: Session, data: JSONBody[CountPlanIn]) -> CountPlanOut:
        """Have all items of a class counted in turns; what is due is opened day by day."""
        rhythm = {name: value for name, value in fields(data).items() if name not in NAMED}
        found = await plans.plan(
            session,
            location_id=data.location_id,
            abc_class=data.abc_class,
            rhythm=Rhythm(**rhythm),
        )
        return CountPlanOut.model_validate(found)

    @get(opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def list_all(
        self, session: Session, location_id: FromQuery[UUID | None] = None
    ) -> CountPlansOut:
        """List in which rhythm locations count."""
        found = await queries.plans(session, location_id=location_id)
        return CountPlansOut(plans=[CountPlanOut.model_validate(one) for one in found])
