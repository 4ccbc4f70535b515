"""Every kind of garbage: whole bodies that are none, and good bodies spoilt in one place."""

import json
from collections.abc import Iterator
from typing import Any

from oms.kernel.inputs import Input

JSON = "application/json"

DEEP = 10_000
HUGE = 10**400
SURROGATE = "\ud800"

LOST = [5, True, [], {}, "\0", f"a{SURROGATE}", "x" * 10_000]
"""No text at all, or text that cannot be kept."""

NOT_A_NUMBER = ["5", True, [], float("nan"), float("inf"), HUGE, -HUGE, 1.5, "1e400"]

SIGNED = {"change_from", "on_hand", "damaged", "quality_control", "safety_stock"}
"""Whole numbers that may be negative."""

UNLIMITED = {"change_from", "daily_order_capacity", "limit_units", "limit_percent"}
"""Whole numbers that may be null, said in so many words."""

EMPTIABLE = {
    "names of ItemIn",
    "names of ItemRowsIn",
    "identifiers of ItemIn",
    "packs of ItemIn",
    "packs of ItemRowsIn",
    "components of ItemIn",
    "components of ItemRowsIn",
    "groups of ItemIn",
    "lines of PickIn",
    "lines of RejectIn",
    "lines of TransferPickIn",
    "skus of CountIn",
    "bins of CountIn",
    "skus of CountRepeatIn",
    "location_ids of StaffIn",
    "lines of PurchaseChangesIn",
    "week of HoursIn",
    "open of HoursIn",
    "special_days of HoursIn",
    "location_ids of LocationGroupIn",
    "skus of BinIn",
}
"""Lists and maps that may be empty."""

COUNTED = {"PickIn", "TransferPickIn"}
"""Where a quantity is what was found, possibly nothing."""

BODIES = {
    "nothing": b"",
    "blanks": b" \n",
    "no JSON": b"order please",
    "an unfinished object": b'{"external_id": "S-1',
    "two objects": b"{}{}",
    "a list": b"[]",
    "text": b'"S-1001"',
    "null": b"null",
    "a number": b"5",
    "NaN": b"NaN",
    "single quotes": b"{'a': 1}",
    "a comment": b"{/* hello */}",
    "bytes that are no UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a lone surrogate": b'{"name": "\\ud800"}',
    "lists in lists": b"[" * DEEP + b"]" * DEEP,
    "objects in objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "objects that never end": b'{"a":' * DEEP,
    "a number of 5,000 digits": b'{"amount": ' + b"9" * 5_000 + b"}",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
}

CONTENT_TYPES = [
    None,
    "",
    "text/plain",
    "text/json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/merge-patch+json",
    "nonsense",
    "application/json\xff",
]


def spoilt(model: type[Input], body: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Spoil a good body in one place after the other: where and how, and what it is then."""
    for where, bad in _object(model.__name__, body):
        yield where, json.dumps(bad).encode()
    for field in (name for name, one in model.model_fields.items() if one.is_required()):
        yield f"no {field}", json.dumps({**body, field: None}).encode()
        rest = {name: value for name, value in body.items() if name != field}
        yield f"{field} is missing", json.dumps(rest).encode()


def _object(of: str, body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "an unknown field", {**body, "surprise": 1}
    for name, value in body.items():
        for where, bad in _value(name, of, value):
            yield f"/{name}{where}", {**body, name: bad}


def _value(name: str, of: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case bool():
            yield from _each([0, 1, "true", [], 1.0])
        case int():
            yield from _each([*NOT_A_NUMBER, float(value), *_never(name, of)])
        case float():
            yield from _each(["5", True, [], float("nan"), float("inf"), HUGE, 1000.0])
        case str():
            yield from _each(LOST)
        case list():
            yield from _list(name, of, value)
        case dict():
            yield from _each([[], "x", 5, *([] if f"{name} of {of}" in EMPTIABLE else [{}])])
            yield from _object(of, value)


def _never(name: str, of: str) -> list[Any]:
    """Return whole numbers that this one cannot be; null means "leave it" where things change."""
    negative = [] if name in SIGNED else [-1]
    none = [0] if name == "quantity" and of not in COUNTED else []
    nothing = [] if "Change" in of or name in UNLIMITED else [None]
    return [*negative, *none, *nothing]


def _list(name: str, of: str, value: list[Any]) -> Iterator[tuple[str, Any]]:
    yield from _each([{}, "x", 5, [None], [[]]])
    if f"{name} of {of}" not in EMPTIABLE:
        yield from _each([[]])
    for where, bad in _value(name, of, value[0]) if value else ():
        yield f"/0{where}", [bad, *value[1:]]


def _each(values: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((f" = {str(value)[:20]!r}", value) for value in values)
