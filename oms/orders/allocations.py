"""Finding locations for units of an order and promising their stock, in one go."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import commitments
from inventory import queries as stock
from inventory.commitments import Promise
from inventory.movements import OutOfStock
from inventory.queries import Candidates
from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected
from oms.orders.events import OrderRouted
from oms.routing import decisions, sourcing
from oms.routing.sourcing import Place, Source, Sourcing

TRIES = 3


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

    def units_of(self, line_id: UUID) -> int:
        """Return how many units of a line are promised."""
        return sum(one.quantity for one in self.promises if one.claimant_id == line_id)


async def allocate(session: AsyncSession, *, task: Task, partly: bool) -> Allocation:
    """Choose locations and promise their stock; `partly` leaves out what nobody has.

    The choice is made without locks and the promise judges it under them. When somebody was
    faster the choice is made again, the last time with the levels held. Raises UnknownSkus, and
    Shortfall naming every shortage when not everything is there and `partly` is false.
    """
    demand = task.demand
    for attempt in range(1, TRIES + 1):
        if attempt == TRIES:
            await stock.hold_levels(session, skus=sorted(demand))
        found = await stock.candidates(session, skus=sorted(demand), channel_id=task.channel_id)
        if unknown := sorted(set(demand) - set(found.items)):
            raise UnknownSkus(unknown)
        choice = sourcing.source(demand, _sources(found, task), task.destination)
        if choice.missing and not partly:
            raise _shortfall(demand, choice.missing)
        promises = _promises(task.wanted, choice)
        try:
            if promises:
                await commitments.make(session, promises=promises, reference=task.reference)
        except OutOfStock:
            if attempt == TRIES:
                raise
            continue
        names = {sku: item.name for sku, item in found.items.items()}
        return Allocation(promises, choice, names)
    raise AssertionError  # the loop returns or raises


async def decide(session: AsyncSession, *, task: Task, made: Allocation) -> None:
    """Keep the decision with its reasons and tell of it."""
    decision_id = await decisions.record(
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


def _sources(found: Candidates, task: Task) -> list[Source]:
    has: dict[UUID, dict[str, int]] = {location_id: {} for location_id in found.locations}
    for (sku, location_id), units in found.available.items():
        if location_id in has:
            has[location_id][sku] = units
    return [
        Source(
            site.id,
            site.code,
            Place(site.latitude, site.longitude),
            has[site.id],
            task.excluded.get(site.id, frozenset()),
        )
        for site in found.locations.values()
    ]


def _promises(wanted: Sequence[Wanted], choice: Sourcing) -> list[Promise]:
    """Hand the picked units to the lines that want them, first line first."""
    left = {one.line_id: one.quantity for one in wanted}
    promises = []
    for pick in choice.picks:
        units = pick.quantity
        for line in wanted:
            if line.sku == pick.sku and (taken := min(units, left[line.line_id])):
                promises.append(Promise(line.line_id, line.sku, pick.location_id, taken))
                left[line.line_id] -= taken
                units -= taken
    return promises


def _shortfall(demand: Mapping[str, int], missing: Mapping[str, int]) -> Shortfall:
    return Shortfall(
        [
            {"sku": sku, "wanted": demand[sku], "available": demand[sku] - short}
            for sku, short in sorted(missing.items())
        ]
    )
