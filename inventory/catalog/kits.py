"""Kits: sold as one, consumed as parts.

A kit is made of items that are no kits themselves. Nesting is refused rather than flattened: what
an order consumes can then be read at a glance, no circle can ever be made, and a database
constraint can hold the rule. Who nests writes the parts out.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel.statements import Statement

Composition: TypeAlias = Mapping[str, int]
"""How many units of each component are in one unit of a kit."""

COMPONENTS = """(SELECT json_agg(json_build_array(kit_sku, sku, quantity) ORDER BY kit_sku, sku)
    FROM item_component WHERE kit_sku = ANY(CAST(:skus AS text[])))::text"""
"""A column of a larger statement: what the kits among `:skus` are made of, for `read`."""

PARTS = "SELECT sku FROM item_component WHERE kit_sku = ANY(CAST(:skus AS text[]))"
"""A subquery of a larger statement: what is consumed when kits among `:skus` are sold."""

_COMPOSITIONS = Statement(f"SELECT {COMPONENTS} AS components")


async def compositions(session: AsyncSession, *, skus: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return what the kits among these SKUs are made of now; other SKUs are not in the answer."""
    [row] = await _COMPOSITIONS.rows(session, skus=list(skus))
    return read(row["components"])


_HELD = Statement("""
SELECT item.sku, component.sku AS part, component.quantity * counted.tracked::int AS each
FROM item LEFT JOIN item_component AS component ON component.kit_sku = item.sku
    LEFT JOIN item AS counted ON counted.sku = component.sku
WHERE item.sku = ANY(CAST(:skus AS text[])) AND (item.kit OR NOT item.tracked)
ORDER BY item.sku, component.sku
""")


async def held(session: AsyncSession, *, skus: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return what one unit of an item puts on the shelves, where that is not the item itself.

    Of a kit its parts, 0 of what is not tracked; other SKUs are not in the answer.
    """
    found: dict[str, dict[str, int]] = {}
    for row in await _HELD.rows(session, skus=list(skus)):
        part = {row["part"]: row["each"]} if row["part"] else {row["sku"]: 0}
        found.setdefault(row["sku"], {}).update(part)
    return found


def read(components: str | None) -> dict[str, dict[str, int]]:
    """Understand what COMPONENTS yields."""
    found: dict[str, dict[str, int]] = {}
    for kit, sku, quantity in msgspec.json.decode(
        components or "[]", type=list[tuple[str, str, int]]
    ):
        found.setdefault(kit, {})[sku] = quantity
    return found


def parts(demand: Mapping[str, int], compositions: Mapping[str, Composition]) -> dict[str, int]:
    """Return what a demand consumes: kits as their parts, summed per SKU with all else."""
    consumed: dict[str, int] = {}
    for sku, units in demand.items():
        for part, quantity in compositions.get(sku, {sku: 1}).items():
            consumed[part] = consumed.get(part, 0) + units * quantity
    return consumed


def available(composition: Composition, units: Mapping[str, int]) -> int:
    """Return how many kits these units make: as many as the scarcest component allows.

    `units` names every component that is limited; what is not in it is always there.
    """
    limits = [units[sku] // each for sku, each in composition.items() if sku in units]
    return max(min(limits, default=0), 0)


def available_at(
    composition: Composition,
    levels: Mapping[tuple[str, UUID], int],
    *,
    untracked: Collection[str] = (),
) -> dict[UUID, int]:
    """Return how many kits each location can make of what it has; parts are never brought together.

    A component that has no level at a location has no unit there, unless it is untracked. Every
    kit has a tracked component, so the locations of the answer are those that have one.
    """
    limited = [sku for sku in composition if sku not in untracked]
    places = {place for sku, place in levels if sku in limited}
    return {
        place: available(composition, {sku: levels.get((sku, place), 0) for sku in limited})
        for place in places
    }
