"""What a channel may promise of some items, and by when: shelves, supply and what is owed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import queries as stock
from inventory.commitments import Level
from inventory.selling import candidates
from inventory.selling.candidates import Candidates
from inventory.supply import arrivals
from inventory.supply.arrivals import Arrival
from oms.kernel.statements import Statement
from oms.orders import available_to_promise
from oms.orders.available_to_promise import Bundle, Shelf, Step, Supply


@dataclass(frozen=True)
class Wish:
    """So many units of one item."""

    sku: str
    quantity: int = 1


@dataclass(frozen=True)
class Promise:
    """What may be promised of an item from which date on, and when the wish can be met.

    `owed` units wait for goods already, on every channel. `undated` units come without a date and
    `overdue` ones should be here: neither is promised. `ahead` is how many the channel may sell
    beyond what is there. An item that is not `counted` can be promised at any time.
    """

    sku: str
    quantity: int
    promised_at: datetime | None
    counted: bool
    ahead: int
    owed: int
    undated: int
    overdue: int
    steps: list[Step]


_OWED = Statement("""
SELECT held.sku, line.expected_at, sum(line.backordered * held.each) AS units
FROM order_line AS line CROSS JOIN LATERAL (
    SELECT line.sku, 1 WHERE line.parts IS NULL
    UNION ALL
    SELECT part, CAST(each AS int) FROM jsonb_each_text(line.parts) AS parts (part, each)
) AS held (sku, each)
WHERE line.backordered > 0
    AND (line.sku = ANY(CAST(:skus AS text[])) OR line.parts ?| CAST(:skus AS text[]))
GROUP BY held.sku, line.expected_at
""")


@dataclass(frozen=True)
class _Facts:
    """What is known at one moment; `owed` is by SKU and date, a line without one is owed now."""

    found: Candidates
    standing: Mapping[Level, int]
    coming: Mapping[Level, Sequence[Arrival]]
    owed: Mapping[str, Mapping[datetime, int]]
    now: datetime

    def steps(self, sku: str) -> list[Step]:
        """Return what may be promised of an item, or of a kit made of items."""
        if sku not in self.found.kits:
            shelves = [self._shelf(sku, place) for place in self._places(sku)]
            return available_to_promise.steps(shelves, self.owed.get(sku, {}), now=self.now)
        parts = self._parts(sku)
        places = [place for place in self.found.locations if self._all_at(parts, place)]
        kits: list[Supply] = [
            Bundle([(self._shelf(part, place), each) for part, each in parts.items()])
            for place in places
        ]
        whole = available_to_promise.steps(kits, {}, now=self.now)
        limits = [(self.steps(part), each) for part, each in parts.items()]
        return available_to_promise.least([(whole, 1), *limits])

    def expected(self, sku: str) -> list[Arrival]:
        """Return what comes to places the channel sells from."""
        return [one for place in self._places(sku) for one in self.coming.get((sku, place), ())]

    def _parts(self, sku: str) -> dict[str, int]:
        items = self.found.items
        return {part: each for part, each in self.found.kits[sku].items() if items[part].tracked}

    def _places(self, sku: str) -> list[UUID]:
        return [place for of, place in self.found.available if of == sku]

    def _all_at(self, parts: Mapping[str, int], place: UUID) -> bool:
        return all((part, place) in self.found.available for part in parts)

    def _shelf(self, sku: str, place: UUID) -> Shelf:
        dated: Counter[datetime] = Counter()
        for one in self.coming.get((sku, place), ()):
            if one.expected_at is not None and one.expected_at >= self.now:
                dated[one.expected_at] += one.quantity
        level = sku, place
        return Shelf(self.standing.get(level, 0), self.found.leaving(level), dated)


async def of_channel(
    session: AsyncSession, *, wishes: Sequence[Wish], channel_id: UUID, now: datetime
) -> list[Promise]:
    """Return what a channel may promise of each item; SKUs that are not sold are left out."""
    facts = await _facts(session, [one.sku for one in wishes], channel_id, now)
    return [_promise(facts, one) for one in wishes if one.sku in facts.found.items]


async def _facts(
    session: AsyncSession, skus: Sequence[str], channel_id: UUID, now: datetime
) -> _Facts:
    found = await candidates.of_channel(session, skus=skus, channel_id=channel_id)
    known = sorted(found.items)
    coming: dict[Level, list[Arrival]] = {}
    for one in await arrivals.coming(session, skus=known):
        coming.setdefault((one.sku, one.location_id), []).append(one)
    owed: dict[str, Counter[datetime]] = {}
    for row in await _OWED.rows(session, skus=known):
        at = max(row["expected_at"] or now, now)
        owed.setdefault(row["sku"], Counter())[at] += row["units"]
    standing = await stock.available(session, skus=known)
    return _Facts(found, standing, coming, owed, now)


def _promise(facts: _Facts, wish: Wish) -> Promise:
    counted = facts.found.counted(wish.sku)
    steps = facts.steps(wish.sku) if counted else []
    expected = facts.expected(wish.sku)
    ahead = facts.found.backlog.get(wish.sku)
    return Promise(
        sku=wish.sku,
        quantity=wish.quantity,
        promised_at=available_to_promise.earliest(steps, wish.quantity) if counted else facts.now,
        counted=counted,
        ahead=ahead.units if ahead else 0,
        owed=sum(facts.owed.get(wish.sku, {}).values()),
        undated=sum(one.quantity for one in expected if one.expected_at is None),
        overdue=sum(
            one.quantity for one in expected if one.expected_at and one.expected_at < facts.now
        ),
        steps=steps,
    )
