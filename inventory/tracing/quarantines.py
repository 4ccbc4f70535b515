"""Lots that may not be sold: their free units are set aside, and promises are never broken.

Locks are taken in one order everywhere: the lot, then the levels by their keys. So units that come
in while their lot is quarantined are either set aside with the others or by whoever received them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements, standing
from inventory.events import Adjusted, StockAdjusted
from inventory.models import Reason
from inventory.movements import Change
from inventory.tracing import balances, queries
from inventory.tracing.balances import LotChange
from inventory.tracing.events import Aside, LotExpired, LotQuarantined, LotRecalled, LotReleased
from inventory.tracing.models import Lot, LotStock
from inventory.tracing.queries import LAST_DAY
from inventory.tracing.states import LOT, LotStatus
from oms.kernel import actors, events
from oms.kernel.errors import Conflict, Forbidden, Rejected


class EveryLocationNeeded(Forbidden):
    """A lot may stand anywhere: this is for those who may act at every location."""


class LotWithoutCode(Rejected):
    """These are the units of which nobody knows the lot: say first of which lot they are."""

    lot_id: UUID
    sku: str


class LotHasExpired(Conflict):
    """The lot has expired where its units stand: it cannot be sold again."""

    lot_id: UUID
    expires_on: str


async def quarantine(
    session: AsyncSession, *, lot_id: UUID, reason: str, version: int | None = None
) -> tuple[Lot, list[Aside]]:
    """Sell no more of a lot; returns it and what became of its units at each location.

    Free units are set aside; what was promised stays, and is told. Raises UnknownLot, LotChanged,
    IllegalMove, LotWithoutCode, EveryLocationNeeded.
    """
    lot = await _move(session, lot_id, "quarantine", reason, version)
    aside = await set_aside(session, lots=[lot])
    _tell(session, LotQuarantined, lot, reason, aside)
    return lot, aside


async def recall(
    session: AsyncSession, *, lot_id: UUID, reason: str, version: int | None = None
) -> tuple[Lot, list[Aside]]:
    """Sell no more of a lot and want back what was sold; else as `quarantine`."""
    lot = await _move(session, lot_id, "recall", reason, version)
    aside = await set_aside(session, lots=[lot])
    _tell(session, LotRecalled, lot, reason, aside)
    return lot, aside


async def release(
    session: AsyncSession,
    *,
    lot_id: UUID,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> tuple[Lot, list[Aside]]:
    """Sell a lot again: what was set aside of it is free. Raises LotHasExpired, else as above."""
    lot = await _move(session, lot_id, "release", None, version)
    if expired := await _past_date(session, lot, now):
        raise LotHasExpired(lot.id, expired.isoformat())
    back = await _put_back(session, lot)
    _tell(session, LotReleased, lot, reason, back)
    return lot, back


async def expire(session: AsyncSession, *, lot_id: UUID, now: datetime) -> None:
    """Quarantine a lot that has expired where its units stand; safe to run twice."""
    lot = await queries.lock_lot(session, lot_id=lot_id)
    expires_on = await _past_date(session, lot, now)
    if lot.status is not LotStatus.OPEN or lot.code is None or expires_on is None:
        return
    LOT.move(lot, "quarantine")
    lot.reason = Reason.EXPIRED
    await session.flush()
    aside = await set_aside(session, lots=[lot])
    fact = LotExpired(
        lot_id=lot.id, sku=lot.sku, code=lot.code, expires_on=expires_on, places=aside
    )
    events.record(session, fact, about=lot.id)


async def keep(session: AsyncSession, *, lot_id: UUID) -> None:
    """Set aside what has become free of a lot that may not be sold; safe to run twice.

    Units come free when a promise ends, and come in on a transfer.
    """
    lot = await queries.lock_lot(session, lot_id=lot_id)
    await set_aside(session, lots=[lot])


async def set_aside(
    session: AsyncSession, *, lots: Sequence[Lot], location_id: UUID | None = None
) -> list[Aside]:
    """Set aside what is free of those of these lots, held by the caller, that may not be sold.

    At one location, or wherever they stand. Never more than nobody was promised.
    """
    kept = {lot.id: lot for lot in lots if lot.status is not LotStatus.OPEN}
    found = await _standing(session, list(kept), location_id)
    levels = await standing.hold(session, levels={(one.sku, one.location_id) for one in found})
    left = {level: stand.promisable for level, stand in levels.items()}
    taken: list[tuple[LotStock, int]] = []
    aside: list[Aside] = []
    for one in await _standing(session, list(kept), location_id):
        level = (one.sku, one.location_id)
        units = max(min(one.free, left.get(level, 0)), 0)
        if units:
            left[level] -= units
            taken.append((one, units))
        still = one.on_hand - one.damaged - one.quality_control - units
        aside.append(Aside(location_id=one.location_id, moved=units, still_promised=still))
    for lot in kept.values():
        await _shift(session, lot, _why(lot), [pair for pair in taken if pair[0].lot_id == lot.id])
    return aside


def require_everywhere() -> None:
    """Demand that whoever acts may do so at every location. Raises EveryLocationNeeded."""
    if actors.current().location_ids is not None:
        raise EveryLocationNeeded


async def _move(
    session: AsyncSession, lot_id: UUID, verb: str, reason: str | None, version: int | None
) -> Lot:
    require_everywhere()
    lot = await queries.lock_lot(session, lot_id=lot_id, version=version)
    if lot.code is None:
        raise LotWithoutCode(lot.id, lot.sku)
    LOT.move(lot, verb)
    lot.reason = reason
    await session.flush()
    return lot


async def _past_date(session: AsyncSession, lot: Lot, now: datetime) -> date | None:
    """Return when a lot expired, by the day of any place where it stands or of all places."""
    if lot.expires_on is None:
        return None
    days = [
        await queries.today(session, location_id=one.location_id, now=now)
        for one in await _standing(session, [lot.id], None)
    ]
    today = max(days, default=(now - LAST_DAY).date())
    return lot.expires_on if lot.expires_on < today else None


async def _put_back(session: AsyncSession, lot: Lot) -> list[Aside]:
    found = await _standing(session, [lot.id], None)
    held = await standing.hold(session, levels={(one.sku, one.location_id) for one in found})
    back = [
        one
        for one in await _standing(session, [lot.id], None)
        if one.quality_control and (one.sku, one.location_id) in held
    ]
    pairs = [(one, -one.quality_control) for one in back]
    told = [
        Aside(location_id=one.location_id, moved=one.quality_control, still_promised=one.picked)
        for one in back
    ]
    await _shift(session, lot, Reason.QUALITY_CONTROL, pairs)
    return told


async def _standing(
    session: AsyncSession, lot_ids: Sequence[UUID], location_id: UUID | None
) -> list[LotStock]:
    if not lot_ids:
        return []
    found = await queries.standing_of(session, lot_ids=lot_ids)
    return [one for one in found if location_id in (None, one.location_id)]


async def _shift(
    session: AsyncSession, lot: Lot, reason: Reason, moved: Sequence[tuple[LotStock, int]]
) -> None:
    """Move units into quality control, or out of it where they are negative."""
    if not moved:
        return
    paper = f"lot:{lot.code}"
    at = [(one.location_id, units) for one, units in moved]
    await movements.apply(
        session,
        changes=[Change(lot.sku, here, reason, paper, quality_control=units) for here, units in at],
    )
    await balances.apply(
        session,
        changes=[
            LotChange(lot.id, lot.sku, here, reason, paper, quality_control=units)
            for here, units in at
        ],
    )
    for here, units in at:
        line = Adjusted(sku=lot.sku, quality_control=units)
        told = StockAdjusted(location_id=here, reason=reason, reference=paper, lines=[line])
        events.record(session, told, about=here)


def _why(lot: Lot) -> Reason:
    if lot.status is LotStatus.RECALLED:
        return Reason.RECALLED
    return Reason.EXPIRED if lot.reason == Reason.EXPIRED else Reason.QUALITY_CONTROL


def _tell(
    session: AsyncSession,
    fact: type[LotQuarantined] | type[LotRecalled] | type[LotReleased],
    lot: Lot,
    reason: str,
    places: list[Aside],
) -> None:
    told = fact(lot_id=lot.id, sku=lot.sku, code=lot.code or "", reason=reason, places=places)
    events.record(session, told, about=lot.id)
