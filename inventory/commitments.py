"""Promises of units to order lines: made when an order is placed, ended when it ships or not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.models import Reason
from inventory.movements import Change, Claims

Level = tuple[str, UUID]
"""The SKU and the location of a level."""

_NOTHING: Mapping[Level, int] = {}


@dataclass(frozen=True)
class Promise:
    """Units of one level promised to one claimant (an order line)."""

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
    await make_all(session, promises={reference: promises}, leaving=leaving)


async def make_all(
    session: AsyncSession,
    *,
    promises: Mapping[str, Sequence[Promise]],
    leaving: Mapping[Level, int] = _NOTHING,
) -> None:
    """Make the promises of several documents, by their references, all of them or none.

    Raises OutOfStock as make does.
    """
    changes = [
        Change(
            *level,
            Reason.ORDER_COMMITTED,
            reference,
            committed=units,
            leaving=leaving.get(level, 0),
        )
        for reference, promised in promises.items()
        for level, units in _demand(promised).items()
    ]
    claims = _claims([one for promised in promises.values() for one in promised])
    await movements.promise(session, changes=changes, claims=claims)


async def release(session: AsyncSession, *, promises: Sequence[Promise], reference: str) -> None:
    """Give promised units back to sale. Raises NotPromised if a claimant has fewer."""
    changes = [
        Change(sku, location_id, Reason.ORDER_RELEASED, reference, committed=-units)
        for (sku, location_id), units in _demand(promises).items()
    ]
    await movements.settle(session, changes=changes, claims=_claims(promises))


async def ship(session: AsyncSession, *, promises: Sequence[Promise], reference: str) -> None:
    """Let promised units leave the building. Raises NotPromised if a claimant has fewer."""
    changes = [
        Change(sku, location_id, Reason.ORDER_SHIPPED, reference, on_hand=-units, committed=-units)
        for (sku, location_id), units in _demand(promises).items()
    ]
    await movements.settle(session, changes=changes, claims=_claims(promises))


def _demand(promises: Sequence[Promise]) -> Counter[Level]:
    demand: Counter[Level] = Counter()
    for one in promises:
        demand[one.sku, one.location_id] += one.quantity
    return demand


def _claims(promises: Sequence[Promise]) -> Claims:
    units: Counter[tuple[UUID, str, UUID]] = Counter()
    for one in promises:
        units[one.claimant_id, one.sku, one.location_id] += one.quantity
    return [
        {"claimant_id": claimant, "sku": sku, "location_id": location, "quantity": quantity}
        for (claimant, sku, location), quantity in units.items()
    ]
