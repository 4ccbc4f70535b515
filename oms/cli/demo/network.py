"""The assumed world around the file: where goods stand, where customers live, how they order.

The file has no address, no warehouse and no store. Everything here is an assumption, drawn by a
hash of the customer or invoice number and therefore the same in every run.
"""

from dataclasses import dataclass
from enum import StrEnum

from oms.cli.demo import chances, places
from oms.cli.demo.documents import CreditNote, SaleInvoice
from oms.cli.demo.places import Place

HOME_COUNTRY = "United Kingdom"
# Of a thousand orders from home, so many are placed at the counter of the nearest store.
COUNTER_PER_MILLE = 120


class LocationKind(StrEnum):
    WAREHOUSE = "warehouse"
    STORE = "store"


class Channel(StrEnum):
    WEB = "web"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Location:
    """A building that holds stock."""

    code: str
    name: str
    kind: LocationKind
    place: Place
    postcode_district: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where a customer's parcels go; abroad the postcode district is empty."""

    place: Place
    postcode_district: str

    @property
    def is_abroad(self) -> bool:
        """Whether a parcel crosses a border on the way (the islands count as abroad)."""
        return self.place.country_code != "GB"


@dataclass(eq=False)
class UnknownCountry(ValueError):
    """The demonstration knows no capital for this country of the file."""

    country: str


def _location(code: str, kind: LocationKind, town: str, district: str) -> Location:
    return Location(code, f"{town} {kind.value}", kind, places.town(town), district)


WAREHOUSES = (
    _location("WH-NORTHAMPTON", LocationKind.WAREHOUSE, "Northampton", "NN4"),
    _location("WH-WARRINGTON", LocationKind.WAREHOUSE, "Warrington", "WA5"),
)
STORES = (
    _location("ST-LONDON", LocationKind.STORE, "London", "EC1"),
    _location("ST-BIRMINGHAM", LocationKind.STORE, "Birmingham", "B2"),
    _location("ST-MANCHESTER", LocationKind.STORE, "Manchester", "M2"),
    _location("ST-LEEDS", LocationKind.STORE, "Leeds", "LS1"),
    _location("ST-BRISTOL", LocationKind.STORE, "Bristol", "BS1"),
    _location("ST-EDINBURGH", LocationKind.STORE, "Edinburgh", "EH2"),
)
LOCATIONS = WAREHOUSES + STORES


def home(document: SaleInvoice | CreditNote) -> Home:
    """Where the customer lives: one town per customer, a guest's per invoice, abroad the capital.

    Raises UnknownCountry for a country without a capital in the table.
    """
    if document.country != HOME_COUNTRY:
        if document.country not in places.CAPITALS:
            raise UnknownCountry(document.country)
        return Home(places.CAPITALS[document.country], "")
    resident = document.customer_id or document.number
    town = chances.pick(places.TOWNS, "home", resident)
    return Home(town, f"{town.postcode_area}{chances.between(1, 4, 'district', resident)}")


def channel(sale: SaleInvoice) -> Channel:
    """How the order came in; at the counter only from home. Either way it is sent home."""
    at_counter = chances.happens(COUNTER_PER_MILLE, "channel", sale.number)
    return Channel.STORE if at_counter and not home(sale).is_abroad else Channel.WEB


def nearest_store(place: Place) -> Location:
    """The store closest to the place, by a flat map on which a degree east is 3/5 of one north."""

    def distance(store: Location) -> float:
        north = store.place.latitude - place.latitude
        east = store.place.longitude - place.longitude
        return (5 * north) ** 2 + (3 * east) ** 2

    return min(STORES, key=distance)
