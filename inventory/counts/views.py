"""A count as it is shown: to counters of a blind one, nothing but what they found themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import queries as stock
from inventory.catalog.vocabulary import AbcClass
from inventory.counts import queries, reviews
from inventory.counts.entries import Picked
from inventory.counts.models import CountEntry, StockCount
from inventory.counts.states import COUNT, CountStatus, LineState
from inventory.counts.variances import Judgement
from oms.kernel import actors
from oms.kernel.inputs import Output

UNDER_WAY = {CountStatus.OPEN, CountStatus.COUNTING}


class CountEntryOut(Output):
    """What somebody found; `expected` were on the shelf by the books at that moment."""

    id: UUID
    round: int
    counter: str
    units: int
    expected: int | None
    note: str | None
    counted_at: datetime


class CountLineOut(Output):
    """One SKU of a count.

    `expected` is what should stand on the shelf now, `variance` found less expected as the last
    counter saw it, `delta` by how much the books are to change, or were. What a blind count hides
    until it is handed in is null.
    """

    sku: str
    round: int
    state: LineState | None
    expected: int | None
    counted: int | None
    variance: int | None
    delta: int | None
    entries: list[CountEntryOut]


class CountOut(Output):
    """A count. `actions` are possible now; `submit` once everything is counted."""

    id: UUID
    number: str
    location_id: UUID
    status: CountStatus
    blind: bool
    counters: int
    round: int
    limit_units: int | None
    limit_percent: int | None
    note: str | None
    cause: str | None
    opened_by: str
    approved_by: str | None
    approved_at: datetime | None
    cancel_reason: str | None
    lines: list[CountLineOut]
    actions: list[str]
    version: int
    recorded_at: datetime


class CountHeadOut(Output):
    """A count without its lines."""

    id: UUID
    number: str
    location_id: UUID
    status: CountStatus
    blind: bool
    round: int
    note: str | None
    cause: str | None
    version: int
    recorded_at: datetime


class CountsOut(Output):
    """One page of counts, newest first."""

    counts: list[CountHeadOut]
    next_cursor: str | None


class CountPlanOut(Output):
    """How a location counts the items of a class."""

    location_id: UUID
    abc_class: AbcClass
    every_days: int
    most_lines: int
    blind: bool
    counters: int
    limit_units: int | None
    limit_percent: int | None
    active: bool
    version: int


class CountPlansOut(Output):
    """The plans of counting, by location and class."""

    plans: list[CountPlanOut]


async def show(session: AsyncSession, *, count_id: UUID, picked: Picked) -> CountOut:
    """Read a count with all that belongs to it. Raises UnknownCount."""
    await session.flush()
    count = await queries.get(session, count_id=count_id)
    judged = await reviews.judge(session, count=count)
    shut = count.blind and count.status in UNDER_WAY
    expected: Mapping[str, int] = {}
    if not shut and count.status not in {CountStatus.APPROVED, CountStatus.CANCELLED}:
        expected = await _on_shelf(session, count, judged, picked)
    entries: dict[UUID, list[CountEntry]] = {}
    for entry in await queries.entries(session, count_id=count.id):
        entries.setdefault(entry.line_id, []).append(entry)
    columns = {name: getattr(count, name) for name in type(count).model_fields}
    lines = [
        _line(one, entries.get(one.line.id, []), expected.get(one.line.sku), shut=shut)
        for one in judged
    ]
    return CountOut(**columns, lines=lines, actions=_actions(count, judged))


async def _on_shelf(
    session: AsyncSession, count: StockCount, judged: Sequence[Judgement], picked: Picked
) -> dict[str, int]:
    skus = [one.line.sku for one in judged]
    found = await stock.levels_at(session, location_id=count.location_id, skus=skus)
    on_hand = {level.sku: level.on_hand for level in found}
    gone = await picked(session, location_id=count.location_id, skus=skus)
    return {sku: on_hand.get(sku, 0) - gone.get(sku, 0) for sku in skus}


def _line(
    one: Judgement, entries: Sequence[CountEntry], expected: int | None, *, shut: bool
) -> CountLineOut:
    line, booked = one.line, one.line.delta is not None
    agreed = one.state is LineState.AGREED
    shown = [entry for entry in entries if not shut or _own(entry)]
    return CountLineOut(
        sku=line.sku,
        round=line.round,
        state=None if shut else one.state,
        expected=expected,
        counted=None if shut else line.counted if booked else one.last.units if agreed else None,
        variance=None if shut else one.variance,
        delta=None if shut else line.delta if booked else one.delta,
        entries=[_entry(entry, shut=shut) for entry in shown],
    )


def _entry(entry: CountEntry, *, shut: bool) -> CountEntryOut:
    return CountEntryOut(
        id=entry.id,
        round=entry.round,
        counter=entry.counter,
        units=entry.units,
        expected=None if shut else entry.expected,
        note=entry.note,
        counted_at=entry.counted_at,
    )


def _own(entry: CountEntry) -> bool:
    actor = actors.current()
    return (entry.counter, entry.counter_id) == (actor.label, actor.id)


def _actions(count: StockCount, judged: Sequence[Judgement]) -> list[str]:
    states = {one.state for one in judged}
    sensible = {
        "submit": LineState.UNCOUNTED not in states,
        "approve": LineState.DISPUTED not in states,
    }
    return [verb for verb in COUNT.possible(count.status) if sensible.get(verb, True)]
