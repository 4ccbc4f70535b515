"""Reading holds, and the only place that locks them.

Whoever holds levels or what is owed too locks holds first. Whether a hold is over is asked of the
database's clock after its row is locked, so either it is converted or it expires, never both.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.holds.allotments import Allotment
from inventory.holds.models import Hold, HoldAllocation, HoldLine
from inventory.holds.states import HoldStatus
from oms.kernel.errors import Conflict, NotFound, Stale


class UnknownHold(NotFound):
    """There is no such hold."""

    hold_id: UUID


class HoldOver(Conflict):
    """The time of this hold is over; make a new one."""

    code = "hold_expired"
    hold_id: UUID
    expired_at: datetime


class HoldStale(Stale):
    """The hold was changed since it was read."""

    code = "hold_changed"
    hold_id: UUID
    current_version: int


async def moment(session: AsyncSession) -> datetime:
    """Return what time it is for the database at this moment."""
    now: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    return now


async def get(session: AsyncSession, *, hold_id: UUID, channel_id: UUID | None) -> Hold:
    """Read a hold. Raises UnknownHold, also for one of another channel than the caller's."""
    await session.flush()
    found = await session.scalar(select(Hold).where(col(Hold.id) == hold_id, *_of(channel_id)))
    if found is None:
        raise UnknownHold(hold_id)
    return found


async def lock(
    session: AsyncSession, *, hold_id: UUID, channel_id: UUID | None, version: int | None = None
) -> tuple[Hold, datetime]:
    """Lock a hold to change it; returns it with the moment at which it was locked.

    Raises UnknownHold, HoldStale, and HoldOver when its time is over, swept or not.
    """
    locked = await lock_all(session, hold_ids=[hold_id], channel_id=channel_id)
    if not locked:
        raise UnknownHold(hold_id)
    [found], now = list(locked.values()), await moment(session)
    if version not in (None, found.version):
        raise HoldStale(hold_id, found.version)
    demand_time(found, now)
    return found, now


def demand_time(found: Hold, now: datetime) -> None:
    """Demand that a hold's time is not over. Raises HoldOver."""
    over = found.status is HoldStatus.ACTIVE and found.expires_at <= now
    if over or found.status is HoldStatus.EXPIRED:
        raise HoldOver(found.id, found.expires_at)


async def lock_all(
    session: AsyncSession, *, hold_ids: Collection[UUID], channel_id: UUID | None
) -> dict[UUID, Hold]:
    """Lock the holds of a channel among these, in key order."""
    return {
        one.id: one for one in await _locked(session, col(Hold.id).in_(hold_ids), *_of(channel_id))
    }


async def lock_cart(session: AsyncSession, *, channel_id: UUID, external_id: str) -> Hold | None:
    """Lock the active hold of a cart, if it has one."""
    active = col(Hold.status) == HoldStatus.ACTIVE
    cart = col(Hold.channel_id) == channel_id, col(Hold.external_id) == external_id
    found = await _locked(session, active, *cart)
    return found[0] if found else None


async def lock_at(
    session: AsyncSession, *, location_id: UUID, skus: Collection[str]
) -> Sequence[Hold]:
    """Lock the active holds for which a location reserves units of these SKUs, in key order."""
    reserving = select(col(HoldAllocation.hold_id)).where(
        col(HoldAllocation.location_id) == location_id, col(HoldAllocation.sku).in_(skus)
    )
    return await _locked(
        session, col(Hold.status) == HoldStatus.ACTIVE, col(Hold.id).in_(reserving)
    )


async def reserved_at(
    session: AsyncSession, *, location_id: UUID, skus: Collection[str]
) -> Counter[str]:
    """Return how many units of SKUs a location reserves for carts."""
    rows = await session.execute(
        select(col(HoldAllocation.sku), func.sum(col(HoldAllocation.quantity)))
        .join(Hold, col(Hold.id) == col(HoldAllocation.hold_id))
        .where(
            col(Hold.status) == HoldStatus.ACTIVE,
            col(HoldAllocation.location_id) == location_id,
            col(HoldAllocation.sku).in_(skus),
        )
        .group_by(col(HoldAllocation.sku))
    )
    found: Counter[str] = Counter()
    for sku, units in rows:
        found[sku] = units
    return found


async def lock_due(session: AsyncSession, *, limit: int) -> Sequence[Hold]:
    """Lock some holds whose time is over, the oldest first, but for those that others hold."""
    rows = await session.scalars(
        select(Hold)
        .where(col(Hold.status) == HoldStatus.ACTIVE)
        .where(col(Hold.expires_at) <= func.clock_timestamp())
        .order_by(col(Hold.expires_at))
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


def touch(found: Hold) -> None:
    """Raise the version of a locked hold whose lines changed."""
    flag_modified(found, "expires_at")


async def lines(session: AsyncSession, *, hold_id: UUID) -> Sequence[HoldLine]:
    """Read what a cart has, by SKU."""
    rows = await session.scalars(
        select(HoldLine)
        .where(col(HoldLine.hold_id) == hold_id)
        .order_by(col(HoldLine.sku))
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def allotments(
    session: AsyncSession, *, hold_ids: Iterable[UUID]
) -> dict[UUID, list[Allotment]]:
    """Read what is reserved for holds, or was last."""
    rows = await session.scalars(
        select(HoldAllocation)
        .where(col(HoldAllocation.hold_id).in_(list(hold_ids)))
        .order_by(col(HoldAllocation.claimed_sku), col(HoldAllocation.location_id))
        .execution_options(populate_existing=True)
    )
    grouped: dict[tuple[UUID, str, UUID, int], dict[str, int]] = defaultdict(dict)
    for row in rows:
        key = row.hold_id, row.claimed_sku, row.location_id, row.claimed
        grouped[key][row.sku] = row.quantity // row.claimed
    found: dict[UUID, list[Allotment]] = defaultdict(list)
    for (hold_id, sku, location_id, claimed), parts in grouped.items():
        found[hold_id].append(Allotment(sku, location_id, claimed, parts))
    return found


async def write(
    session: AsyncSession,
    found: Hold,
    *,
    wanted: dict[str, int],
    kept: Sequence[Allotment],
) -> None:
    """Replace what a locked hold is for and what is reserved for it."""
    for table in (HoldAllocation, HoldLine):
        await session.execute(delete(table).where(col(table.hold_id) == found.id))
    session.add_all(
        HoldLine(hold_id=found.id, sku=sku, quantity=units) for sku, units in wanted.items()
    )
    session.add_all(
        HoldAllocation(
            hold_id=found.id,
            claimed_sku=one.sku,
            sku=sku,
            location_id=one.location_id,
            claimed=one.quantity,
            quantity=each * one.quantity,
        )
        for one in kept
        for sku, each in one.parts.items()
    )
    await session.flush()


async def _locked(session: AsyncSession, *which: ColumnElement[bool]) -> Sequence[Hold]:
    await session.flush()
    rows = await session.scalars(
        select(Hold)
        .where(*which)
        .order_by(col(Hold.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


def _of(channel_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if channel_id is None else [col(Hold.channel_id) == channel_id]
