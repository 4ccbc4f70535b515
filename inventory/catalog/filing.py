"""Filing cards: the tables that hold what is said of items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import identifiers
from inventory.catalog.cards import Card
from oms.kernel.db import Busy
from oms.kernel.statements import Statement

_COLUMNS = (
    "name", "unit", "weight_grams", "length_millimetres", "width_millimetres",
    "height_millimetres", "tax_class", "return_class", "temperature", "hazardous", "oversize",
    "tracked", "lot_tracked", "expiry_tracked", "serial_tracked", "abc_class", "active", "version",
)  # fmt: skip
"""What may change of an item. `kit` may not: writing it would also lock out who refers to it."""

_ITEMS = Statement(f"""
INSERT INTO item AS held (id, sku, kit, {", ".join(_COLUMNS)})
SELECT id, sku, kit, {", ".join(_COLUMNS)}
FROM jsonb_populate_recordset(CAST(NULL AS item), CAST(:rows AS jsonb)) ORDER BY sku
ON CONFLICT (sku) DO UPDATE SET ({", ".join(_COLUMNS)})
    = ROW ({", ".join(f"EXCLUDED.{name}" for name in _COLUMNS)})
WHERE held.version = EXCLUDED.version - 1
RETURNING sku
""")  # noqa: S608 -- the names of our own columns

_PACKS = Statement("""
INSERT INTO item_pack AS held (sku, code, units, used, active)
SELECT sku, code, units, used, active
FROM jsonb_populate_recordset(CAST(NULL AS item_pack), CAST(:rows AS jsonb)) ORDER BY sku, code
ON CONFLICT (sku, code) DO UPDATE SET (units, active) = ROW (EXCLUDED.units, EXCLUDED.active)
""")

_TAKE_PACKS = Statement("""
DELETE FROM item_pack USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (sku text, code text)
WHERE (item_pack.sku, item_pack.code) = (row.sku, row.code) AND NOT used
RETURNING item_pack.code
""")


def _taking(table: str, key: str = "sku") -> Statement:
    return Statement(f"DELETE FROM {table} WHERE {key} = ANY(CAST(:skus AS text[]))")  # noqa: S608 -- the names of our own tables


def _adding(table: str, columns: str, order: str) -> Statement:
    return Statement(
        f"INSERT INTO {table} ({columns}) SELECT {columns}"  # noqa: S608 -- same
        f" FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(:rows AS jsonb))"
        f" ORDER BY {order}"
    )


_TAKE = {
    "names": _taking("item_name"),
    "identifiers": _taking("item_identifier"),
    "components": _taking("item_component", "kit_sku"),
    "groups": _taking("item_group_member"),
}

_ADD = {
    "names": _adding("item_name", "sku, language, name", "sku, language"),
    "identifiers": _adding(
        "item_identifier", "kind, sought, supplier, sku, value, pack", "kind, sought, supplier"
    ),
    "components": _adding(
        "item_component", "kit_sku, sku, quantity, of_kit, is_kit", "kit_sku, sku"
    ),
    "groups": _adding("item_group_member", "group_code, sku", "group_code, sku"),
}


async def store(
    session: AsyncSession, *, known: Mapping[str, Card], changed: Sequence[Card]
) -> None:
    """Write cards over those that are known, whatever their number, in at most twelve statements.

    What is taken away goes first, so that items can exchange identifiers. Raises Busy when another
    request wrote one of them since it was read.
    """
    stored = await _ITEMS.rows(session, rows=_json(_item(card) for card in changed))
    if len(stored) < len(changed):
        raise Busy("others wrote these items")
    lists = {
        name: [
            card for card in changed if getattr(card, name) != getattr(_before(known, card), name)
        ]
        for name in (*_TAKE, "packs")
    }
    for name, taking in _TAKE.items():
        if skus := [card.sku for card in lists[name] if getattr(_before(known, card), name)]:
            await taking.rows(session, skus=skus)
    await _store_packs(session, known, lists["packs"])
    for name, adding in _ADD.items():
        if rows := [row for card in lists[name] for row in _ROWS[name](card)]:
            await adding.rows(session, rows=_json(rows))


async def _store_packs(
    session: AsyncSession, known: Mapping[str, Card], changed: Sequence[Card]
) -> None:
    gone = [
        {"sku": card.sku, "code": pack.code}
        for card in changed
        for pack in _before(known, card).packs
        if pack.code not in {one.code for one in card.packs}
    ]
    if gone and len(await _TAKE_PACKS.rows(session, rows=_json(gone))) < len(gone):
        raise Busy("a document has used a pack")
    if rows := [{"sku": card.sku, **asdict(pack)} for card in changed for pack in card.packs]:
        await _PACKS.rows(session, rows=_json(rows))


def _before(known: Mapping[str, Card], card: Card) -> Card:
    return known.get(card.sku) or Card(card.sku)


def _json(rows: Iterable[Any]) -> str:
    return msgspec.json.encode(list(rows)).decode()


def _item(card: Card) -> dict[str, Any]:
    size = asdict(card.size) if card.size else {}
    held = {name: getattr(card, name) for name in _COLUMNS if hasattr(card, name)}
    return {"id": card.id, "sku": card.sku, "kit": card.kit, **size, **held}


def _identifier_rows(card: Card) -> list[dict[str, Any]]:
    return [
        {**asdict(one), "sku": card.sku, "sought": identifiers.sought(one.kind, one.value)}
        for one in card.identifiers
    ]


_ROWS: dict[str, Any] = {
    "names": lambda card: [
        {"sku": card.sku, "language": language, "name": name}
        for language, name in card.names.items()
    ],
    "identifiers": _identifier_rows,
    "components": lambda card: [
        {"kit_sku": card.sku, "sku": sku, "quantity": units, "of_kit": True, "is_kit": False}
        for sku, units in card.components.items()
    ],
    "groups": lambda card: [{"group_code": code, "sku": card.sku} for code in card.groups],
}
