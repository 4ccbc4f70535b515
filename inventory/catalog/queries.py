"""Reading items; the only place that locks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import identifiers
from inventory.catalog.cards import Card, Wish
from inventory.catalog.judgements import Part, Scene
from inventory.catalog.models import Item, ItemGroup
from oms.kernel.errors import NotFound, Stale
from oms.kernel.statements import Statement


class UnknownItem(NotFound):
    """There is no such item."""

    sku: str


class UnknownGroup(NotFound):
    """There is no such group of items."""

    group_code: str


class ItemChanged(Stale):
    """The item was changed since it was read."""

    sku: str
    current_version: int


_USE_PACKS = Statement("""
WITH asked AS (
    SELECT DISTINCT sku, code
    FROM jsonb_to_recordset(CAST(:packs AS jsonb)) AS row (sku text, code text)
), found AS (
    SELECT pack.* FROM asked CROSS JOIN LATERAL (
        SELECT * FROM item_pack WHERE sku = asked.sku AND code = asked.code AND active) AS pack
    ORDER BY sku, code
), held AS (
    SELECT pack.sku, pack.code FROM found CROSS JOIN LATERAL (
        SELECT * FROM item_pack WHERE sku = found.sku AND code = found.code AND active
        FOR NO KEY UPDATE) AS pack
    WHERE NOT found.used
), marked AS (
    UPDATE item_pack SET used = true FROM held
    WHERE (item_pack.sku, item_pack.code) = (held.sku, held.code)
    RETURNING item_pack.sku, item_pack.code, item_pack.units
)
SELECT sku, code, units FROM found WHERE used UNION ALL SELECT sku, code, units FROM marked
""")


_CARDS = Statement("""
SELECT sku, (SELECT row_to_json(card) FROM (SELECT item.*,
    CASE WHEN length_millimetres IS NOT NULL THEN json_build_object(
        'length_millimetres', length_millimetres, 'width_millimetres', width_millimetres,
        'height_millimetres', height_millimetres) END AS size,
    coalesce((SELECT json_object_agg(language, name ORDER BY language) FROM item_name
        WHERE sku = item.sku), '{}') AS names,
    coalesce((SELECT json_agg(one ORDER BY kind, sought, supplier) FROM item_identifier AS one
        WHERE sku = item.sku), '[]') AS identifiers,
    coalesce((SELECT json_agg(one ORDER BY code COLLATE "C") FROM item_pack AS one
        WHERE sku = item.sku), '[]') AS packs,
    coalesce((SELECT json_object_agg(sku, quantity ORDER BY sku COLLATE "C") FROM item_component
        WHERE kit_sku = item.sku), '{}') AS components,
    coalesce((SELECT json_agg(group_code ORDER BY group_code COLLATE "C") FROM item_group_member
        WHERE sku = item.sku), '[]') AS groups
) AS card)::text AS card
FROM item WHERE sku = ANY(CAST(:skus AS text[]))
""")

_SCENE = Statement("""
SELECT
    (SELECT json_agg(json_build_array(sku, kit, tracked)) FROM item
     WHERE sku = ANY(CAST(:parts AS text[])))::text AS parts,
    (SELECT json_agg(json_build_array(own.kind, own.sought, own.supplier, own.sku))
     FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS key (kind text, sought text, supplier text)
     CROSS JOIN LATERAL (SELECT * FROM item_identifier WHERE kind = key.kind
        AND sought = key.sought AND supplier = key.supplier) AS own)::text AS owners,
    (SELECT json_agg(code) FROM item_group WHERE code = ANY(CAST(:groups AS text[])))::text
        AS groups
""")


_KNOWN_BY = Statement("""
SELECT sku, 'sku' AS known_by, '' AS supplier, NULL AS pack, 1 AS units, 1 AS place
FROM item WHERE sku = :code
UNION ALL
SELECT one.sku, kind, supplier, pack, coalesce(units, 1),
    array_position(ARRAY['gtin', 'alternative', 'supplier'], CAST(kind AS text)) + 1
FROM (
    SELECT * FROM item_identifier WHERE kind = 'gtin' AND sought = :gtin
    UNION ALL
    SELECT * FROM item_identifier WHERE kind = 'alternative' AND sought = :code
    UNION ALL
    SELECT * FROM item_identifier WHERE kind = 'supplier' AND sought = :code
        AND supplier = coalesce(CAST(:supplier AS text), supplier)
) AS one LEFT JOIN item_pack ON (item_pack.sku, item_pack.code) = (one.sku, one.pack)
ORDER BY place, supplier LIMIT 50
""")


@dataclass(frozen=True)
class Known:
    """An item that is known by a code, and how many units the code stands for."""

    sku: str
    known_by: str
    supplier: str
    pack: str | None
    units: int


async def known_by(session: AsyncSession, *, code: str, supplier: str | None) -> list[Known]:
    """Return the items that are known by a code: by SKU, GTIN, alternative, supplier's code."""
    gtin = identifiers.as_gtin(code)
    rows = await _KNOWN_BY.rows(session, code=code, gtin=gtin, supplier=supplier)
    return [
        Known(row["sku"], row["known_by"], row["supplier"], row["pack"], row["units"])
        for row in rows
    ]


async def card(session: AsyncSession, *, sku: str) -> Card:
    """Return all that is said of an item. Raises UnknownItem."""
    found = await cards(session, skus=[sku])
    if sku not in found:
        raise UnknownItem(sku)
    return found[sku]


async def cards(session: AsyncSession, *, skus: Sequence[str]) -> dict[str, Card]:
    """Return all that is said of the items that are known, in one statement."""
    rows = await _CARDS.rows(session, skus=list(skus))
    return {row["sku"]: msgspec.json.decode(row["card"], type=Card) for row in rows}


async def lock_items(session: AsyncSession, *, skus: Sequence[str]) -> None:
    """Hold the items that are known until the transaction ends, in key order."""
    await session.execute(
        select(col(Item.sku))
        .where(col(Item.sku).in_(skus))
        .order_by(col(Item.sku))
        .with_for_update(key_share=True)
    )


async def scene(
    session: AsyncSession, *, wishes: Sequence[Wish], known: Mapping[str, Card]
) -> Scene:
    """Return what these wishes touch, in one statement."""
    keys = [
        {"kind": one.kind, "sought": identifiers.sought(one.kind, one.value),
         "supplier": one.supplier or ""}
        for wish in wishes for one in wish.given.get("identifiers") or []
    ]  # fmt: skip
    [row] = await _SCENE.rows(
        session,
        parts=[one.sku for wish in wishes for one in wish.given.get("components") or []],
        keys=msgspec.json.encode(keys).decode(),
        groups=[code for wish in wishes for code in wish.given.get("groups") or []],
    )
    parts = msgspec.json.decode(row["parts"] or "[]", type=list[tuple[str, bool, bool]])
    owners = msgspec.json.decode(row["owners"] or "[]", type=list[tuple[str, str, str, str]])
    return Scene(
        cards=known,
        parts={sku: Part(kit, tracked) for sku, kit, tracked in parts},
        owners={(kind, sought, supplier): sku for kind, sought, supplier, sku in owners},
        groups=frozenset(msgspec.json.decode(row["groups"] or "[]", type=list[str])),
    )


async def lock_item(session: AsyncSession, *, sku: str, version: int | None = None) -> Item:
    """Return an item to change. Raises UnknownItem, ItemChanged."""
    found = await session.scalar(
        select(Item)
        .where(col(Item.sku) == sku)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownItem(sku)
    if version not in (None, found.version):
        raise ItemChanged(sku, found.version)
    return found


async def lock_group(session: AsyncSession, *, code: str) -> ItemGroup:
    """Return a group to change. Raises UnknownGroup."""
    return await _group(session, select(ItemGroup).with_for_update(), code)


async def group(session: AsyncSession, *, code: str) -> ItemGroup:
    """Return a group. Raises UnknownGroup."""
    return await _group(session, select(ItemGroup), code)


async def _group(session: AsyncSession, query: Select[ItemGroup], code: str) -> ItemGroup:
    found = await session.scalar(
        query.where(col(ItemGroup.code) == code).execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownGroup(code)
    return found


async def use_packs(
    session: AsyncSession, *, packs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the units of packs (SKU, code) that are known, and mark them as used for good.

    A pack that was not used yet is held in key order first: whoever was changing it is waited for.
    """
    asked = [{"sku": sku, "code": code} for sku, code in packs]
    rows = await _USE_PACKS.rows(session, packs=msgspec.json.encode(asked).decode())
    return {(row["sku"], row["code"]): row["units"] for row in rows}
