"""One body for every route that takes one: a small shop's day, told in examples."""

from typing import Any

from api import stock_examples
from api.accounts import ApiKeyIn, StaffIn
from api.channels import ChannelIn
from api.fulfillment_orders import PickIn, RejectIn, ShipIn
from api.lots import IdentificationIn, LotReasonIn
from api.order_inputs import OrderIn
from api.orders import CancelIn
from api.payments import SettlementIn
from api.place_examples import PLACES
from api.promises import PromiseIn
from api.returns import DeclineIn, InspectIn, ReceiveIn, ReturnIn
from api.stock import AdjustmentIn, ReceiptIn
from api.stock_examples import OSAKA, TOKYO
from api.stock_rows import AdjustmentRowsIn, MoveRowsIn, SetRowsIn
from api.webhook_endpoints import EndpointChangeIn, EndpointIn
from inventory.catalog.views import GroupIn, ItemChangesIn, ItemIn, ItemRowsIn
from inventory.holds.views import ExtensionIn, HoldChangesIn, HoldIn
from inventory.selling.availability_views import AvailabilityIn
from inventory.selling.views import (
    BacklogLimitIn,
    BufferIn,
    RuleChangesIn,
    RuleIn,
)
from inventory.supply.views import (
    EndingIn,
    NoticeChangesIn,
    NoticeIn,
    PurchaseChangesIn,
    PurchaseOrderIn,
    SupplyReceiptIn,
)
from oms.kernel.inputs import Input

CHANNEL = "0198c0de-0000-7000-8000-00000000c4a1"
ORDER = "0198c0de-0000-7000-8000-000000000ade"
CUPS = "0198c0de-0000-7000-8000-00000000c095"
RETURNED_CUPS = "0198c0de-0000-7000-8000-00000000bac0"
BOUGHT_CUPS = "0198c0de-0000-7000-8000-00000000b0c5"
RECEIVED_CUPS = "0198c0de-0000-7000-8000-00000000ceed"


def _yen(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "JPY"}


BODIES: dict[type[Input], dict[str, Any]] = {
    ApiKeyIn: {
        "name": "Web shop",
        "scopes": ["orders:read", "orders:write", "inventory:read"],
        "channel_id": CHANNEL,
        "expires_at": "2030-01-01T00:00:00Z",
    },
    StaffIn: {"name": "Sato Yui", "roles": ["warehouse"], "location_ids": [TOKYO]},
    ChannelIn: {"code": "web", "name": "Web shop", "kind": "site", "currency": "JPY"},
    BufferIn: {"units": 2},
    RuleIn: {
        "name": "Two mugs stay in every shop window",
        "kind": "threshold",
        "priority": 100,
        "item_group": None,
        "location_group": None,
        "channel_id": None,
        "units": 2,
    },
    AvailabilityIn: {
        "skus": ["CUP-BLUE", "CUP-RED"],
        "method": "shipping",
        "by_location": True,
    },
    PromiseIn: {"items": [{"sku": "CUP-BLUE", "quantity": 12}]},
    RuleChangesIn: {"priority": 50, "units": 3, "active": True},
    BacklogLimitIn: {
        "sku": "CUP-BLUE",
        "kind": "preorder",
        "units": 200,
        "available_at": "2030-01-10T00:00:00+09:00",
        "open": True,
    },
    **PLACES,
    ItemIn: {
        "sku": "CUP-BLUE",
        "name": "Blue cup",
        "names": {"ja": "青いカップ", "de": "Blaue Tasse"},
        "unit": "piece",
        "weight_grams": 320,
        "size": {"length_millimetres": 120, "width_millimetres": 90, "height_millimetres": 95},
        "tax_class": "standard",
        "return_class": "standard",
        "temperature": "ambient",
        "hazardous": False,
        "oversize": False,
        "tracked": True,
        "lot_tracked": False,
        "expiry_tracked": False,
        "serial_tracked": False,
        "abc_class": "a",
        "identifiers": [
            {"kind": "gtin", "value": "4901234567894"},
            {"kind": "gtin", "value": "14901234567891", "pack": "case"},
            {"kind": "supplier", "value": "B-0815", "supplier": "Mino Pottery"},
        ],
        "packs": [{"code": "inner", "units": 6}, {"code": "case", "units": 12}],
        "components": [],
        "groups": ["mugs"],
        "active": True,
    },
    ItemChangesIn: {"name": "Blue cup, 240 ml", "weight_grams": 325},
    ItemRowsIn: {
        "mode": "all_or_nothing",
        "rows": [
            {"sku": "CUP-BLUE", "packs": [{"code": "case", "units": 12}], "active": True},
            {"sku": "CUP-RED", "name": "Red cup", "names": {"ja": "赤いカップ"}},
            {
                "sku": "CUP-PAIR",
                "name": "A pair of cups",
                "components": [
                    {"sku": "CUP-BLUE", "quantity": 1},
                    {"sku": "CUP-RED", "quantity": 1},
                ],
            },
        ],
    },
    GroupIn: {"name": "Mugs"},
    ReceiptIn: {
        "location_id": TOKYO,
        "reference": "PO-1001",
        "lines": [
            {
                "sku": "CUP-BLUE",
                "quantity": 2,
                "lot": {"code": "L-2411", "expires_on": "2027-04-01", "made_on": "2026-10-01"},
                "serials": ["SN-0001", "SN-0002"],
            }
        ],
    },
    LotReasonIn: {"reason": "The supplier found glass in it."},
    IdentificationIn: {
        "location_id": TOKYO,
        "sku": "CUP-BLUE",
        "quantity": 6,
        "lot": {
            "code": "L-2411",
            "expires_on": "2027-04-01",
            "made_on": "2026-10-01",
            "supplier_reference": "DN-778",
        },
        "seen_as": "L-2410",
        "reference": "Label read on shelf 12",
    },
    AdjustmentRowsIn: {
        "reason": "shrinkage",
        "reference": "COUNT-2025-03",
        "rows": [
            {"sku": "CUP-BLUE", "location_id": TOKYO, "on_hand": -1},
            {"sku": "CUP-BLUE", "location_id": OSAKA, "on_hand": 2, "damaged": 1},
        ],
    },
    MoveRowsIn: {
        "reason": "damaged",
        "reference": "FALL-7",
        "rows": [
            {
                "sku": "CUP-BLUE",
                "location_id": TOKYO,
                "from_bucket": "available",
                "to_bucket": "damaged",
                "quantity": 2,
            }
        ],
    },
    SetRowsIn: {
        "reason": "correction",
        "reference": "ERP-NIGHTLY",
        "rows": [
            {
                "sku": "CUP-BLUE",
                "location_id": TOKYO,
                "bucket": "on_hand",
                "value": 12,
                "change_from": 10,
            },
            {
                "sku": "CUP-BLUE",
                "location_id": OSAKA,
                "bucket": "safety_stock",
                "value": 2,
                "change_from": None,
            },
        ],
    },
    AdjustmentIn: {
        "location_id": TOKYO,
        "reason": "damaged",
        "reference": "Shelf 12",
        "lines": [
            {"sku": "CUP-BLUE", "on_hand": 0, "damaged": 1, "quality_control": 0, "safety_stock": 0}
        ],
    },
    HoldIn: {
        "external_id": "cart-7b1f",
        "channel_id": CHANNEL,
        "lines": [{"sku": "CUP-BLUE", "quantity": 2}],
    },
    HoldChangesIn: {"lines": [{"sku": "CUP-BLUE", "quantity": 3}]},
    ExtensionIn: {"payment_method": "konbini"},
    **stock_examples.BODIES,
    PurchaseOrderIn: {
        "supplier": "Arita Kilns",
        "external_id": "AK-2025-017",
        "location_id": TOKYO,
        "over_tolerance_percent": 5,
        "note": "Blue glaze, first firing",
        "lines": [
            {
                "sku": "CUP-BLUE",
                "quantity": 240,
                "expected_at": "2025-03-20T12:00:00+09:00",
                "unit_cost": _yen(620),
            }
        ],
    },
    PurchaseChangesIn: {
        "over_tolerance_percent": 10,
        "note": "The second firing comes later.",
        "lines": [
            {
                "line_id": BOUGHT_CUPS,
                "ordered": 200,
                "expected_at": "2025-03-27T12:00:00+09:00",
                "unit_cost": _yen(640),
            }
        ],
    },
    EndingIn: {"reason": "The supplier has no more."},
    NoticeIn: {
        "external_id": "AK-D-4711",
        "carrier": "sagawa",
        "tracking_number": "4711-0002",
        "expected_at": "2025-03-20T09:00:00+09:00",
        "lines": [{"sku": "CUP-BLUE", "quantity": 120}],
    },
    NoticeChangesIn: {
        "carrier": "yamato",
        "tracking_number": "4711-0003",
        "expected_at": "2025-03-21T09:00:00+09:00",
    },
    SupplyReceiptIn: {
        "reference": "Dock 3",
        "close": False,
        "lines": [
            {
                "sku": "CUP-BLUE",
                "accepted": 116,
                "damaged": 3,
                "quality_control": 1,
                "accept_unexpected": False,
                "note": "One box fell.",
            }
        ],
    },
    OrderIn: {
        "external_id": "S-1001",
        "channel_id": CHANNEL,
        "placed_at": "2025-03-01T09:30:00+09:00",
        "currency": "JPY",
        "customer": {
            "name": "Hanako Yamada",
            "email": "hanako@example.com",
            "phone": "+81 3-0000-0000",
        },
        "ship_to": {
            "name": "Hanako Yamada",
            "country": "JP",
            "region": "Tokyo",
            "city": "Chiyoda",
            "postal_code": "100-0005",
            "address": "Marunouchi 1-9-1",
            "phone": "+81 3-0000-0000",
            "latitude": 35.681,
            "longitude": 139.767,
        },
        "lines": [
            {
                "external_id": "S-1001/1",
                "sku": "CUP-BLUE",
                "name": "Blue cup",
                "quantity": 2,
                "unit_price": _yen(1980),
                "discount": _yen(200),
            }
        ],
        "discount": _yen(100),
        "shipping": _yen(500),
        "tax": _yen(416),
        "total": _yen(4576),
        "payment": {"gateway": "sandbox", "method": "card", "token": "tok_ok"},
    },
    CancelIn: {"reason": "customer"},
    PickIn: {"lines": [{"order_line_id": CUPS, "quantity": 2}]},
    ShipIn: {"carrier": "sandbox", "tracking_number": "SB-4711-0001"},
    RejectIn: {
        "reason": "inventory_out_of_stock",
        "lines": [{"order_line_id": CUPS, "quantity": 1}],
    },
    SettlementIn: {"reference": "Bank transfer 2025-03-08/17"},
    ReturnIn: {
        "order_id": ORDER,
        "external_id": "R-1001",
        "note": "The second cup came chipped.",
        "lines": [{"order_line_id": CUPS, "quantity": 1, "reason": "defective"}],
    },
    DeclineIn: {"reason": "return_period_ended"},
    ReceiveIn: {
        "location_id": TOKYO,
        "lines": [{"return_line_id": RETURNED_CUPS, "quantity": 1}],
    },
    InspectIn: {
        "pieces": [
            {
                "receipt_id": RECEIVED_CUPS,
                "quantity": 1,
                "disposition": "scrapped",
                "refund": True,
                "note": "Chipped at the rim.",
            }
        ]
    },
    EndpointIn: {
        "url": "https://shop.example/hooks/oms",
        "events": ["order.*", "shipment.delivered"],
        "description": "Order status on the web shop",
        "channel_id": CHANNEL,
    },
    EndpointChangeIn: {
        "url": "https://shop.example/hooks/oms/2",
        "events": ["*"],
        "description": "Everything",
        "active": True,
    },
}
