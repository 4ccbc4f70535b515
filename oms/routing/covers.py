"""The cheapest set of places that together have what is wanted: pure arithmetic.

A set cover with costs and quantities. Two greedy sets come first and are pruned; branch and
bound then improves the better one until it is proven cheapest or a budget of work is used up.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

MAX_WORK = 100_000
"""Amounts the search may look at before it settles for the best set found: some 30 ms."""

Units = Mapping[str, int]
"""Units per SKU, none of them 0."""


@dataclass(frozen=True)
class Cover:
    """The places chosen, cheapest first, and whether it is certain that no set is cheaper."""

    places: list[int]
    exact: bool


def cheapest(wanted: Units, offers: Sequence[Units], costs: Sequence[int]) -> Cover:
    """Choose places whose offers add up to what is wanted, for the least sum of costs.

    Places are numbered in rising order of cost; all of them together must have what is wanted.
    """
    if not wanted:
        return Cover([], exact=True)
    if not _without(wanted, offers[0]):
        return Cover([0], exact=True)
    search = _Search(wanted, [_useful(wanted, offer) for offer in offers], costs)
    search.improve()
    return Cover(sorted(search.best), search.exact)


@dataclass(frozen=True)
class _Branch:
    """A set of places to look at: `left` is what it lacked before `place` joined it.

    Sets are bit masks; what is `barred` may not join, because those sets are looked at elsewhere.
    """

    left: Units
    place: int
    chosen: int
    barred: int
    cost: int


class _Search:
    """Branch and bound over sets of places, always by the SKU that fewest places have."""

    def __init__(self, wanted: Units, offers: Sequence[Units], costs: Sequence[int]) -> None:
        self.wanted, self.offers, self.costs = wanted, offers, costs
        self.holders: dict[str, list[int]] = {sku: [] for sku in wanted}
        for place, offer in enumerate(offers):
            for sku in offer:
                self.holders[sku].append(place)
        self.work = 0
        self.exact = True
        first = [_pruned(wanted, offers, chosen) for chosen in (self._greedy(), self._nearest())]
        self.best = min(first, key=self._price)
        self.best_cost = self._price(self.best)

    def improve(self) -> None:
        """Look for a cheaper set than the greedy one, as long as the budget lasts."""
        waiting = self._branches(self.wanted, 0, 0, 0)
        while waiting:
            if self.work > MAX_WORK:
                self.exact = False
                return
            one = waiting.pop()
            left = self._without(one.left, one.place)
            if left:
                waiting += self._branches(left, one.chosen, one.barred, one.cost)
            elif one.cost < self.best_cost:
                self.best, self.best_cost = _members(one.chosen), one.cost

    def _branches(self, left: Units, chosen: int, barred: int, cost: int) -> list[_Branch]:
        """Let each place that has the rarest SKU join in turn, the cheapest one on top.

        Behind a place, those before it are barred, so that no set is built twice.
        """
        sku = min(left, key=lambda one: len(self.holders[one]))
        self.work += len(left) + 2 * len(self.holders[sku])
        taken = chosen | barred
        row = [place for place in self.holders[sku] if not taken >> place & 1]
        stock = [self.offers[place][sku] for place in row]
        missing, supply, made = left[sku], sum(stock), []
        if supply < missing or cost + self._least(missing, row, stock) >= self.best_cost:
            return []
        for place, units in zip(row, stock, strict=True):
            total = cost + self.costs[place]
            if supply < missing or total >= self.best_cost:
                break
            made.append(_Branch(left, place, chosen | 1 << place, barred, total))
            barred |= 1 << place
            supply -= units
        self.work += 5 * len(made)
        return made[::-1]

    def _least(self, missing: int, row: Sequence[int], stock: Sequence[int]) -> int:
        """Return what so many units of one SKU cost at the very least."""
        places = -(-missing // max(stock))
        return self._price(row[:places])

    def _price(self, places: Sequence[int]) -> int:
        return sum(self.costs[place] for place in places)

    def _nearest(self) -> list[int]:
        """Take every place that adds something, the cheapest first."""
        left, chosen = dict(self.wanted), []
        for place in range(len(self.offers)):
            if any(sku in left for sku in self.offers[place]):
                chosen.append(place)
                left = self._without(left, place)
        return chosen

    def _greedy(self) -> list[int]:
        """Take the place with the least cost per unit still missing, again and again.

        What a place adds only shrinks: one that is still the best when looked at anew is the
        best. Without budget the cheapest place is good enough.
        """
        left, chosen = dict(self.wanted), []
        heap = [(self._dearness(left, place), place) for place in range(len(self.offers))]
        heapq.heapify(heap)
        while left:
            _, place = heapq.heappop(heap)
            dearness = self._dearness(left, place)
            if heap and dearness > heap[0][0] and self.work <= MAX_WORK:
                heapq.heappush(heap, (dearness, place))
            else:
                chosen.append(place)
                left = self._without(left, place)
        return chosen

    def _dearness(self, left: Units, place: int) -> float:
        """Return the cost per unit that a place adds."""
        offer = self.offers[place]
        self.work += len(offer)
        units = sum(min(units, left[sku]) for sku, units in offer.items() if sku in left)
        return self.costs[place] / units if units else inf

    def _without(self, left: Units, place: int) -> dict[str, int]:
        self.work += len(left)
        return _without(left, self.offers[place])


def _pruned(wanted: Units, offers: Sequence[Units], chosen: Sequence[int]) -> list[int]:
    """Leave out, dearest first, every place without which there is still enough."""
    spare = {sku: -units for sku, units in wanted.items()}
    for place in chosen:
        for sku, units in offers[place].items():
            spare[sku] += units
    kept = []
    for place in sorted(chosen, reverse=True):
        offer = offers[place]
        if all(spare[sku] >= units for sku, units in offer.items()):
            spare |= {sku: spare[sku] - units for sku, units in offer.items()}
        else:
            kept.append(place)
    return kept


def _useful(wanted: Units, offer: Units) -> Units:
    """Return what of an offer is wanted, never more than that."""
    return {sku: min(units, offer[sku]) for sku, units in wanted.items() if offer.get(sku, 0) > 0}


def _without(left: Units, offer: Units) -> dict[str, int]:
    return {sku: rest for sku, units in left.items() if (rest := units - offer.get(sku, 0)) > 0}


def _members(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]
