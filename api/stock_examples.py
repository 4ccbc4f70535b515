"""One body for every route that counts stock or moves it from one location to another."""

from typing import Any

from api.count_plans import CountPlanIn
from api.counts import CountCancelIn, CountEntriesIn, CountIn, CountRepeatIn
from api.transfers import (
    TransferCancelIn,
    TransferIn,
    TransferPickIn,
    TransferReceiptIn,
    TransferShipIn,
)
from oms.kernel.inputs import Input

TOKYO = "0198c0de-0000-7000-8000-0000000070c0"
OSAKA = "0198c0de-0000-7000-8000-00000000054a"

BODIES: dict[type[Input], dict[str, Any]] = {
    TransferIn: {
        "source_id": TOKYO,
        "destination_id": OSAKA,
        "reference": "REPLENISH-48",
        "note": "For the weekend.",
        "expected_at": "2025-03-03T10:00:00+09:00",
        "lines": [{"sku": "CUP-BLUE", "quantity": 12}],
    },
    TransferPickIn: {"lines": [{"sku": "CUP-BLUE", "quantity": 10, "missing": 1}]},
    TransferShipIn: {
        "carrier": "yamato",
        "tracking_number": "4711-0815-0001",
        "expected_at": "2025-03-03T10:00:00+09:00",
    },
    TransferReceiptIn: {
        "lines": [
            {
                "sku": "CUP-BLUE",
                "outcome": "damaged",
                "quantity": 1,
                "reason": "broken_in_transit",
                "note": "The box was wet.",
            }
        ]
    },
    TransferCancelIn: {"reason": "The shop sells less than we thought."},
    CountPlanIn: {
        "location_id": TOKYO,
        "abc_class": "a",
        "every_days": 30,
        "most_lines": 40,
        "blind": True,
        "counters": 1,
        "limit_units": 1,
        "limit_percent": 2,
        "active": True,
    },
    CountIn: {
        "location_id": TOKYO,
        "skus": ["CUP-BLUE"],
        "bins": ["A-01-2"],
        "blind": True,
        "counters": 2,
        "limit_units": 1,
        "limit_percent": 2,
        "note": "After the weekend.",
    },
    CountEntriesIn: {"entries": [{"sku": "CUP-BLUE", "units": 11, "note": "One behind the box."}]},
    CountRepeatIn: {"skus": ["CUP-BLUE"]},
    CountCancelIn: {"reason": "The shop was open."},
}
