"""Finding locations for units of an order and promising their stock, in one go."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import commitments
from inventory import queries as stock
from inventory.catalog import kits
from inventory.commitments import Parts, Promise
from inventory.holds.conversions import Held
from inventory.movements import Change, OutOfStock
from inventory.selling import backlog, candidates, compositions
from inventory.selling.backlog import BacklogFull
from inventory.selling.candidates import Candidates
from inventory.selling.limits import Owed
from oms.kernel import clock, db, events
from oms.kernel.db import Busy
from oms.kernel.errors import Conflict, Rejected
from oms.orders.events import OrderRouted
from oms.routing import decisions, sourcing
from oms.routing.sourcing import Place, Source, Sourcing


class UnknownSkus(Rejected):
    """Some items are not known or not sold any more."""

    skus: list[str]


class Shortfall(Conflict):
    """Not enough stock is available."""

    code = "out_of_stock"
    shortages: list[dict[str, str | int]]


@dataclass(frozen=True)
class Wanted:
    """Units of one order line that need a location.

    `parts` are what a unit of the line was made of when it was sold, where that is not its SKU.
    """

    line_id: UUID
    sku: str
    quantity: int
    parts: Parts | None = None


@dataclass(frozen=True)
class Task:
    """What to find locations for: the goods, where they go, and who may not be asked."""

    order_id: UUID
    channel_id: UUID
    reference: str
    cause: str
    wanted: Sequence[Wanted]
    destination: Place
    excluded: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

    @property
    def demand(self) -> Counter[str]:
        """Return units per SKU, summed over all lines."""
        demand: Counter[str] = Counter()
        for one in self.wanted:
            demand[one.sku] += one.quantity
        return demand

    @property
    def skus(self) -> set[str]:
        """Return every SKU whose stock matters: what is wanted, and the parts it was sold with."""
        return {sku for one in self.wanted for sku in (one.sku, *(one.parts or ()))}


@dataclass(frozen=True)
class Allocation:
    """The promises made, the names of the goods, and the decision behind it.

    `parts` tells what a unit holds where that is not its own SKU, `expected` when units are to
    come that were sold ahead.
    """

    promises: list[Promise]
    sourcing: Sourcing
    names: Mapping[str, str]
    parts: Mapping[str, Parts]
    expected: Mapping[str, datetime | None]

    @cached_property
    def units(self) -> Counter[UUID]:
        """Return how many units of each line are promised."""
        units: Counter[UUID] = Counter()
        for one in self.promises:
            units[one.claimant_id] += one.quantity
        return units


class Shelves:
    """What a channel may sell at one moment, less what was chosen since: many orders in one go.

    Choices are made without locks; `promise` has all of them judged under the locks, in one
    statement.
    """

    def __init__(self, found: Candidates) -> None:
        """Begin with nothing chosen."""
        self._found = found
        self._names = {sku: item.name for sku, item in found.items.items()}
        self._parts = compositions.held(found)
        self._chosen: dict[str, list[Promise]] = {}
        self._ending: list[Change] = []
        self._owed: list[Owed] = []
        self._ahead = {sku: one.units for sku, one in found.backlog.items()}
        self._expected = {sku: one.available_at for sku, one in found.backlog.items()}
        self._has: dict[UUID, dict[str, int]] = {place: {} for place in found.locations}
        for (sku, place), units in found.available.items():
            if place in self._has:
                self._has[place][sku] = units

    def choose(self, task: Task, *, partly: bool, held: Held | None = None) -> Allocation:
        """Choose locations for an order and take its units off the shelves.

        Units that are held for it are taken where they stand, and all of the hold ends. What
        nobody has is owed where the channel may sell ahead; `partly` leaves it out. Raises
        UnknownSkus, and Shortfall naming every shortage when not everything is there.
        """
        self._parts |= {one.sku: one.parts for one in task.wanted if one.parts is not None}
        kept = self._kept(task, held)
        choice = self._source(task, Counter(kept.missing))
        if not partly:
            self._demand_all(task, choice)
        for pick in choice.picks:
            compositions.take(self._has[pick.location_id], pick.sku, pick.quantity, self._parts)
        if held is not None:
            self._ending += held.ending
            choice = sourcing.joined(kept, choice)
        promises = _promises(task.wanted, choice)
        if promises:
            self._chosen.setdefault(task.reference, []).extend(promises)
        made = Allocation(promises, choice, self._names, self._parts, self._expected)
        if choice.missing and not partly:
            self._owe(task, made)
        return made

    async def promise(self, session: AsyncSession) -> None:
        """Promise all that was chosen, or nothing.

        When somebody was faster the whole transaction must begin anew, as it holds locks out of
        order by then: Busy.
        """
        try:
            if self._owed:
                await backlog.take(session, rows=self._owed, now=clock.now())
            if self._chosen or self._ending:
                await commitments.make_all(
                    session,
                    promises=self._chosen,
                    leaving=self._found.leaving,
                    parts=self._parts,
                    ending=self._ending,
                )
        except (OutOfStock, BacklogFull):
            raise Busy("overtaken") from None

    def _kept(self, task: Task, held: Held | None) -> Sourcing:
        """Choose among what is held for the order; without a hold all is missing."""
        if held is None:
            return Sourcing(picks=[], missing=task.demand, cost=0, exact=True)
        offers = held.offers(parts=self._parts, places=self._found.locations)
        return sourcing.source(task.demand, self._sources(task, offers), task.destination)

    def _source(self, task: Task, demand: Counter[str]) -> Sourcing:
        """Choose among what each location can give, in the first way that has it all."""
        if not demand:
            return Sourcing(picks=[], missing={}, cost=0, exact=True)
        choices: list[Sourcing] = []
        for offers in compositions.offers(demand, self._has, self._parts):
            choices.append(sourcing.source(demand, self._sources(task, offers), task.destination))
            if not choices[-1].missing:
                break
        return min(choices, key=lambda choice: sum(choice.missing.values()))

    def _sources(self, task: Task, offers: Mapping[UUID, Mapping[str, int]]) -> list[Source]:
        return [
            Source(
                site.id,
                site.code,
                Place(site.latitude, site.longitude),
                offers[site.id],
                task.excluded.get(site.id, frozenset()),
            )
            for site in self._found.locations.values()
            if site.id in offers
        ]

    def _demand_all(self, task: Task, choice: Sourcing) -> None:
        """Make sure that all is known, and there or to be sold ahead."""
        demand = task.demand
        if unknown := sorted(demand.keys() - self._found.items.keys()):
            raise UnknownSkus(unknown)
        ahead = self._ahead
        if any(short > ahead.get(sku, 0) for sku, short in choice.missing.items()):
            raise Shortfall(
                [
                    {"sku": sku, "wanted": demand[sku], "available": demand[sku] - short + more}
                    for sku, short in sorted(choice.missing.items())
                    if (more := ahead.get(sku, 0)) < short
                ]
            )

    def _owe(self, task: Task, made: Allocation) -> None:
        promised = made.units
        for one in task.wanted:
            if rest := one.quantity - promised[one.line_id]:
                self._owed.append(Owed(one.line_id, one.sku, task.channel_id, rest))
                self._ahead[one.sku] -= rest


async def look(
    session: AsyncSession, *, skus: Collection[str], channel_id: UUID, in_line: bool = False
) -> Shelves:
    """See what a channel may sell of some SKUs.

    Work that did begin anew waits in line first, and so does who asks for it, having promises to
    keep.
    """
    wanted = sorted(skus)
    if db.restarted(session) and not in_line:
        await backlog.hold(session, skus=wanted)  # items before levels, should any be sold ahead
    if in_line or db.restarted(session):
        made_of = await kits.compositions(session, skus=wanted)
        await stock.hold_levels(session, skus=sorted({*wanted, *chain(*made_of.values())}))
    return Shelves(await candidates.of_channel(session, skus=wanted, channel_id=channel_id))


async def allocate(session: AsyncSession, *, task: Task, partly: bool) -> Allocation:
    """Choose locations for one order and promise their stock; `partly` leaves out what is short.

    Raises UnknownSkus, Shortfall, and Busy when somebody was faster.
    """
    shelves = await look(session, skus=task.skus, channel_id=task.channel_id, in_line=partly)
    made = shelves.choose(task, partly=partly)
    await shelves.promise(session)
    return made


def decide(session: AsyncSession, *, task: Task, made: Allocation) -> None:
    """Keep the decision with its reasons and tell of it."""
    decision_id = decisions.record(
        session, order_id=task.order_id, cause=task.cause, sourcing=made.sourcing
    )
    told = OrderRouted(
        order_id=task.order_id,
        decision_id=decision_id,
        cause=task.cause,
        parcels=made.sourcing.parcels,
        picks=[
            {"location_id": str(pick.location_id), "sku": pick.sku, "quantity": pick.quantity}
            for pick in made.sourcing.picks
        ],
    )
    events.record(session, told, about=task.order_id, channel_id=task.channel_id)


def _promises(wanted: Sequence[Wanted], choice: Sourcing) -> list[Promise]:
    """Hand the picked units to the lines that want them, first line first."""
    lines: dict[str, list[Wanted]] = {}
    for line in wanted:
        lines.setdefault(line.sku, []).append(line)
    left = {line.line_id: line.quantity for line in wanted}
    promises = []
    for pick in choice.picks:
        units = pick.quantity
        for line in lines[pick.sku]:
            if taken := min(units, left[line.line_id]):
                promises.append(Promise(line.line_id, line.sku, pick.location_id, taken))
                left[line.line_id] -= taken
                units -= taken
    return promises
