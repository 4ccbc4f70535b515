"""What is taken from the shelf for an order: of which lots, with which serial numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory import queries as stock
from inventory.models import Reason
from inventory.tracing import balances, plans, queries, serials
from inventory.tracing.balances import LotChange
from inventory.tracing.lots import NotTraced
from inventory.tracing.models import LotPick
from inventory.tracing.plans import Line, Named, Plan, Work
from inventory.tracing.queries import Traced
from inventory.tracing.serials import Claim
from oms.kernel.errors import Rejected

PICKED = "picked"
"""Why the counters of a lot move when units are taken for some work; no ledger line tells it."""


class Unread(TypedDict):
    """A line of which not every unit has its serial number read."""

    order_line_id: UUID
    sku: str
    units: int
    read: int


class SerialsNotRead(Rejected):
    """The serial number of every unit must be read before it is shipped."""

    lines: list[Unread]


async def take(
    session: AsyncSession,
    *,
    work: Work,
    lines: Sequence[Line],
    named: Sequence[Named] = (),
    now: datetime,
) -> None:
    """Note which units were taken for some work whose row is held; once more replaces it.

    Lines of which no lot is named take the lots that expire first. Untraced goods are left alone.
    Raises NotTraced, LotsDoNotAddUp, LotNotHere, LotsShort, LotNotShippable, LotShort,
    SerialsDoNotMatch, SerialNotHere.
    """
    traced = await queries.traced(session, skus=[line.sku for line in lines])
    told = {one.claimant_id: one for one in named}
    _demand_traced(traced, lines, told)
    kept = [line for line in lines if line.sku in traced]
    if not kept:
        return
    await queries.hold(session, skus=[line.sku for line in kept], location_id=work.location_id)
    lot_lines = [line for line in kept if traced[line.sku].lots]
    if lot_lines:
        plan = await plans.survey(session, work=work, traced=traced, now=now)
        await _take_lots(session, work, plan, lot_lines, told)
    for line in kept:
        if line.claimant_id in told and traced[line.sku].serials:
            await _take_serials(session, work, line, told[line.claimant_id].serials)


async def put_back(session: AsyncSession, *, work: Work, lines: Sequence[Line]) -> None:
    """Keep of what was taken for some work only so many units of each line.

    The lots that expire last go back first. Holds every level of the lines' SKUs, as whoever
    routes the units anew does.
    """
    taken = await queries.picks(session, work_id=work.id)
    read = await queries.picked_serials(session, work_id=work.id)
    if not taken and not read:
        return
    await stock.hold_levels(session, skus=sorted({line.sku for line in lines}))
    shelves = await queries.shelves(
        session, skus=[line.sku for line in lines], location_id=work.location_id
    )
    last_first = [shelf.lot.id for shelf in reversed(shelves)]
    left = {line.claimant_id: line for line in lines}
    wanted = [
        part
        for claimant_id, parts in plans.by_claimant(taken).items()
        for part in plans.trimmed(parts, left.get(claimant_id), last_first)
    ]
    await _replace(session, work, {line.claimant_id: line.sku for line in lines}, taken, wanted)
    held = await queries.lock_picked(session, work_id=work.id)
    for line in lines:
        own = [one for one in held if one.claimant_id == line.claimant_id]
        await serials.put_back(session, units=own[line.quantity :])


async def ship(session: AsyncSession, *, work: Work, lines: Sequence[Line], now: datetime) -> None:
    """Let what was taken for some work leave, after the movement of the stock.

    Lots are judged once more: one may have expired, or been recalled, since. Raises
    LotNotShippable, LotsShort, and SerialsNotRead naming every line whose units are not all read.
    """
    traced = await queries.traced(session, skus=[line.sku for line in lines])
    kept = [line for line in lines if line.sku in traced]
    if not kept:
        return
    await take(session, work=work, lines=kept, now=now)
    taken = await queries.picks(session, work_id=work.id)
    skus = {line.claimant_id: line.sku for line in kept}
    await balances.apply(
        session,
        changes=[
            LotChange(
                one.lot_id, skus[one.claimant_id], work.location_id, Reason.ORDER_SHIPPED,
                work.number, one.claimant_id, one.assumed,
                on_hand=-one.quantity, picked=-one.quantity,
            )
            for one in taken
        ],
    )  # fmt: skip
    await session.execute(delete(LotPick).where(col(LotPick.work_id) == work.id))
    units = await queries.lock_picked(session, work_id=work.id)
    read = Counter(one.claimant_id for one in units)
    if missing := [
        Unread(
            order_line_id=line.claimant_id,
            sku=line.sku,
            units=line.quantity,
            read=read[line.claimant_id],
        )
        for line in kept
        if traced[line.sku].serials and read[line.claimant_id] != line.quantity
    ]:
        raise SerialsNotRead(missing)
    await serials.ship(session, units=units, reference=work.number)


def _demand_traced(
    traced: Mapping[str, Traced], lines: Sequence[Line], told: Mapping[UUID, Named]
) -> None:
    nothing = Traced(lots=False, dated=False, serials=False)
    wrong = [
        line.sku
        for line in lines
        if (one := told.get(line.claimant_id)) is not None
        and (
            (one.lots and not traced.get(line.sku, nothing).lots)
            or (one.serials and not traced.get(line.sku, nothing).serials)
        )
    ]
    if wrong:
        raise NotTraced(sorted(set(wrong)))


async def _take_lots(
    session: AsyncSession,
    work: Work,
    plan: Plan,
    lines: Sequence[Line],
    told: Mapping[UUID, Named],
) -> None:
    """Serve the lines whose lots are named or taken already, then all others."""
    taken = await queries.picks(session, work_id=work.id)
    before = plans.by_claimant(taken)
    wanted: list[LotPick] = []
    open_lines = []
    for line in lines:
        one = told.get(line.claimant_id)
        if one is not None and one.lots:
            own = plans.named(work, plan, line=line, told=one)
        else:
            own = before.get(line.claimant_id, [])
        if sum(part.quantity for part in own) == line.quantity:
            plan.free.subtract({part.lot_id: part.quantity for part in own})
            wanted += own
        else:
            open_lines.append(line)
    plans.demand_fit(plan, lines, wanted)
    wanted += plans.filled(work, plan, open_lines)
    await _replace(session, work, {line.claimant_id: line.sku for line in lines}, taken, wanted)


async def _replace(
    session: AsyncSession,
    work: Work,
    skus: Mapping[UUID, str],
    before: Sequence[LotPick],
    after: Sequence[LotPick],
) -> None:
    """Move the counters by the difference, and write anew what was picked for these lines."""
    changes: Counter[tuple[UUID, UUID]] = Counter()
    for one in after:
        changes[one.lot_id, one.claimant_id] += one.quantity
    for one in before:
        if one.claimant_id in skus:
            changes[one.lot_id, one.claimant_id] -= one.quantity
    rows = [one.model_dump() for one in after if one.claimant_id in skus]
    await balances.apply(
        session,
        changes=[
            LotChange(lot_id, skus[claimant_id], work.location_id, PICKED, picked=units)
            for (lot_id, claimant_id), units in changes.items()
            if units and claimant_id in skus
        ],
    )
    await session.execute(
        delete(LotPick).where(
            col(LotPick.work_id) == work.id, col(LotPick.claimant_id).in_(list(skus))
        )
    )
    if rows:
        await session.execute(insert(LotPick).values(rows))


async def _take_serials(
    session: AsyncSession, work: Work, line: Line, codes: Sequence[str]
) -> None:
    if not codes:
        return
    serials.require_as_many(sku=line.sku, units=line.quantity, serials=codes)
    held = await queries.lock_picked(session, work_id=work.id)
    own = {one.code: one for one in held if one.claimant_id == line.claimant_id}
    await serials.put_back(session, units=[own[code] for code in own.keys() - set(codes)])
    await serials.pick(
        session,
        claim=Claim(work.id, line.claimant_id, work.location_id),
        names=[(line.sku, code) for code in codes if code not in own],
    )
