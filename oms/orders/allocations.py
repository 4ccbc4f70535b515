"""Finding locations for units of an order and promising their stock, in one go."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import commitments
from inventory import queries as stock
from inventory.commitments import Promise
from inventory.movements import OutOfStock
from inventory.selling import candidates
from inventory.selling.candidates import Candidates
from oms.kernel import db, events
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
    """Units of one order line that need a location."""

    line_id: UUID
    sku: str
    quantity: int


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


@dataclass(frozen=True)
class Allocation:
    """The promises made, the names of the goods, and the decision behind it."""

    promises: list[Promise]
    sourcing: Sourcing
    names: Mapping[str, str]

    @property
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
        self._chosen: dict[str, list[Promise]] = {}
        self._has: dict[UUID, dict[str, int]] = {place: {} for place in found.locations}
        for (sku, place), units in found.available.items():
            if place in self._has:
                self._has[place][sku] = units

    def choose(self, task: Task, *, partly: bool) -> Allocation:
        """Choose locations for an order and take its units off the shelves.

        `partly` leaves out what nobody has. Raises UnknownSkus, and Shortfall naming every
        shortage when not everything is there.
        """
        demand = task.demand
        choice = sourcing.source(demand, self._sources(task), task.destination)
        if not partly:
            _demand_all(demand, self._found, choice)
        for pick in choice.picks:
            self._has[pick.location_id][pick.sku] -= pick.quantity
        promises = _promises(task.wanted, choice)
        if promises:
            self._chosen.setdefault(task.reference, []).extend(promises)
        return Allocation(promises, choice, self._names)

    async def promise(self, session: AsyncSession) -> None:
        """Promise all that was chosen, or nothing.

        When somebody was faster the whole transaction must begin anew, as it holds locks out of
        order by then: Busy.
        """
        if not self._chosen:
            return
        chosen = [one for promises in self._chosen.values() for one in promises]
        levels = {(one.sku, one.location_id) for one in chosen}
        leaving = {level: self._found.leaving(level) for level in levels}
        try:
            await commitments.make_all(session, promises=self._chosen, leaving=leaving)
        except OutOfStock:
            raise Busy("overtaken") from None

    def _sources(self, task: Task) -> list[Source]:
        return [
            Source(
                site.id,
                site.code,
                Place(site.latitude, site.longitude),
                self._has[site.id],
                task.excluded.get(site.id, frozenset()),
            )
            for site in self._found.locations.values()
        ]


async def look(
    session: AsyncSession, *, skus: Collection[str], channel_id: UUID, in_line: bool = False
) -> Shelves:
    """See what a channel may sell of some SKUs.

    Work that did begin anew waits in line first, and so does who asks for it, having promises to
    keep.
    """
    wanted = sorted(skus)
    if in_line or db.restarted(session):
        await stock.hold_levels(session, skus=wanted)
    return Shelves(await candidates.of_channel(session, skus=wanted, channel_id=channel_id))


async def allocate(session: AsyncSession, *, task: Task, partly: bool) -> Allocation:
    """Choose locations for one order and promise their stock; `partly` leaves out what is short.

    Raises UnknownSkus, Shortfall, and Busy when somebody was faster.
    """
    shelves = await look(session, skus=task.demand, channel_id=task.channel_id, in_line=partly)
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


def _demand_all(demand: Mapping[str, int], found: Candidates, choice: Sourcing) -> None:
    if unknown := sorted(demand.keys() - found.items.keys()):
        raise UnknownSkus(unknown)
    if choice.missing:
        raise Shortfall(
            [
                {"sku": sku, "wanted": demand[sku], "available": demand[sku] - short}
                for sku, short in sorted(choice.missing.items())
            ]
        )


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
