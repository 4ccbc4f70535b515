"""Promises of units to order lines: made when an order is placed, ended when it ships or not.

A claimant speaks of its own units, of what it sold. What they hold of levels may be something
else: a kit holds its parts, and what is not tracked holds nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements, queries
from inventory.models import Reason
from inventory.movements import Change, Claims

Level = tuple[str, UUID]
"""The SKU and the location of a level."""

Parts: TypeAlias = Mapping[str, int]
"""How many units of which SKUs one unit holds; 0 of what is not counted."""

_NOTHING: Mapping[Level, int] = {}
_PLAIN: Mapping[str, Parts] = {}


@dataclass(frozen=True)
class Promise:
    """Units of what a claimant (an order line) sold, promised to it at one location."""

    claimant_id: UUID
    sku: str
    location_id: UUID
    quantity: int


async def make(
    session: AsyncSession,
    *,
    promises: Sequence[Promise],
    reference: str,
    leaving: Mapping[Level, int] = _NOTHING,
) -> None:
    """Promise sellable units to claimants, all of them or none, `leaving` so many at each level.

    Raises OutOfStock naming every level that has fewer units to sell than are wanted.
    """
    await make_all(
        session, promises={reference: promises}, leaving=lambda level: leaving.get(level, 0)
    )


async def make_all(
    session: AsyncSession,
    *,
    promises: Mapping[str, Sequence[Promise]],
    leaving: Callable[[Level], int],
    parts: Mapping[str, Parts] = _PLAIN,
    ending: Sequence[Change] = (),
) -> None:
    """Make the promises of several documents, by their references, all of them or none.

    `parts` tells what is held for a SKU where that is not the SKU itself; `ending` are what was
    reserved for the claimants until now. Raises OutOfStock as make does.
    """
    held = {name: _held(promised, parts) for name, promised in promises.items()}
    changes = [
        Change(
            *level,
            Reason.ORDER_COMMITTED,
            reference,
            committed=units,
            leaving=leaving(level),
        )
        for reference, rows in held.items()
        for level, units in _demand(rows).items()
    ]
    claims = _claims([one for rows in held.values() for one in rows])
    await movements.promise(session, changes=[*ending, *changes], claims=claims)


async def release(session: AsyncSession, *, promises: Sequence[Promise], reference: str) -> None:
    """Give promised units back to sale. Raises NotPromised if a claimant has fewer."""
    held = await _standing(session, promises)
    changes = [
        Change(sku, location_id, Reason.ORDER_RELEASED, reference, committed=-units)
        for (sku, location_id), units in _demand(held).items()
    ]
    await movements.settle(session, changes=changes, claims=_claims(held))


async def ship(session: AsyncSession, *, promises: Sequence[Promise], reference: str) -> None:
    """Let promised units leave the building. Raises NotPromised if a claimant has fewer."""
    held = await _standing(session, promises)
    changes = [
        Change(sku, location_id, Reason.ORDER_SHIPPED, reference, on_hand=-units, committed=-units)
        for (sku, location_id), units in _demand(held).items()
    ]
    await movements.settle(session, changes=changes, claims=_claims(held))


async def promised(session: AsyncSession, *, claimants: Sequence[UUID]) -> list[Promise]:
    """Return what is promised to these claimants in their own units, by claimant and location."""
    rows = await queries.commitments(session, claimants=claimants)
    found = {
        (row.claimant_id, row.claimed_sku, row.location_id): row.claimed for row in rows
    }  # the parts of a kit stand for the same kits
    return [Promise(*key, claimed) for key, claimed in found.items()]


@dataclass(frozen=True)
class _Held:
    """What a promise holds of one SKU."""

    promise: Promise
    sku: str
    quantity: int


def _held(promises: Sequence[Promise], parts: Mapping[str, Parts]) -> list[_Held]:
    return [
        _Held(one, sku, one.quantity * each)
        for one in _summed(promises)
        for sku, each in parts.get(one.sku, {one.sku: 1}).items()
    ]


async def _standing(session: AsyncSession, promises: Sequence[Promise]) -> list[_Held]:
    """Return what promises hold since they were made; one that is unknown holds its own SKU.

    A unit of a promise always holds the same, so this needs no lock.
    """
    claimants = sorted({one.claimant_id for one in promises})
    parts: dict[tuple[UUID, str, UUID], dict[str, int]] = {}
    for row in await queries.commitments(session, claimants=claimants):
        key = row.claimant_id, row.claimed_sku, row.location_id
        parts.setdefault(key, {})[row.sku] = row.quantity // row.claimed
    return [
        _Held(one, sku, one.quantity * each)
        for one in _summed(promises)
        for sku, each in parts.get(_key(one), {one.sku: 1}).items()
    ]


def _summed(promises: Sequence[Promise]) -> list[Promise]:
    """Return one promise per claimant, SKU and location."""
    if len({_key(one) for one in promises}) == len(promises):
        return list(promises)
    summed: dict[tuple[UUID, str, UUID], Promise] = {}
    for one in promises:
        known = summed.get(_key(one))
        summed[_key(one)] = replace(one, quantity=one.quantity + (known.quantity if known else 0))
    return list(summed.values())


def _key(one: Promise) -> tuple[UUID, str, UUID]:
    return one.claimant_id, one.sku, one.location_id


def _demand(held: Sequence[_Held]) -> Counter[Level]:
    demand: Counter[Level] = Counter()
    for one in held:
        if one.quantity:
            demand[one.sku, one.promise.location_id] += one.quantity
    return demand


def _claims(held: Sequence[_Held]) -> Claims:
    return [
        {
            "claimant_id": one.promise.claimant_id,
            "sku": one.sku,
            "location_id": one.promise.location_id,
            "quantity": one.quantity,
            "claimed_sku": one.promise.sku,
            "claimed": one.promise.quantity,
        }
        for one in held
    ]
