"""Handing a count in, having it counted again, believing it, or not wanting it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.counts import queries, variances
from inventory.counts.entries import NotInCount
from inventory.counts.events import (
    CountCancelled,
    CountRepeated,
    CountSubmitted,
)
from inventory.counts.models import StockCount
from inventory.counts.states import COUNT, LineState
from inventory.counts.variances import Judgement
from oms.kernel import actors, events
from oms.kernel.errors import Conflict, Forbidden, Rejected


class CountIncomplete(Conflict):
    """Some SKUs were not counted by as many people as they must be."""

    number: str
    counters: int
    skus: list[str]


class CountDisputed(Conflict):
    """Counters do not agree on these SKUs; have them counted again."""

    number: str
    skus: list[str]


class OwnCount(Forbidden):
    """Who counted does not approve; somebody else must."""

    number: str


class NothingDisputed(Rejected):
    """Counters agree on everything; name the SKUs that are to be counted again."""

    number: str


async def judge(session: AsyncSession, *, count: StockCount) -> list[Judgement]:
    """Judge the lines of a count by what was entered and what was corrected since."""
    lines = await queries.lines(session, count_id=count.id)
    entries = await queries.entries(session, count_id=count.id)
    skus = {line.id: line.sku for line in lines}
    corrected = await queries.corrections(
        session,
        location_id=count.location_id,
        entries={entry.id: (skus[entry.line_id], entry.counted_at) for entry in entries},
    )
    return variances.judge(lines, entries, corrected, counters=count.counters)


async def submit(
    session: AsyncSession, *, count_id: UUID, version: int | None = None
) -> tuple[StockCount, list[Judgement]]:
    """Hand a count in for review. Raises IllegalMove, CountIncomplete."""
    count = await queries.lock(session, count_id=count_id, version=version)
    COUNT.move(count, "submit")
    judged = await judge(session, count=count)
    if missing := _skus(judged, LineState.UNCOUNTED):
        raise CountIncomplete(count.number, count.counters, missing)
    told = CountSubmitted(
        count_id=count.id,
        number=count.number,
        location_id=count.location_id,
        round=count.round,
        disputed=_skus(judged, LineState.DISPUTED),
    )
    events.record(session, told, about=count.id)
    await session.flush()
    return count, judged


async def repeat(
    session: AsyncSession,
    *,
    count_id: UUID,
    skus: Sequence[str] = (),
    version: int | None = None,
) -> StockCount:
    """Have SKUs counted again, without any those that are disputed; earlier entries are void.

    Raises IllegalMove, NotInCount, NothingDisputed.
    """
    count = await queries.lock(session, count_id=count_id, version=version)
    COUNT.move(count, "recount")
    judged = await judge(session, count=count)
    again = set(skus) or set(_skus(judged, LineState.DISPUTED))
    if strange := sorted(again - {one.line.sku for one in judged}):
        raise NotInCount(count.number, strange)
    if not again:
        raise NothingDisputed(count.number)
    count.round += 1
    for one in judged:
        if one.line.sku in again:
            one.line.round = count.round
    told = CountRepeated(
        count_id=count.id,
        number=count.number,
        location_id=count.location_id,
        round=count.round,
        skus=sorted(again),
    )
    events.record(session, told, about=count.id)
    await session.flush()
    return count


async def cancel(
    session: AsyncSession, *, count_id: UUID, reason: str | None, version: int | None = None
) -> StockCount:
    """Want a count no more; nothing is booked. Raises IllegalMove."""
    count = await queries.lock(session, count_id=count_id, version=version)
    COUNT.move(count, "cancel")
    count.cancel_reason = reason
    told = CountCancelled(
        count_id=count.id, number=count.number, location_id=count.location_id, reason=reason
    )
    events.record(session, told, about=count.id)
    await session.flush()
    return count


async def demand_other(session: AsyncSession, *, count: StockCount) -> None:
    """Make sure that whoever acts has counted nothing of it. Raises OwnCount."""
    actor = actors.current()
    for entry in await queries.entries(session, count_id=count.id):
        if (entry.counter, entry.counter_id) == (actor.label, actor.id):
            raise OwnCount(count.number)


def demand_agreed(count: StockCount, judged: Iterable[Judgement]) -> None:
    """Make sure that counters agree on every line. Raises CountDisputed."""
    if disputed := _skus(judged, LineState.DISPUTED):
        raise CountDisputed(count.number, disputed)


def _skus(judged: Iterable[Judgement], state: LineState) -> list[str]:
    return [one.line.sku for one in judged if one.state is state]
