"""Selling what is not there: units owed to order lines within the limits of their items.

The row of the item serialises all that is owed of it, so of two buyers of the last unit that may
be sold ahead one wins. Take before stock is promised: items are locked before levels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.selling import queries
from inventory.selling.limits import Limit, Owed, ahead
from inventory.selling.models import BacklogClaim, BacklogLimit
from oms.kernel.errors import Conflict


class BacklogShortage(TypedDict):
    """What a claimant or a channel wanted of an item, and how much there was."""

    sku: str
    wanted: int
    available: int


class BacklogFull(Conflict):
    """No more units of some items may be sold ahead."""

    shortages: list[BacklogShortage]


class NotOwed(Conflict):
    """More units would be given back than are owed."""

    shortages: list[BacklogShortage]


async def take(session: AsyncSession, *, rows: Sequence[Owed], now: datetime) -> None:
    """Owe units to claimants, all of them or none.

    Raises BacklogFull naming every item of which a channel may not sell so many ahead.
    """
    limits = await queries.lock_backlog(session, skus={one.sku for one in rows})
    if full := [one for channel in _channels(rows) for one in _over(rows, limits, channel, now)]:
        raise BacklogFull(full)
    if full := _over_all(rows, limits):
        raise BacklogFull(full)
    await _count(session, limits, rows, sign=1)
    owed = insert(BacklogClaim).values([vars(one) for one in _summed(rows)])
    more = col(BacklogClaim.quantity) + owed.excluded.quantity
    await session.execute(
        owed.on_conflict_do_update(index_elements=["claimant_id", "sku"], set_={"quantity": more})
    )


async def give_back(session: AsyncSession, *, rows: Sequence[Owed]) -> None:
    """End what is owed to claimants: their goods came, or are not wanted any more.

    Raises NotOwed naming every claim that is smaller; then nothing is changed.
    """
    limits = await queries.lock_backlog(session, skus={one.sku for one in rows})
    wanted = _summed(rows)
    held = await queries.claims(session, claimants=[one.claimant_id for one in wanted])
    if short := [_short(one, held) for one in wanted if one.quantity > held[_key(one)]]:
        raise NotOwed(short)
    await _count(session, limits, rows, sign=-1)
    for one in wanted:
        await _reduce(session, one, left=held[_key(one)] - one.quantity)


async def hold(session: AsyncSession, *, skus: Iterable[str]) -> None:
    """Hold all that is owed of items; whoever will hold levels too does this first."""
    await queries.lock_backlog(session, skus=skus)


async def let_go(session: AsyncSession, *, claimants: Sequence[UUID]) -> None:
    """End all that is owed to claimants, if anything is: they do not want it any more."""
    if owed := await queries.owed(session, claimants=claimants):
        await give_back(session, rows=owed)


async def fill(session: AsyncSession, *, units: Mapping[UUID, int]) -> None:
    """End what is owed to claimants as far as units came for them; others may be owed nothing."""
    owed = await queries.owed(session, claimants=sorted(units))
    filled = [replace(one, quantity=min(one.quantity, units[one.claimant_id])) for one in owed]
    if came := [one for one in filled if one.quantity]:
        await give_back(session, rows=came)


def _channels(rows: Iterable[Owed]) -> list[UUID]:
    return sorted({one.channel_id for one in rows})


def _over(
    rows: Sequence[Owed], limits: Sequence[BacklogLimit], channel_id: UUID, now: datetime
) -> list[BacklogShortage]:
    """Return what a channel wants beyond its limits; without any limit nothing is sold ahead."""
    wanted: Counter[str] = Counter()
    for one in rows:
        if one.channel_id == channel_id:
            wanted[one.sku] += one.quantity
    allowed = ahead(map(_limit, limits), channel_id=channel_id, now=now)
    left = {sku: allowed[sku].units if sku in allowed else 0 for sku in wanted}
    return [_shortage(sku, units, left[sku]) for sku, units in wanted.items() if units > left[sku]]


def _over_all(rows: Sequence[Owed], limits: Sequence[BacklogLimit]) -> list[BacklogShortage]:
    """Return what all channels together want beyond the limits they share."""
    wanted: Counter[str] = Counter()
    for one in rows:
        wanted[one.sku] += one.quantity
    shared = {one.sku: one.units - one.taken for one in limits if one.channel_id is None}
    return [_shortage(sku, wanted[sku], left) for sku, left in shared.items() if wanted[sku] > left]


def _limit(row: BacklogLimit) -> Limit:
    left = row.units - row.taken if row.open else 0
    return Limit(row.sku, row.channel_id, row.kind, left, row.available_at)


def _shortage(sku: str, wanted: int, available: int) -> BacklogShortage:
    return BacklogShortage(sku=sku, wanted=wanted, available=available)


async def _count(
    session: AsyncSession, limits: Sequence[BacklogLimit], rows: Sequence[Owed], *, sign: int
) -> None:
    for limit in limits:
        units = sum(one.quantity for one in rows if _binds(limit, one))
        if units:
            await session.execute(
                update(BacklogLimit)
                .where(col(BacklogLimit.id) == limit.id)
                .values(taken=col(BacklogLimit.taken) + sign * units)
            )


def _binds(limit: BacklogLimit, one: Owed) -> bool:
    return limit.sku == one.sku and limit.channel_id in (None, one.channel_id)


def _summed(rows: Sequence[Owed]) -> list[Owed]:
    units: Counter[tuple[UUID, str, UUID]] = Counter()
    for one in rows:
        units[one.claimant_id, one.sku, one.channel_id] += one.quantity
    return [Owed(*key, quantity) for key, quantity in sorted(units.items())]


def _key(one: Owed) -> tuple[UUID, str]:
    return one.claimant_id, one.sku


def _short(one: Owed, held: Counter[tuple[UUID, str]]) -> BacklogShortage:
    return _shortage(one.sku, one.quantity, held[_key(one)])


async def _reduce(session: AsyncSession, one: Owed, *, left: int) -> None:
    mine = col(BacklogClaim.claimant_id) == one.claimant_id, col(BacklogClaim.sku) == one.sku
    if left:
        await session.execute(update(BacklogClaim).where(*mine).values(quantity=left))
    else:
        await session.execute(delete(BacklogClaim).where(*mine))
