"""What a unit of a line holds of the shelves: itself, the parts of a kit, or nothing; pure."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from inventory.commitments import Parts
from inventory.selling.candidates import Candidates


def held(found: Candidates) -> dict[str, Parts]:
    """Tell what is held for a unit of each item that is not held as itself.

    Of a kit its parts, and 0 of what is not tracked: there is always enough of it.
    """
    items = found.items
    return {
        sku: {
            part: each if part not in items or items[part].tracked else 0
            for part, each in found.kits.get(sku, {sku: 1}).items()
        }
        for sku, item in items.items()
        if item.kit or not item.tracked
    }


def offers(
    demand: Mapping[str, int], has: Mapping[UUID, Mapping[str, int]], parts: Mapping[str, Parts]
) -> Iterator[Mapping[UUID, Mapping[str, int]]]:
    """Tell what each location can give of a demand, in two ways where things may share parts.

    The units of a location are handed out in turn, so what it offers it can give together: to
    kits first, or to what is sold by itself first.
    """
    if parts.keys().isdisjoint(demand):
        yield has
        return
    kits_first = sorted(demand, key=lambda sku: sku not in parts)
    for skus in (kits_first, kits_first[::-1]):
        yield {place: _offer(skus, demand, units, parts) for place, units in has.items()}


def _offer(
    skus: Sequence[str], demand: Mapping[str, int], has: Mapping[str, int],
    parts: Mapping[str, Parts],
) -> dict[str, int]:  # fmt: skip
    left, offer = dict(has), {}
    for sku in skus:
        limits = [left.get(part, 0) // each for part, each in _of(sku, parts).items() if each]
        offer[sku] = max(min([demand[sku], *limits]), 0)
        take(left, sku, offer[sku], parts)
    return offer


def take(units: dict[str, int], sku: str, quantity: int, parts: Mapping[str, Parts]) -> None:
    """Take what a quantity holds off the units of a location."""
    for part, each in _of(sku, parts).items():
        if each:
            units[part] = units.get(part, 0) - each * quantity


def _of(sku: str, parts: Mapping[str, Parts]) -> Parts:
    return parts.get(sku, {sku: 1})
