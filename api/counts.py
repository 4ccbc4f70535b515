"""Counting what stands on the shelves: opened, entered by people, reviewed, approved."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import Field

from api.deps import AnyRequest, Session, Version
from api.idempotent import idempotent
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.counts import openings, queries, reviews
from inventory.counts.entries import Found
from inventory.counts.openings import MOST_LINES, Paper
from inventory.counts.queries import Filter
from inventory.counts.states import CountStatus
from inventory.counts.views import CountHeadOut, CountOut, CountsOut
from oms.accounts.models import Role, Scope
from oms.kernel import clock
from oms.kernel.inputs import Code, Count, Input, Sku, Text, Word, fields
from oms.kernel.pages import DEFAULT_LIMIT
from oms.orders import recounts

MOST_COUNTERS = 5

Percent = Annotated[int, Field(ge=0, le=100)]

COUNTING = allow(Scope.INVENTORY_WRITE, Role.WAREHOUSE, Role.STORE, Role.MANAGER)
REVIEWING = allow(None, Role.MANAGER)
"""What was counted is believed by a person who answers for it, and never by a program."""


NAMED = {"skus", "bins"}
"""What is to be counted; the rest is how."""


class CountIn(Input):
    """What is to be counted where: the SKUs that are named and those that lie in the bins.

    `counters` different people count every line. What differs by no more than the limits (units;
    percent of what was expected) is booked when it is handed in; without limits all is reviewed.
    """

    location_id: UUID
    skus: list[Sku] = Field(default=[], max_length=MOST_LINES)
    bins: list[Code] = Field(default=[], max_length=MOST_LINES)
    blind: bool = True
    counters: int = Field(default=1, ge=1, le=MOST_COUNTERS)
    limit_units: Count | None = None
    limit_percent: Percent | None = None
    note: Text | None = None


class CountEntryIn(Input):
    """All units of a SKU that were found at the location, in whatever condition."""

    sku: Sku
    units: Count
    note: Text | None = None


class CountEntriesIn(Input):
    """What somebody found; a SKU that was named before is replaced, for this counter."""

    entries: list[CountEntryIn] = Field(min_length=1, max_length=MOST_LINES)


class CountRepeatIn(Input):
    """What is to be counted again; without SKUs all on which counters do not agree."""

    skus: list[Sku] = Field(default=[], max_length=MOST_LINES)


class CountCancelIn(Input):
    """Why the count is not wanted any more."""

    reason: Word | None = None


class CountController(Controller):
    path = "/counts"
    tags = ["Counts"]

    @post(opt=COUNTING)
    @idempotent
    async def open(
        self, request: AnyRequest, session: Session, data: JSONBody[CountIn]
    ) -> CountOut:
        """Have SKUs of a location counted, by list or by bin."""
        paper = {name: value for name, value in fields(data).items() if name not in NAMED}
        count = await openings.open_count(
            session, paper=Paper(**paper), skus=data.skus, bins=data.bins
        )
        return await recounts.show(session, count_id=count.id)

    @get(opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def list_some(
        self,
        session: Session,
        location_id: FromQuery[UUID | None] = None,
        status: FromQuery[CountStatus | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> CountsOut:
        """List counts, newest first."""
        wanted = Filter(location_id, status)
        page = await queries.listed(session, wanted=wanted, cursor=cursor, limit=limit)
        shown = [CountHeadOut.model_validate(one) for one in page.rows]
        return CountsOut(counts=shown, next_cursor=page.next_cursor)

    @get("/{count_id:uuid}", opt=allow(Scope.INVENTORY_READ, *EVERYBODY))
    async def read(self, session: Session, count_id: FromPath[UUID]) -> CountOut:
        """Read a count; of a blind one that is not handed in only what you found yourself."""
        return await recounts.show(session, count_id=count_id)

    @post("/{count_id:uuid}/entries", opt=COUNTING, status_code=200)
    @idempotent
    async def enter(
        self,
        request: AnyRequest,
        session: Session,
        count_id: FromPath[UUID],
        version: Version,
        data: JSONBody[CountEntriesIn],
    ) -> CountOut:
        """Note what you found of some SKUs, each as a whole: all its shelves together."""
        found = [Found(**fields(entry)) for entry in data.entries]
        return await recounts.enter(session, count_id=count_id, found=found, version=version)

    @post("/{count_id:uuid}/submit", opt=COUNTING, status_code=200)
    @idempotent
    async def submit(
        self, request: AnyRequest, session: Session, count_id: FromPath[UUID], version: Version
    ) -> CountOut:
        """Hand the count in; what differs by no more than its limits is booked at once."""
        await recounts.submit(session, count_id=count_id, now=clock.now(), version=version)
        return await recounts.show(session, count_id=count_id)

    @post("/{count_id:uuid}/recount", opt=REVIEWING, status_code=200)
    @idempotent
    async def repeat(
        self,
        request: AnyRequest,
        session: Session,
        count_id: FromPath[UUID],
        version: Version,
        data: JSONBody[CountRepeatIn],
    ) -> CountOut:
        """Have SKUs counted once more; what was entered for them before is void."""
        await reviews.repeat(session, count_id=count_id, skus=data.skus, version=version)
        return await recounts.show(session, count_id=count_id)

    @post("/{count_id:uuid}/approve", opt=REVIEWING, status_code=200)
    @idempotent
    async def approve(
        self, request: AnyRequest, session: Session, count_id: FromPath[UUID], version: Version
    ) -> CountOut:
        """Believe the count: the books follow, and promises they cannot keep are routed anew."""
        await recounts.approve(session, count_id=count_id, now=clock.now(), version=version)
        return await recounts.show(session, count_id=count_id)

    @post("/{count_id:uuid}/cancel", opt=COUNTING, status_code=200)
    @idempotent
    async def cancel(
        self,
        request: AnyRequest,
        session: Session,
        count_id: FromPath[UUID],
        version: Version,
        data: JSONBody[CountCancelIn],
    ) -> CountOut:
        """Want the count no more; nothing is booked."""
        await reviews.cancel(session, count_id=count_id, reason=data.reason, version=version)
        return await recounts.show(session, count_id=count_id)
