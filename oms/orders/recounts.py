"""Believing a count: the books follow the shelf, and promises it cannot keep find other shelves.

Locks are taken in this order: the count, carts, orders, their work, transfers, levels. Whose
promises go is chosen without locks and once more under them.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries as work_queries
from fulfillment import work
from fulfillment.states import RejectReason
from inventory import commitments, standing
from inventory.catalog import kits
from inventory.commitments import Level, Promise
from inventory.counts import bookings, entries, reviews, variances, views
from inventory.counts import queries as counts
from inventory.counts.bookings import Booked, SerialsRemain
from inventory.counts.entries import Found
from inventory.counts.models import StockCount
from inventory.counts.states import COUNT
from inventory.counts.variances import Judgement
from inventory.counts.views import CountOut
from inventory.holds import allotments, holds
from inventory.holds import queries as cart_queries
from inventory.holds.models import Hold
from inventory.standing import Standing
from inventory.transfers import queries as transfers
from inventory.transfers import reductions
from inventory.transfers.models import Transfer, TransferLine
from inventory.transfers.states import TransferStatus
from oms.kernel.db import Busy
from oms.kernel.errors import Conflict
from oms.orders import queries, reroutes, shortfalls
from oms.orders.allocations import Wanted
from oms.orders.models import Order
from oms.orders.shortfalls import Freed, Held, Loss


class CountTooLow(Conflict):
    """More units are in people's hands or have left than the count leaves; count these again."""

    number: str
    shortages: list[dict[str, str | int]]
    in_hands: list[str]


@dataclass(frozen=True)
class _Locks:
    """What is held while a count is booked."""

    carts: Sequence[Hold]
    orders: Mapping[UUID, Order]
    transfers: Sequence[tuple[Transfer, Sequence[TransferLine]]]
    levels: Mapping[Level, Standing]


async def picked(
    session: AsyncSession, *, location_id: UUID, skus: Sequence[str]
) -> Mapping[str, int]:
    """Return how many units of SKUs have left the shelves of a location and not yet the books."""
    found: Counter[str] = Counter()
    for _, sku, units in await _in_hands(session, location_id, skus):
        found[sku] += units
    return found


async def enter(
    session: AsyncSession, *, count_id: UUID, found: Sequence[Found], version: int | None = None
) -> CountOut:
    """Note what somebody found. Raises what entries.enter does."""
    await entries.enter(session, count_id=count_id, found=found, picked=picked, version=version)
    return await show(session, count_id=count_id)


async def submit(
    session: AsyncSession, *, count_id: UUID, now: datetime, version: int | None = None
) -> StockCount:
    """Hand a count in; what differs by no more than its limits is booked at once.

    Raises IllegalMove, CountIncomplete, and Busy when somebody was faster.
    """
    count, judged = await reviews.submit(session, count_id=count_id, version=version)
    if variances.within_limits(count, judged):
        try:
            await _book(session, count, now, by_limits=True)
        except (CountTooLow, SerialsRemain):
            return count  # nothing was written yet: people review what cannot simply be believed
    return count


async def approve(
    session: AsyncSession, *, count_id: UUID, now: datetime, version: int | None = None
) -> StockCount:
    """Believe a count: the books follow the shelf, all in one transaction.

    Where less is left than was promised, what is held for transfers goes first, then carts that
    are not ordered yet, then the unpicked promises of the youngest orders, which are routed anew.
    Raises IllegalMove, OwnCount, CountDisputed, CountTooLow, SerialsRemain, and Busy when
    somebody was faster.
    """
    count = await counts.lock(session, count_id=count_id, version=version)
    COUNT.require(count, "approve")
    await reviews.demand_other(session, count=count)
    await _book(session, count, now, by_limits=False)
    return count


async def show(session: AsyncSession, *, count_id: UUID) -> CountOut:
    """Show a count. Raises UnknownCount."""
    return await views.show(session, count_id=count_id, picked=picked)


async def _book(
    session: AsyncSession, count: StockCount, now: datetime, *, by_limits: bool
) -> None:
    locks = await _lock(session, count)
    judged = await reviews.judge(session, count=count)
    reviews.demand_agreed(count, judged)
    await bookings.demand_unread(session, count=count, judged=judged)
    losses = _losses(judged, locks.levels, count.location_id)
    short = Counter({sku: one.promises for sku, one in losses.items() if one.promises})
    await _demand_possible(session, count, losses, short)
    let_go = shortfalls.free_transfers(short, _held_for(locks.transfers))
    carts = await _carts(session, count.location_id, short, locks.carts)
    held = await _held(session, count.location_id, [sku for sku in short if short[sku]])
    freed = shortfalls.free_orders(short, held, of=locks.orders.keys())
    if short.total():
        raise Busy("overtaken")
    for found, _ in locks.transfers:
        if found.id in let_go:
            await reductions.reduce(session, found=found, let_go=let_go[found.id])
    for cart in carts:
        await holds.give_up(session, found=cart)
    await _release(session, count, freed)
    booked = [
        Booked(one, losses[one.line.sku].damaged, losses[one.line.sku].quality_control)
        for one in judged
    ]
    await bookings.book(session, count=count, booked=booked, now=now, by_limits=by_limits)
    await standing.close(session, levels=locks.levels)
    await _reroute(session, count, freed, locks.orders)


async def _lock(session: AsyncSession, count: StockCount) -> _Locks:
    """Lock all that booking a count may change, as far as it can be seen without locks."""
    judged = await reviews.judge(session, count=count)
    reviews.demand_agreed(count, judged)
    skus = [one.line.sku for one in judged]
    levels = await counts.standing_at(session, location_id=count.location_id, skus=skus)
    losses = _losses(judged, levels, count.location_id)
    short = Counter({sku: one.promises for sku, one in losses.items() if one.promises})
    held = await _held(session, count.location_id, list(short))
    freed = shortfalls.free_orders(Counter(short), held)
    carts = await cart_queries.lock_at(session, location_id=count.location_id, skus=list(short))
    order_ids = sorted({one.held.order_id for one in freed})
    orders = {one.id: one for one in await queries.lock_all(session, order_ids=order_ids)}
    of_orders = [one for one in held if one.order_id in orders]
    await work_queries.lock_all(session, work_ids=list(chain(*(one.works for one in of_orders))))
    found = await transfers.lock_held(session, location_id=count.location_id, skus=list(short))
    sold = {sku for one in of_orders for sku in (one.sku, *one.holds)}
    made_of = await kits.compositions(session, skus=sorted(sold))
    await counts.hold(
        session,
        location_id=count.location_id,
        skus=skus,
        everywhere=sold.union(*made_of.values()),
    )
    wanted = [(sku, count.location_id) for sku in skus]
    return _Locks(carts, orders, found, await standing.hold(session, levels=wanted))


def _losses(
    judged: Sequence[Judgement], levels: Mapping[Level, Standing], location_id: UUID
) -> dict[str, Loss]:
    nothing = {sku: Standing(sku, location_id) for sku in (one.line.sku for one in judged)}
    return {
        sku: shortfalls.loss(levels.get((sku, location_id), nothing[sku]), one.delta or 0)
        for one in judged
        for sku in [one.line.sku]
    }


async def _demand_possible(
    session: AsyncSession, count: StockCount, losses: Mapping[str, Loss], short: Counter[str]
) -> None:
    """Make sure that what is missing is in nobody's hands. Raises CountTooLow."""
    left = Counter(short)
    ready = await transfers.held_at(session, location_id=count.location_id, skus=list(short))
    shortfalls.free_transfers(left, ready)
    kept = await cart_queries.reserved_at(session, location_id=count.location_id, skus=list(short))
    left -= kept
    shortfalls.free_orders(left, await _held(session, count.location_id, [*+left]))
    left += Counter({sku: one.impossible for sku, one in losses.items()})
    if not left:
        return
    named = await _in_hands(session, count.location_id, list(left))
    raise CountTooLow(
        count.number,
        [{"sku": sku, "short": units} for sku, units in sorted(left.items())],
        sorted({number for number, _, _ in named}),
    )


async def _held(session: AsyncSession, location_id: UUID, skus: Collection[str]) -> list[Held]:
    """Read what order lines are promised at a location of these SKUs, youngest orders first."""
    if not skus:
        return []
    rows = await queries.promised_at(session, location_id=location_id, skus=skus)
    holds: dict[UUID, dict[str, int]] = {}
    for promise, line in rows:
        holds.setdefault(line.id, {})[promise.sku] = promise.quantity // promise.claimed
    works: dict[UUID, dict[UUID, int]] = {}
    in_work: Counter[UUID] = Counter()
    for one in await work_queries.waiting_at(
        session, location_id=location_id, order_line_ids=list(holds)
    ):
        left = one.quantity - one.rejected
        in_work[one.order_line_id] += left
        works.setdefault(one.order_line_id, {})[one.fulfillment_order_id] = left - one.picked
    lines = {line.id: (promise, line) for promise, line in rows}
    return [
        Held(
            order_id=line.order_id,
            line_id=line.id,
            sku=promise.claimed_sku,
            holds=holds[line.id],
            parts=line.parts,
            waiting=promise.claimed - in_work[line.id],
            works=works.get(line.id, {}),
        )
        for promise, line in lines.values()
    ]


def _held_for(
    found: Sequence[tuple[Transfer, Sequence[TransferLine]]],
) -> list[tuple[UUID, str, int]]:
    """List what is held on the shelf for locked transfers, the youngest first."""
    return [
        (one.id, line.sku, line.reserved)
        for one, lines in reversed(found)
        if one.status is TransferStatus.READY_TO_SHIP
        for line in lines
    ]


async def _in_hands(
    session: AsyncSession, location_id: UUID, skus: Collection[str]
) -> list[tuple[str, str, int]]:
    """List units that were picked and stand on no shelf: on whose paper, SKU and units."""
    wanted = set(skus)
    in_work = await work_queries.picked_at(session, location_id=location_id)
    moving = await transfers.picked_at(session, location_id=location_id, skus=list(wanted))
    return [one for one in (*in_work, *moving) if one[1] in wanted]


async def _carts(
    session: AsyncSession, location_id: UUID, short: Counter[str], locked: Sequence[Hold]
) -> list[Hold]:
    """Choose whose carts go, the youngest first and whole; `short` is less by what they hold."""
    own = await cart_queries.allotments(session, hold_ids=[one.id for one in locked])
    chosen = []
    for one in reversed(locked):
        kept = allotments.reserved(own[one.id])
        helps = {sku: min(short[sku], kept[sku, location_id]) for sku in short}
        if any(helps.values()):
            chosen.append(one)
            short.subtract(helps)
    return chosen


async def _release(session: AsyncSession, count: StockCount, freed: Sequence[Freed]) -> None:
    """Take units out of the work of the location and end their promises."""
    by_work: dict[UUID, list[tuple[UUID, int]]] = {}
    for one in freed:
        if one.work_id is not None:
            by_work.setdefault(one.work_id, []).append((one.held.line_id, one.quantity))
    for work_id, lines in sorted(by_work.items()):
        await work.reject_lines(
            session, work_id=work_id, lines=lines, reason=RejectReason.INVENTORY_OUT_OF_STOCK
        )
    promises = [
        Promise(one.held.line_id, one.held.sku, count.location_id, one.quantity) for one in freed
    ]
    if promises:
        await commitments.release(session, promises=promises, reference=bookings.reference(count))


async def _reroute(
    session: AsyncSession, count: StockCount, freed: Sequence[Freed], orders: Mapping[UUID, Order]
) -> None:
    """Find other shelves for what was freed, for the oldest order first."""
    wanted: dict[tuple[UUID, str], list[Wanted]] = {}
    for one in reversed(freed):
        counter = "allocated" if one.work_id is None else "in_work"
        wanted.setdefault((one.held.order_id, counter), []).append(
            Wanted(one.held.line_id, one.held.sku, one.quantity, one.held.parts)
        )
    for (order_id, counter), units in wanted.items():
        await reroutes.reroute(
            session,
            order=orders[order_id],
            wanted=units,
            counter=counter,
            cause=f"counted:{count.number}",
        )
