"""Examples of what is said of places: a warehouse, its hours, its region and its bins."""

from typing import Any

from api.stock_examples import TOKYO
from inventory.places.bin_views import BinIn
from inventory.places.group_views import LocationGroupIn
from inventory.places.opening_views import HoursIn
from inventory.places.views import DeactivateIn, LocationChangesIn, LocationIn
from oms.kernel.inputs import Input

PLACES: dict[type[Input], dict[str, Any]] = {
    LocationIn: {
        "code": "TYO-1",
        "name": "Shinkiba warehouse",
        "kind": "warehouse",
        "country": "JP",
        "region": "Tokyo",
        "city": "Koto",
        "postal_code": "136-0082",
        "address": "Shinkiba 1-1-1",
        "latitude": 35.646,
        "longitude": 139.827,
        "time_zone": "Asia/Tokyo",
        "ships": True,
        "pickup": False,
        "receives_returns": True,
        "counts": True,
        "daily_order_capacity": 800,
        "handling_minutes": 90,
        "order_cutoff": "15:00",
        "opens_on_holidays": False,
        "holiday_calendar": "JP",
        "active": True,
    },
    LocationChangesIn: {"name": "Shinkiba warehouse 2", "ships": False},
    DeactivateIn: {"reroute": True},
    HoursIn: {
        "week": [
            {"weekday": 1, "open": [{"opens": "10:00", "closes": "20:00"}]},
            {"weekday": 5, "open": [{"opens": "10:00", "closes": "02:00"}]},
        ],
        "special_days": [
            {"day": "2027-01-01", "open": [], "note": "New Year"},
            {"day": "2026-12-31", "open": [{"opens": "10:00", "closes": "15:00"}]},
        ],
    },
    LocationGroupIn: {"name": "Kanto", "location_ids": [TOKYO]},
    BinIn: {
        "zone": "A",
        "aisle": "01",
        "walk_order": 10,
        "active": True,
        "skus": ["CUP-BLUE"],
    },
}
