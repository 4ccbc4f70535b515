"""The order every measurement places: three lines, paid by card."""

import random
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import msgspec

from bench import world


def body(chance: random.Random, *, hot: bool) -> dict[str, Any]:
    """Make one order of three lines."""
    lines = [
        {"sku": sku, "quantity": 1, "unit_price": {"amount": 1000, "currency": "JPY"}}
        for sku in world.skus(chance, hot=hot)
    ]
    return {
        "external_id": uuid4().hex,
        "currency": "JPY",
        "customer": {"name": "Bench", "email": "bench@example.com"},
        "ship_to": {
            "name": "Bench",
            "country": "JP",
            "city": "Tokyo",
            "address": "1-1",
            "postal_code": "100-0001",
            "latitude": chance.uniform(33, 42),
            "longitude": 139.0,
        },
        "lines": lines,
        "shipping": {"amount": 500, "currency": "JPY"},
        "total": {"amount": 3500, "currency": "JPY"},
        "payment": {"gateway": "sandbox", "method": "card", "token": "tok_ok"},
    }


def requests(count: int, *, hot: bool, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Make requests that place orders: method, path, body."""
    chance = random.Random(seed)
    for _ in range(count):
        yield "POST", "/v1/orders", msgspec.json.encode(body(chance, hot=hot))
