"""Which lots the lines of some work take: those that were named, else those that expire first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.tracing import queries, suggestions
from inventory.tracing.lots import LotNotHere
from inventory.tracing.models import LotPick
from inventory.tracing.queries import Shelf, Traced
from inventory.tracing.suggestions import Candidate, Take, Terms
from oms.kernel.errors import Conflict, Rejected


class Unfit(TypedDict):
    """A lot that may not be shipped to an order's channel."""

    sku: str
    lot_code: str | None
    expires_on: str | None
    days_needed: int


class LotNotShippable(Conflict):
    """The lot is in quarantine, or does not stay good for long enough for this channel."""

    lots: list[Unfit]


class ShortLine(TypedDict):
    """A line for which too few units may be taken."""

    order_line_id: UUID
    sku: str
    wanted: int
    possible: int


class LotsShort(Conflict):
    """Too few units of lots that may be shipped are on the shelf."""

    lines: list[ShortLine]


class LotsDoNotAddUp(Rejected):
    """The lots of a line must add up to the units that were picked of it."""

    order_line_id: UUID
    picked: int
    named: int


@dataclass(frozen=True)
class Work:
    """Some work at a location, and the channel its goods are for."""

    id: UUID
    location_id: UUID
    channel_id: UUID
    number: str


@dataclass(frozen=True)
class Line:
    """Units of one order line that were taken from the shelf."""

    claimant_id: UUID
    sku: str
    quantity: int


@dataclass(frozen=True)
class Named:
    """What was read of the units of one order line: lots (None: no label) and serial numbers."""

    claimant_id: UUID
    lots: Mapping[str | None, int] = field(default_factory=dict)
    serials: Sequence[str] = ()


@dataclass
class Plan:
    """What is free of each lot while the lines of some work are served one after the other."""

    shelves: dict[tuple[str, str | None], Shelf]
    free: Counter[UUID]
    terms: dict[str, Terms]

    def candidates(self, sku: str) -> list[Candidate]:
        """Return the lots of a SKU with what is left of them."""
        return [
            candidate(shelf, self.free[shelf.lot.id])
            for shelf in self.shelves.values()
            if shelf.lot.sku == sku
        ]


async def survey(
    session: AsyncSession, *, work: Work, traced: Mapping[str, Traced], now: datetime
) -> Plan:
    """Look what lots stand where the work is done, whose levels are held."""
    day = await queries.today(session, location_id=work.location_id, now=now)
    days = await queries.days_left(session, channel_id=work.channel_id)
    shelves = await queries.shelves(session, skus=list(traced), location_id=work.location_id)
    free = Counter({shelf.lot.id: shelf.stock.free for shelf in shelves})
    for one in await queries.picks(session, work_id=work.id):
        free[one.lot_id] += one.quantity
    return Plan(
        shelves={(shelf.lot.sku, shelf.lot.code): shelf for shelf in shelves},
        free=free,
        terms={sku: Terms(day, days, dated=flags.dated) for sku, flags in traced.items()},
    )


def candidate(shelf: Shelf, free: int) -> Candidate:
    """See a shelf as what may be suggested."""
    lot = shelf.lot
    return Candidate(lot.id, lot.code, lot.expires_on, free, lot.status)


def named(work: Work, plan: Plan, *, line: Line, told: Named) -> list[LotPick]:
    """Take the lots that were named. Raises LotsDoNotAddUp, LotNotHere."""
    units = sum(told.lots.values())
    if units != line.quantity:
        raise LotsDoNotAddUp(line.claimant_id, line.quantity, units)
    for code in told.lots:
        if (line.sku, code) not in plan.shelves:
            raise LotNotHere(line.sku, code, work.location_id)
    return [
        _pick(work, line, Take(plan.shelves[line.sku, code].lot.id, quantity), assumed=False)
        for code, quantity in told.lots.items()
    ]


def demand_fit(plan: Plan, lines: Sequence[Line], wanted: Iterable[LotPick]) -> None:
    """Demand that every lot may be shipped to the channel. Raises LotNotShippable."""
    skus = {line.claimant_id: line.sku for line in lines}
    lots = {shelf.lot.id: candidate(shelf, 0) for shelf in plan.shelves.values()}
    unfit = [
        Unfit(
            sku=sku,
            lot_code=lot.code,
            expires_on=lot.expires_on.isoformat() if lot.expires_on else None,
            days_needed=plan.terms[sku].days,
        )
        for one in wanted
        if not plan.terms[sku := skus[one.claimant_id]].allow(lot := lots[one.lot_id])
    ]
    if unfit:
        raise LotNotShippable(unfit)


def filled(work: Work, plan: Plan, lines: Sequence[Line]) -> list[LotPick]:
    """Take the lots that expire first, line by line. Raises LotsShort naming every line."""
    wanted: list[LotPick] = []
    short: list[ShortLine] = []
    for line in lines:
        takes = suggestions.first_expired(
            plan.candidates(line.sku), quantity=line.quantity, terms=plan.terms[line.sku]
        )
        found = sum(one.quantity for one in takes)
        if found < line.quantity:
            short.append(
                ShortLine(
                    order_line_id=line.claimant_id,
                    sku=line.sku,
                    wanted=line.quantity,
                    possible=found,
                )
            )
        plan.free.subtract({one.lot_id: one.quantity for one in takes})
        wanted += [_pick(work, line, one, assumed=True) for one in takes]
    if short:
        raise LotsShort(short)
    return wanted


def _pick(work: Work, line: Line, one: Take, *, assumed: bool) -> LotPick:
    return LotPick(
        work_id=work.id,
        claimant_id=line.claimant_id,
        lot_id=one.lot_id,
        location_id=work.location_id,
        quantity=one.quantity,
        assumed=assumed,
    )


def trimmed(
    parts: Sequence[LotPick], line: Line | None, last_first: Sequence[UUID]
) -> list[LotPick]:
    """Keep so many units, giving back the lots that expire last."""
    if line is None:
        return list(parts)
    surplus = sum(part.quantity for part in parts) - line.quantity
    kept = []
    for part in sorted(parts, key=lambda one: last_first.index(one.lot_id)):
        back = min(max(surplus, 0), part.quantity)
        surplus -= back
        if part.quantity > back:
            kept.append(LotPick(**{**part.model_dump(), "quantity": part.quantity - back}))
    return kept


def by_claimant(picks: Iterable[LotPick]) -> dict[UUID, list[LotPick]]:
    """Group what was taken by the order line it is for."""
    grouped: dict[UUID, list[LotPick]] = defaultdict(list)
    for one in picks:
        grouped[one.claimant_id].append(one)
    return grouped
