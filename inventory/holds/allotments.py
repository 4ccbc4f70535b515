"""Which locations keep what of a cart: what it has already, then the nearest or fullest; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, dist, radians, sin
from uuid import UUID

from inventory.commitments import Level, Parts
from inventory.selling import compositions
from inventory.selling.candidates import Candidates, Site

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

Vector = tuple[float, float, float]
"""A point of the unit sphere: chords are as long as ways are far."""


@dataclass(frozen=True)
class Allotment:
    """Units of a cart at one location; `parts` is what one of them reserves there."""

    sku: str
    location_id: UUID
    quantity: int
    parts: Parts


@dataclass
class Choice:
    """What is kept where, and what is not there; what is not counted is in neither."""

    units: dict[tuple[str, UUID], int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Parts] = field(default_factory=dict)

    @property
    def allotments(self) -> list[Allotment]:
        """Return what is kept, by SKU and location."""
        return [
            Allotment(sku, place, units, self.parts[sku])
            for (sku, place), units in sorted(self.units.items())
        ]


def reserved(allotments: Sequence[Allotment]) -> Counter[Level]:
    """Sum what is reserved of each level."""
    units: Counter[Level] = Counter()
    for one in allotments:
        for sku, each in one.parts.items():
            units[sku, one.location_id] += each * one.quantity
    return units


def skus(allotments: Iterable[Allotment]) -> list[str]:
    """Name the SKUs of the levels on which something is reserved."""
    return sorted({sku for one in allotments for sku in one.parts})


def usable(
    own: Sequence[Allotment], *, parts: Mapping[str, Parts], places: Mapping[UUID, Site]
) -> list[Allotment]:
    """Return what still stands where it can be sold from, made of what it was made of."""
    return [
        one for one in own if one.location_id in places and one.parts == counted(one.sku, parts)
    ]


def counted(sku: str, parts: Mapping[str, Parts]) -> Parts:
    """Return what a unit holds of shelves: nothing of what is not tracked."""
    return {part: each for part, each in parts.get(sku, {sku: 1}).items() if each}


def choose(
    found: Candidates, *, wanted: Mapping[str, int], own: Sequence[Allotment], near: Point | None
) -> Choice:
    """Keep what a cart has as far as it still wants it, and find locations for the rest."""
    parts = compositions.held(found)
    choice = Choice(parts={sku: counted(sku, parts) for sku in wanted})
    left = Counter({sku: units for sku, units in wanted.items() if choice.parts[sku]})
    mine = usable(own, parts=parts, places=found.locations)
    for one in sorted(mine, key=lambda one: -one.quantity):
        _take(choice, left, one.sku, one.location_id, one.quantity)
    has = _has(found)
    for sku in sorted(left, key=lambda sku: (-len(choice.parts[sku]), sku)):
        offers = {place: _offer(choice.parts[sku], units) for place, units in has.items()}
        for site in _ranked(found, offers, near):
            taken = _take(choice, left, sku, site.id, offers[site.id])
            compositions.take(has[site.id], sku, taken, choice.parts)
    choice.missing = {sku: units for sku, units in sorted(left.items()) if units}
    return choice


def _take(choice: Choice, left: Counter[str], sku: str, place: UUID, units: int) -> int:
    taken = min(units, left[sku])
    if taken:
        choice.units[sku, place] = choice.units.get((sku, place), 0) + taken
        left[sku] -= taken
    return taken


def _has(found: Candidates) -> dict[UUID, dict[str, int]]:
    has: dict[UUID, dict[str, int]] = {place: {} for place in found.locations}
    for (sku, place), units in found.available.items():
        has[place][sku] = units
    return has


def _offer(parts: Parts, units: Mapping[str, int]) -> int:
    return max(min(units.get(part, 0) // each for part, each in parts.items()), 0)


def _ranked(found: Candidates, offers: Mapping[UUID, int], near: Point | None) -> list[Site]:
    """Return the locations that have some, the nearest first, or else the fullest."""
    sites = [site for site in found.locations.values() if offers[site.id]]
    if near is None:
        return sorted(sites, key=lambda site: (-offers[site.id], site.code))
    here = _on_sphere(near)
    return sorted(
        sites,
        key=lambda site: (dist(here, _on_sphere((site.latitude, site.longitude))), site.code),
    )


def _on_sphere(point: Point) -> Vector:
    latitude, longitude = map(radians, point)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)
