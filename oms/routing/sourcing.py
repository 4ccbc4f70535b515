"""Least cost over distance and splits: which locations ship an order's goods.

Every parcel costs a fixed amount plus one point per kilometre; the cheapest set of locations
that together have the goods wins (covers.py). The search is exact up to a budget of work and
then keeps the best set found; the record says which of the two it was.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from inventory.places import distances
from inventory.places.distances import Point
from oms.routing import covers

RULE = "least_cost"
VERSION = 2
PARCEL_POINTS = 600
UNKNOWN_KM = 500


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
    """A location that might ship: what it has, and the SKUs it rejected for this order."""

    id: UUID
    code: str
    place: Place
    has: Mapping[str, int]
    excluded: frozenset[str] = frozenset()


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


@dataclass(frozen=True)
class Candidate:
    """A source seen from one order: what it offers of the goods, how far away, for how much."""

    source: Source
    offer: Mapping[str, int]
    distance_km: int | None

    @property
    def cost(self) -> int:
        """Return what a parcel from here costs, in points."""
        return PARCEL_POINTS + (UNKNOWN_KM if self.distance_km is None else self.distance_km)


def joined(first: Sourcing, rest: Sourcing) -> Sourcing:
    """Join what was chosen first with what was chosen for that which was missing then."""
    units: Counter[tuple[UUID, str]] = Counter()
    for pick in (*first.picks, *rest.picks):
        units[pick.location_id, pick.sku] += pick.quantity
    return Sourcing(
        picks=[Pick(*key, quantity) for key, quantity in units.items()],
        missing=rest.missing,
        cost=first.cost + rest.cost,
        exact=first.exact and rest.exact,
        candidates=[*first.candidates, *rest.candidates],
    )


def source(demand: Mapping[str, int], sources: Sequence[Source], destination: Place) -> Sourcing:
    """Choose the cheapest set of locations; what nobody has is `missing`, never invented."""
    ranked = sorted(
        (_candidate(one, demand, destination) for one in sources),
        key=lambda one: (one.cost, one.source.code),
    )
    supply = _supply(ranked)
    missing = {sku: short for sku, count in demand.items() if (short := count - supply[sku]) > 0}
    wanted = {sku: count - missing.get(sku, 0) for sku, count in demand.items() if supply[sku]}
    cover = covers.cheapest(wanted, [one.offer for one in ranked], [one.cost for one in ranked])
    chosen = [ranked[place] for place in cover.places]
    places = frozenset(cover.places)
    return Sourcing(
        picks=_assign(wanted, chosen),
        missing=missing,
        cost=sum(one.cost for one in chosen),
        exact=cover.exact,
        candidates=[
            _told(one, demand, Verdict.CHOSEN if place in places else _why_not(one, demand, wanted))
            for place, one in enumerate(ranked)
        ],
    )


def _candidate(one: Source, demand: Mapping[str, int], destination: Place) -> Candidate:
    offer = {
        sku: units
        for sku in demand
        if sku not in one.excluded and (units := one.has.get(sku, 0)) > 0
    }
    return Candidate(one, offer, _km(one.place, destination))


def _supply(candidates: Sequence[Candidate]) -> Counter[str]:
    supply: Counter[str] = Counter()
    for one in candidates:
        supply.update(one.offer)
    return supply


def _assign(wanted: Mapping[str, int], chosen: Sequence[Candidate]) -> list[Pick]:
    """Take as much as possible from the nearest location, then from the next."""
    picks, left = [], dict(wanted)
    for one in chosen:
        for sku, units in one.offer.items():
            if taken := min(units, left.get(sku, 0)):
                picks.append(Pick(one.source.id, sku, taken))
                left[sku] -= taken
    return picks


def _why_not(one: Candidate, demand: Mapping[str, int], wanted: Mapping[str, int]) -> Verdict:
    """Say why a location was not chosen, measured by the goods that are there at all."""
    if one.source.excluded & demand.keys():
        return Verdict.EXCLUDED
    if not one.offer:
        return Verdict.NO_STOCK
    whole = all(one.offer.get(sku, 0) >= count for sku, count in wanted.items())
    return Verdict.DEARER if whole else Verdict.PARTLY


def _told(one: Candidate, demand: Mapping[str, int], verdict: Verdict) -> dict[str, object]:
    return {
        "location_id": str(one.source.id),
        "code": one.source.code,
        "verdict": verdict.value,
        "units": sum(min(units, demand[sku]) for sku, units in one.offer.items()),
        "of": sum(demand.values()),
        "distance_km": one.distance_km,
        "cost": one.cost,
    }


def _km(one: Place, other: Place) -> int | None:
    """Great-circle distance in whole kilometres."""
    if one.latitude is None or one.longitude is None:
        return None
    if other.latitude is None or other.longitude is None:
        return None
    here, there = Point(one.latitude, one.longitude), Point(other.latitude, other.longitude)
    return round(distances.metres(here, there) / 1000)
