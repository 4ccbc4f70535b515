"""Least cost over distance and splits: which locations ship an order's goods.

Every parcel costs a fixed amount plus one point per kilometre; the cheapest set of locations
that together have the goods wins. The search is exact up to a bound on its steps and then keeps
the best set found; the record says which of the two it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

RULE = "least_cost"
VERSION = 1
PARCEL_POINTS = 600
UNKNOWN_KM = 500
EARTH_KM = 6371
MAX_STEPS = 5_000


class Verdict(StrEnum):
    """Why a location was chosen or not: the closed list of answers to "why not there?"."""

    CHOSEN = "chosen"
    DEARER = "dearer"
    PARTLY = "has_only_a_part"
    NO_STOCK = "has_none"
    EXCLUDED = "rejected_before"


@dataclass(frozen=True)
class Place:
    """A point on earth in degrees; None where it is not known."""

    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Source:
    """A location that might ship: what it has of the goods wanted."""

    id: UUID
    code: str
    place: Place
    has: Mapping[str, int]
    excluded: frozenset[str] = frozenset()

    def offers(self, sku: str) -> int:
        """Return how many units of a SKU may be asked of it."""
        return 0 if sku in self.excluded else self.has.get(sku, 0)


@dataclass(frozen=True)
class Pick:
    """Units of a SKU to ship from a location."""

    location_id: UUID
    sku: str
    quantity: int


@dataclass(frozen=True)
class Sourcing:
    """What was chosen, what is missing, and what every candidate was worth."""

    picks: list[Pick]
    missing: dict[str, int]
    cost: int
    exact: bool
    candidates: list[dict[str, object]] = field(default_factory=list)

    @property
    def parcels(self) -> int:
        """Return how many locations ship."""
        return len({pick.location_id for pick in self.picks})


def source(demand: Mapping[str, int], sources: list[Source], destination: Place) -> Sourcing:
    """Choose the cheapest set of locations; what nobody has is `missing`, never invented."""
    costs = {one.id: _cost(one.place, destination) for one in sources}
    ranked = sorted(sources, key=lambda one: (costs[one.id], one.code))
    missing = {
        sku: short
        for sku, wanted in demand.items()
        if (short := wanted - sum(one.offers(sku) for one in ranked)) > 0
    }
    wanted = {sku: count - missing.get(sku, 0) for sku, count in demand.items()}
    search = _Search(ranked, costs)
    search.run({sku: count for sku, count in wanted.items() if count}, [], 0)
    picks = _assign(wanted, [ranked[index] for index in sorted(search.best)])
    chosen = {pick.location_id for pick in picks}
    told = [_told(one, demand, costs[one.id], destination, one.id in chosen) for one in ranked]
    cost = sum(costs[location_id] for location_id in chosen)
    return Sourcing(picks, missing, cost, search.steps <= MAX_STEPS, told)


class _Search:
    """Branch and bound over sets of locations, cheapest first."""

    def __init__(self, ranked: list[Source], costs: Mapping[UUID, int]) -> None:
        self.ranked = ranked
        self.costs = [costs[one.id] for one in ranked]
        self.cheapest = self.costs[0] if self.costs else 0
        self.best: list[int] = []
        self.best_cost: int | None = None
        self.steps = 0

    def run(self, left: Mapping[str, int], chosen: list[int], cost: int) -> None:
        """Try every way to cover what is left, unless it cannot beat the best found."""
        if not left:
            if self.best_cost is None or cost < self.best_cost:
                self.best, self.best_cost = chosen, cost
            return
        self.steps += 1
        if self.steps > MAX_STEPS and self.best_cost is not None:
            return
        for index in self._branches(left, chosen):
            total = cost + self.costs[index]
            rest = _without(left, self.ranked[index])
            if self._can_win(total + (self.cheapest if rest else 0)):
                self.run(rest, [*chosen, index], total)

    def _can_win(self, bound: int) -> bool:
        return self.best_cost is None or bound < self.best_cost

    def _branches(self, left: Mapping[str, int], chosen: list[int]) -> list[int]:
        """Return the locations that have the rarest SKU, the ones covering most first."""
        holders = {
            sku: [
                index
                for index, one in enumerate(self.ranked)
                if one.offers(sku) and index not in chosen
            ]
            for sku in left
        }
        rarest = min(holders.values(), key=len)
        covers = {index: _covered(left, self.ranked[index]) for index in rarest}
        return sorted(rarest, key=lambda index: (-covers[index], self.costs[index], index))


def _cost(place: Place, destination: Place) -> int:
    distance = _km(place, destination)
    return PARCEL_POINTS + (UNKNOWN_KM if distance is None else distance)


def _covered(left: Mapping[str, int], one: Source) -> int:
    return sum(min(count, one.offers(sku)) for sku, count in left.items())


def _without(left: Mapping[str, int], one: Source) -> dict[str, int]:
    rest = {sku: count - min(count, one.offers(sku)) for sku, count in left.items()}
    return {sku: count for sku, count in rest.items() if count}


def _assign(wanted: Mapping[str, int], chosen: list[Source]) -> list[Pick]:
    picks, left = [], dict(wanted)
    for one in chosen:
        for sku, count in left.items():
            if units := min(count, one.offers(sku)):
                picks.append(Pick(one.id, sku, units))
                left[sku] -= units
    return picks


def _told(
    one: Source, demand: Mapping[str, int], cost: int, destination: Place, chosen: bool  # noqa: FBT001 -- private, named at its only call
) -> dict[str, object]:
    units, wanted = _covered(demand, one), sum(demand.values())
    if chosen:
        verdict = Verdict.CHOSEN
    elif units == 0:
        verdict = Verdict.EXCLUDED if one.excluded & set(demand) else Verdict.NO_STOCK
    else:
        verdict = Verdict.DEARER if units == wanted else Verdict.PARTLY
    return {
        "location_id": str(one.id),
        "code": one.code,
        "verdict": verdict.value,
        "units": units,
        "of": wanted,
        "distance_km": _km(one.place, destination),
        "cost": cost,
    }


def _km(one: Place, other: Place) -> int | None:
    """Great-circle distance by the haversine formula, in whole kilometres."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return None
    here, there = radians(one.latitude or 0), radians(other.latitude or 0)
    across = radians((other.longitude or 0) - (one.longitude or 0))
    chord = sin((there - here) / 2) ** 2 + cos(here) * cos(there) * sin(across / 2) ** 2
    return round(2 * EARTH_KM * asin(sqrt(min(1, chord))))
