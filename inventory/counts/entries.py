"""Noting what somebody found on the shelves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import standing
from inventory.counts import queries
from inventory.counts.models import CountEntry, StockCount
from inventory.counts.states import COUNT
from oms.kernel import actors
from oms.kernel.errors import Rejected


class NotInCount(Rejected):
    """These SKUs are not part of the count."""

    number: str
    skus: list[str]


class NamedTwice(Rejected):
    """An entry is the whole number of a SKU: name it once, all its shelves together."""

    skus: list[str]


@dataclass(frozen=True)
class Found:
    """All units of a SKU that somebody found at the location, in whatever condition."""

    sku: str
    units: int
    note: str | None = None


class Picked(Protocol):
    """Tells how many units of SKUs have left the shelves of a location and not yet the books."""

    async def __call__(
        self, session: AsyncSession, *, location_id: UUID, skus: Sequence[str]
    ) -> Mapping[str, int]:
        """Return them by SKU."""


async def enter(
    session: AsyncSession,
    *,
    count_id: UUID,
    found: Sequence[Found],
    picked: Picked,
    version: int | None = None,
) -> StockCount:
    """Note what was found, beside what the books say at the same moment.

    The levels are held while the books are read, so no movement is both before and after the
    entry. Saying it again replaces one's own entry. Raises IllegalMove, NotInCount, NamedTwice.
    """
    count = await queries.lock(session, count_id=count_id, version=version)
    COUNT.move(count, "enter")
    lines = {line.sku: line for line in await queries.lines(session, count_id=count.id)}
    _fit(count, found, list(lines))
    levels = [(one.sku, count.location_id) for one in found]
    held = await standing.hold(session, levels=levels)
    gone = await picked(session, location_id=count.location_id, skus=[one.sku for one in found])
    now = await queries.moment(session)
    actor = actors.current()
    session.add_all(
        CountEntry(
            line_id=lines[one.sku].id,
            round=lines[one.sku].round,
            counter=actor.label,
            counter_id=actor.id,
            units=one.units,
            on_hand=held[one.sku, count.location_id].on_hand,
            picked=gone.get(one.sku, 0),
            note=one.note,
            counted_at=now,
        )
        for one in found
    )
    queries.touch(count)
    await session.flush()
    await standing.close(session, levels=levels)
    return count


def _fit(count: StockCount, found: Sequence[Found], known: Sequence[str]) -> None:
    named = Counter(one.sku for one in found)
    if strange := sorted(named.keys() - set(known)):
        raise NotInCount(count.number, strange)
    if twice := sorted(sku for sku, times in named.items() if times > 1):
        raise NamedTwice(twice)
