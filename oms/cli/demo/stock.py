"""The goods before the first order: what there is to sell, and how much stands where.

Opening stock is computed backwards from what the file sells, so that nearly every order can be
filled: for each sku the units sold and written off, plus a margin. A few skus fall short on
purpose, as in life, so that some orders are refused as out of stock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from oms.cli.demo import chances, network
from oms.cli.demo.documents import CreditLine, Dataset, InvoiceLine
from oms.cli.demo.network import Location, LocationKind

# Beyond what the file needs: three fifths, and never less than one unit per location.
MARGIN_PERCENT = 60
MARGIN_UNITS = len(network.LOCATIONS)
# Of a thousand skus that sell well so many open with only this share of what the file sells.
SHORT_PER_MILLE = 8
SHORT_PERCENT = 85
SELLS_WELL_UNITS = 100
# The file does not say where its write-offs happen.
WRITE_OFF_LOCATION = network.WAREHOUSES[0]
# A store keeps one unit per sku back from other channels' orders.
STORE_SAFETY_UNITS = 1


@dataclass(frozen=True, slots=True)
class Article:
    """A sku with the name and the price most of its sales carry."""

    sku: str
    name: str
    unit_price_pence: int


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of one sku the file sells, and units it writes off."""

    sku: str
    sold: int
    written_off: int

    @property
    def is_short(self) -> bool:
        """Whether the shop, by chance, opens with too little of this good seller."""
        sells_well = self.sold >= SELLS_WELL_UNITS
        return sells_well and chances.happens(SHORT_PER_MILLE, "short", self.sku)


@dataclass(frozen=True, slots=True)
class OpeningStock:
    """Units of one sku at one location before the first order; safety stock is part of on_hand."""

    location_code: str
    sku: str
    on_hand: int
    safety_stock: int


@dataclass(frozen=True, slots=True)
class Spread:
    """A way to spread a sku: percent for each warehouse in their order, the rest in stores."""

    warehouse_percents: tuple[int, int]
    stores: int


# Which share of the skus is spread in which way: enough in each warehouse that seven orders in ten
# leave in one parcel, and little in the stores.
SPREADS: tuple[tuple[Spread, int], ...] = (
    (Spread((50, 30), stores=6), 38),
    (Spread((60, 40), stores=0), 30),
    (Spread((52, 33), stores=4), 30),
    (Spread((100, 0), stores=0), 1),
    (Spread((0, 100), stores=0), 1),
)


def articles(dataset: Dataset) -> tuple[Article, ...]:
    """Every sku the file sells, takes back or writes off, in order.

    The name and the price are the most frequent ones, of equals the first in order. A sku that
    is only written off has neither: its name is the sku and its price is zero.
    """
    seen: defaultdict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    sold = (line for sale in dataset.sales for line in sale.lines)
    taken_back = (line for note in dataset.credits for line in note.lines)
    for line in chain[InvoiceLine | CreditLine](sold, taken_back):
        seen[line.sku][line.name, line.unit_price_pence] += 1
    skus = {*seen, *(change.sku for change in dataset.adjustments)}
    return tuple(_article(sku, seen[sku]) for sku in sorted(skus))


def demands(dataset: Dataset) -> tuple[Demand, ...]:
    """What the file sells and writes off of each sku, in the order of the skus."""
    sold: Counter[str] = Counter()
    written_off: Counter[str] = Counter()
    for sale in dataset.sales:
        for line in sale.lines:
            sold[line.sku] += line.quantity
    for change in dataset.adjustments:
        written_off[change.sku] -= change.quantity
    return tuple(Demand(sku, sold[sku], written_off[sku]) for sku in sorted(sold | written_off))


def opening_stock(dataset: Dataset) -> tuple[OpeningStock, ...]:
    """How much of each sku stands at each location before the first order; never zero units."""
    return tuple(
        OpeningStock(
            location_code=location.code,
            sku=demand.sku,
            on_hand=units,
            safety_stock=_safety_units(location, demand),
        )
        for demand in demands(dataset)
        for location, units in _placed(demand)
        if units > 0
    )


def _article(sku: str, seen: Counter[tuple[str, int]]) -> Article:
    names: Counter[str] = Counter()
    prices: Counter[int] = Counter()
    for (name, unit_price_pence), times in seen.items():
        names[name] += times
        prices[unit_price_pence] += times
    return Article(
        sku=sku,
        name=min(names, key=lambda name: (-names[name], name), default=sku),
        unit_price_pence=min(prices, key=lambda price: (-prices[price], price), default=0),
    )


def _placed(demand: Demand) -> Iterator[tuple[Location, int]]:
    """The units to sell are spread; those to be written off wait where that will happen."""
    for location, units in _spread(demand.sku, _to_sell(demand)):
        doomed = demand.written_off if location is WRITE_OFF_LOCATION else 0
        yield location, units + doomed


def _to_sell(demand: Demand) -> int:
    if demand.is_short:
        return demand.sold * SHORT_PERCENT // 100
    return demand.sold + max(MARGIN_UNITS, demand.sold * MARGIN_PERCENT // 100)


def _safety_units(location: Location, demand: Demand) -> int:
    if location.kind is LocationKind.WAREHOUSE or demand.is_short:
        return 0
    return STORE_SAFETY_UNITS


def _spread(sku: str, total: int) -> Iterator[tuple[Location, int]]:
    """Split the units without losing one; what does not divide goes to the first in line."""
    spread = chances.pick(SPREADS, "spread", sku)
    warehouses = [total * percent // 100 for percent in spread.warehouse_percents]
    if spread.stores == 0:
        warehouses[warehouses.index(max(warehouses))] += total - sum(warehouses)
    yield from zip(network.WAREHOUSES, warehouses, strict=True)
    if spread.stores == 0:
        return
    by_chance = sorted(network.STORES, key=lambda store: chances.draw(1 << 32, sku, store.code))
    each, rest = divmod(total - sum(warehouses), spread.stores)
    for index, store in enumerate(by_chance[: spread.stores]):
        yield store, each + (1 if index < rest else 0)
