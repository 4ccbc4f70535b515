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


async def allocate(session: AsyncSession, *, task: Task, partly: bool) -> Allocation:
    """Choose locations and promise their stock; `partly` leaves out what nobody has.

    The choice is made without locks and the promise judges it under them. When somebody was
    faster the whole transaction must begin anew, as it holds locks out of order by then: Busy.
    Work that did waits in line first, and so does `partly`, which has promises to keep.
    Raises UnknownSkus, and Shortfall naming every shortage when not everything is there.
    """
    demand = task.demand
    if partly or db.restarted(session):
        await stock.hold_levels(session, skus=sorted(demand))
    found = await candidates.of_channel(session, skus=sorted(demand), channel_id=task.channel_id)
    choice = sourcing.source(demand, _sources(found, task), task.destination)
    if not partly:
        _demand_all(demand, found, choice)
    promises = _promises(task.wanted, choice)
    if promises:
        await _promise(session, promises, task.reference, found)
    return Allocation(promises, choice, {sku: item.name for sku, item in found.items.items()})


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


async def _promise(
    session: AsyncSession, promises: Sequence[Promise], reference: str, found: Candidates
) -> None:
    levels = {(one.sku, one.location_id) for one in promises}
    leaving = {level: found.leaving(level) for level in levels}
    try:
        await commitments.make(session, promises=promises, reference=reference, leaving=leaving)
    except OutOfStock:
        raise Busy("overtaken") from None
