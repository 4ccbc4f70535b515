"""The desk where orders that arrive together are placed together (docs/decisions/0007)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api import idempotent
from api.deps import AnyRequest
from api.order_inputs import OrderIn
from oms.channels import channels
from oms.kernel import actors, clock, db, idempotency
from oms.kernel.actors import Actor
from oms.kernel.errors import DomainError
from oms.kernel.gathering import Gathering
from oms.kernel.idempotency import Answer, Ticket
from oms.orders import placements, views
from oms.orders.placements import Outcome

AT_MOST = 32
"""Orders in one transaction: enough to share its cost, few enough to answer the first one soon."""

CREATED = 201


@dataclass(frozen=True)
class Asked:
    """A request to place an order, and the key it answers to."""

    ticket: Ticket
    order: OrderIn


@dataclass(frozen=True)
class Counter:
    """What the orders of one lot have in common: who places them, where, in which currency."""

    actor: Actor
    channel_id: UUID | None
    currency: str


Told: TypeAlias = Response[bytes] | Exception
Desk: TypeAlias = Gathering[Counter, Asked, Response[bytes]]


def desk() -> Desk:
    """Open the desk of an application."""
    return Gathering(_place_lot, at_most=AT_MOST)


async def place(request: AnyRequest, order: OrderIn) -> Response[Any]:
    """Place an order once per Idempotency-Key, together with those that arrive meanwhile.

    Raises whatever it is refused for; a refusal is the answer to its key, too.
    """
    asked = Asked(await idempotent.ticket(request), order)
    at: Desk = request.app.state.desk
    return await at.join(Counter(request.user, order.channel_id, order.currency), asked)


async def _place_lot(counter: Counter, lot: Sequence[Asked]) -> list[Told]:
    with actors.acting(counter.actor):
        async with db.transaction() as session:
            return await idempotent.persistently(session, lambda: _answers(session, counter, lot))


async def _answers(session: AsyncSession, counter: Counter, lot: Sequence[Asked]) -> list[Told]:
    earlier = await idempotency.claim_all(session, [one.ticket for one in lot])
    fresh = [one for one, found in zip(lot, earlier, strict=True) if found is None]
    outcomes = iter(await _outcomes(session, counter, fresh))
    told = [
        _answer(session, one, next(outcomes)) if found is None else _told_before(found)
        for one, found in zip(lot, earlier, strict=True)
    ]
    await db.write(session)
    return told


async def _outcomes(
    session: AsyncSession, counter: Counter, lot: Sequence[Asked]
) -> Sequence[Outcome]:
    try:
        channel_id = await channels.selling(
            session,
            bound=counter.actor.channel_id,
            asked=counter.channel_id,
            currency=counter.currency,
        )
    except DomainError as refusal:
        return [refusal] * len(lot)
    now = clock.now()
    orders = [one.order.new(channel_id=channel_id, now=now) for one in lot]
    return await placements.place_all(session, channel_id=channel_id, orders=orders)


def _answer(session: AsyncSession, asked: Asked, outcome: Outcome) -> Told:
    if isinstance(outcome, DomainError):
        return idempotent.refuse(session, asked.ticket, outcome)
    shown = views.shown(outcome.order, outcome.lines)
    return idempotent.accept(session, asked.ticket, shown, status_code=CREATED)


def _told_before(found: Answer | DomainError) -> Told:
    return found if isinstance(found, DomainError) else idempotent.replay(found)
