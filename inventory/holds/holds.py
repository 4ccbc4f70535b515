"""A cart reserves stock for a while, changes its mind, asks for more time, or gives it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.holds import allotments, deadlines, queries, reservations
from inventory.holds.allotments import Allotment, Point
from inventory.holds.events import (
    HoldChanged,
    HoldCreated,
    HoldExpired,
    HoldExtended,
    HoldReleased,
    Kept,
)
from inventory.holds.models import Hold
from inventory.holds.states import HOLD
from inventory.models import Reason
from oms.kernel import events
from oms.kernel.errors import Conflict
from oms.kernel.events import Event


class HoldExists(Conflict):
    """This cart has an active hold already; change that one."""

    external_id: str
    hold_id: UUID


@dataclass(frozen=True)
class Terms:
    """How long to hold: for so many seconds, or as long as a payment method asks for."""

    seconds: int | None = None
    payment_method: str | None = None


@dataclass(frozen=True)
class Cart:
    """What a channel wants to hold, for which cart of its own, and where the goods may go."""

    channel_id: UUID
    external_id: str
    lines: Mapping[str, int]
    destination: Point | None = None
    terms: Terms = Terms()


async def create(session: AsyncSession, *, cart: Cart) -> Hold:
    """Hold all that a cart has, or nothing.

    Raises HoldExists, HoldTooLong, UnknownSkus, CartShort, Busy.
    """
    before = await queries.lock_cart(
        session, channel_id=cart.channel_id, external_id=cart.external_id
    )
    now = await queries.moment(session)
    found = _new(cart, now)
    own, giving_back = [], []
    if before is not None:
        if before.expires_at > now:
            raise HoldExists(cart.external_id, before.id)
        own = (await queries.allotments(session, hold_ids=[before.id]))[before.id]
        giving_back = reservations.ending(before, own, reason=Reason.RESERVATION_EXPIRED)
        expire(session, before, own)
        await session.flush()
    session.add(found)
    await session.flush()
    kept = await reservations.keep(
        session,
        found,
        wanted=cart.lines,
        reason=Reason.RESERVATION_CREATED,
        own=own,
        giving_back=giving_back,
    )
    await queries.write(session, found, wanted=dict(cart.lines), kept=kept)
    _tell(session, found, HoldCreated(**_until(found), lines=_lines(cart.lines)))
    return found


async def change(
    session: AsyncSession,
    *,
    hold_id: UUID,
    lines: Mapping[str, int],
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Hold:
    """Hold other lines instead, all of them or none; being active keeps the cart for longer.

    Raises UnknownHold, HoldStale, HoldOver, IllegalMove, UnknownSkus, CartShort, Busy.
    """
    found, now = await queries.lock(
        session, hold_id=hold_id, channel_id=channel_id, version=version
    )
    HOLD.move(found, "change")
    own = (await queries.allotments(session, hold_ids=[found.id]))[found.id]
    kept = await reservations.keep(
        session, found, wanted=lines, reason=Reason.RESERVATION_UPDATED, own=own
    )
    _prolong(found, now, Terms())
    queries.touch(found)
    await queries.write(session, found, wanted=dict(lines), kept=kept)
    fewer = allotments.reserved(own) - allotments.reserved(kept)
    freed = sorted({sku for sku, _ in fewer})
    _tell(session, found, HoldChanged(**_until(found), lines=_lines(lines), freed=freed))
    return found


async def extend(
    session: AsyncSession,
    *,
    hold_id: UUID,
    terms: Terms,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Hold:
    """Hold for longer; another payment method decides anew how long.

    Raises UnknownHold, HoldStale, HoldOver, IllegalMove, HoldTooLong.
    """
    found, now = await queries.lock(
        session, hold_id=hold_id, channel_id=channel_id, version=version
    )
    HOLD.move(found, "extend")
    _prolong(found, now, terms)
    queries.touch(found)
    await session.flush()
    _tell(session, found, HoldExtended(**_until(found)))
    return found


async def release(
    session: AsyncSession,
    *,
    hold_id: UUID,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Hold:
    """Give a cart up: its stock can be sold to others at once.

    Raises UnknownHold, HoldStale, HoldOver, IllegalMove.
    """
    found, _ = await queries.lock(session, hold_id=hold_id, channel_id=channel_id, version=version)
    return await give_up(session, found=found)


async def give_up(session: AsyncSession, *, found: Hold) -> Hold:
    """Release a locked hold, whether its time is over or not. Raises IllegalMove."""
    HOLD.move(found, "release")
    own = (await queries.allotments(session, hold_ids=[found.id]))[found.id]
    changes = reservations.ending(found, own, reason=Reason.RESERVATION_DELETED)
    await movements.apply(session, changes=changes)
    await session.flush()
    freed = allotments.skus(own)
    told = HoldReleased(hold_id=found.id, external_id=found.external_id, freed=freed)
    _tell(session, found, told)
    return found


def expire(session: AsyncSession, found: Hold, own: Sequence[Allotment]) -> None:
    """Let the time of a locked hold be over; whoever calls gives back what it holds."""
    HOLD.move(found, "expire")
    freed = allotments.skus(own)
    told = HoldExpired(hold_id=found.id, external_id=found.external_id, freed=freed)
    _tell(session, found, told)


def _new(cart: Cart, now: datetime) -> Hold:
    latitude, longitude = cart.destination or (None, None)
    method, seconds = cart.terms.payment_method, cart.terms.seconds
    return Hold(
        channel_id=cart.channel_id,
        external_id=cart.external_id,
        payment_method=method,
        latitude=latitude,
        longitude=longitude,
        began_at=now,
        expires_at=deadlines.expiry(began_at=now, now=now, payment_method=method, seconds=seconds),
    )


def _prolong(found: Hold, now: datetime, terms: Terms) -> None:
    """Move the end of a hold; earlier only when it is to be paid in another way."""
    method = terms.payment_method or found.payment_method
    until = deadlines.expiry(
        began_at=found.began_at, now=now, payment_method=method, seconds=terms.seconds
    )
    same = method == found.payment_method
    found.payment_method = method
    found.expires_at = max(found.expires_at, until) if same else until


def _until(found: Hold) -> dict[str, Any]:
    return {
        "hold_id": found.id,
        "external_id": found.external_id,
        "expires_at": found.expires_at,
    }


def _lines(lines: Mapping[str, int]) -> list[Kept]:
    return [Kept(sku=sku, quantity=units) for sku, units in sorted(lines.items())]


def _tell(session: AsyncSession, found: Hold, told: Event) -> None:
    events.record(session, told, about=found.id, channel_id=found.channel_id)
