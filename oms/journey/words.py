"""What a fact is called: for a shopper only what concerns them, for staff all of it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from oms.journey import languages
from oms.journey.languages import Language, Voice
from oms.kernel.money import Money

DATA = Path(__file__).parent / "data"

INTERNAL = (
    "backlog_limit.",
    "channel_buffer.",
    "count.",
    "hold.",
    "item.",
    "location.",
    "lot.",
    "purchase_order.",
    "selling_rule.",
    "shipping_notice.",
    "stock.",
    "supply.",
    "transfer.",
    "webhook_endpoint.",
)
"""Families of facts that are no part of any order's story."""

MAX_PARTS = 8
"""How many places or findings a sentence lists."""

NOTHING = "–"


class Form(msgspec.Struct, frozen=True):
    """One sentence in every language."""

    en: str
    ja: str

    def of(self, language: Language) -> str:
        """Return the sentence in a language."""
        return self.ja if language is Language.JA else self.en


class Words(msgspec.Struct, frozen=True):
    """How a fact is told; `cases` ("field=value") say it otherwise for some of them."""

    icon: str | None = None
    shopper: Form | None = None
    staff: Form | None = None
    cases: dict[str, "Words"] = {}


class Fact(msgspec.Struct, frozen=True):
    """What is to be told: the name of an event and its fields."""

    name: str
    data: Mapping[str, Any]


Places = Mapping[UUID, str]
"""Names of locations by id."""


def icon(fact: Fact) -> str:
    """Return what sort of step a fact is, for drawing."""
    told = _told(fact)
    return next((words.icon for words in told if words.icon), "order")


def shopper(fact: Fact, language: Language) -> str | None:
    """Tell a fact to the shopper; None when it does not concern them."""
    form = next((words.shopper for words in _told(fact) if words.shopper), None)
    if form is None:
        return None
    return form.of(language).format_map(_fillers(fact, language, {}))


def staff(fact: Fact, language: Language, places: Places) -> str:
    """Tell a fact to staff; one without words goes by its name."""
    form = next((words.staff for words in _told(fact) if words.staff), None)
    if form is None:
        return fact.name
    return form.of(language).format_map(_fillers(fact, language, places))


def term(group: str, code: str, language: Language, **fillers: object) -> str:
    """Return what a code is called; an unknown one is returned as it is."""
    form = terms().get(group, {}).get(code)
    return form.of(language).format(**fillers) if form else code


def units(count: int, language: Language) -> str:
    """Count goods: `1 item`, `3 items`, `3点`."""
    if language is Language.JA:
        return f"{count}点"
    return f"{count} item" if count == 1 else f"{count} items"


@cache
def catalogue() -> dict[str, Words]:
    """Return the words of every fact."""
    return msgspec.json.decode((DATA / "words.json").read_bytes(), type=dict[str, Words])


@cache
def terms() -> dict[str, dict[str, Form]]:
    """Return the names of codes, by group."""
    text = (DATA / "terms.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, Form]])


def _told(fact: Fact) -> list[Words]:
    """Return the words of a fact, the most particular ones first."""
    words = catalogue().get(fact.name)
    if words is None:
        return []
    fitting = [case for condition, case in words.cases.items() if _fits(condition, fact.data)]
    return [*fitting, words]


def _fits(condition: str, data: Mapping[str, Any]) -> bool:
    field, _, value = condition.partition("=")
    return str(data.get(field)).lower() == value


class _Fillers(dict[str, str]):
    """What stands for the {names} of a sentence; what a fact does not say is a dash."""

    def __missing__(self, key: str) -> str:
        return NOTHING


def _fillers(fact: Fact, language: Language, places: Places) -> _Fillers:
    data = fact.data
    plain = {name: str(value) for name, value in data.items() if value is not None}
    named = {
        name: term(name, plain[name], language)
        for name in ("reason", "status", "carrier")
        if name in plain
    }
    return _Fillers(
        plain
        | named
        | {
            "amount": _amount(data, language),
            "units": units(
                sum(line.get("quantity", 0) for line in data.get("lines", [])), language
            ),
            "at": _at(data, language),
            "places": _places(data, places),
            "cause": term("cause", plain.get("cause", "").partition(":")[0], language),
            "findings": _findings(data, language),
            "by": _by(data, language),
        }
    )


def _amount(data: Mapping[str, Any], language: Language) -> str:
    fields = ("amount", "refund_amount", "total_amount")
    given = next((data[field] for field in fields if field in data), None)
    if given is None or "currency" not in data:
        return NOTHING
    return languages.money(Money(amount=given, currency=data["currency"]), language)


def _at(data: Mapping[str, Any], language: Language) -> str:
    if not data.get("place"):
        return ""
    return f"（{data['place']}）" if language is Language.JA else f" ({data['place']})"


def _by(data: Mapping[str, Any], language: Language) -> str:
    if not data.get("expected_at"):
        return NOTHING
    return Voice.of(language).day(datetime.fromisoformat(data["expected_at"]))


def _places(data: Mapping[str, Any], places: Places) -> str:
    named = [places.get(location_id, str(location_id)) for location_id in locations(data)]
    shown = ", ".join(named[:MAX_PARTS]) or NOTHING
    return f"{shown}, …" if len(named) > MAX_PARTS else shown


def locations(data: Mapping[str, Any]) -> list[UUID]:
    """Return the locations a fact speaks of, each once."""
    parts = [data, *data.get("picks", []), *data.get("findings", [])]
    return list(dict.fromkeys(UUID(part["location_id"]) for part in parts if "location_id" in part))


def _findings(data: Mapping[str, Any], language: Language) -> str:
    found = data.get("findings", [])
    said = [
        f"{one['quantity']} × {one['sku']} {term('disposition', one['disposition'], language)}"
        for one in found[:MAX_PARTS]
    ]
    return ", ".join(said) + (", …" if len(found) > MAX_PARTS else "") or NOTHING
