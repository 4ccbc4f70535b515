"""Packs: units that are handled as one, for receiving and counting.

What is stored is always units. What a pack of an item means is fixed by its first use: the
document that uses it marks it, and from then on neither we nor the database change its units. A
case of another size is another pack.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import queries
from oms.kernel.errors import Rejected
from oms.kernel.inputs import MAX_QUANTITY


class NamedPack(TypedDict):
    """A pack of an item, by its code."""

    sku: str
    pack: str


class UnknownPacks(Rejected):
    """Some packs are not known, or not used any more."""

    packs: list[NamedPack]


class TooManyUnits(Rejected):
    """These are more units than one line can hold."""

    sku: str
    units: int
    most: int


@dataclass(frozen=True)
class Packed:
    """So many packs of an item, or so many loose units when no pack is named."""

    sku: str
    quantity: int
    pack: str | None = None


async def in_units(session: AsyncSession, *, lines: Sequence[Packed]) -> list[int]:
    """Return how many units each line is, in order; the packs mean this for ever from now on.

    Raises UnknownPacks naming all that are not known, TooManyUnits.
    """
    packed = [(line.sku, line.pack) for line in lines if line.pack is not None]
    units = await _units(session, packed) if packed else {}
    return [_counted(line, units) for line in lines]


async def _units(
    session: AsyncSession, packed: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    units = await queries.use_packs(session, packs=packed)
    if missing := sorted(set(packed) - units.keys()):
        raise UnknownPacks([NamedPack(sku=sku, pack=code) for sku, code in missing])
    return units


def _counted(line: Packed, units: dict[tuple[str, str], int]) -> int:
    counted = line.quantity if line.pack is None else line.quantity * units[line.sku, line.pack]
    if counted > MAX_QUANTITY:
        raise TooManyUnits(line.sku, counted, MAX_QUANTITY)
    return counted
