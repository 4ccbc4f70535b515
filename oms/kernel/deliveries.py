"""Reactions: claim a delivery, run its reaction and mark it done in one transaction."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from oms.kernel import actors, clock, db, due, events
from oms.kernel.due import is_due
from oms.kernel.errors import NotFound
from oms.kernel.events import Delivery, Event, EventRow

log = structlog.get_logger()


class UnknownDelivery(NotFound):
    """There is no such delivery."""

    delivery_id: UUID


async def run(delivery_id: UUID) -> None:
    """Do what is owed, if it is still owed and nothing earlier of its lane is.

    A failure is noted in the row: it comes again later, or is parked with its reason.
    """
    try:
        async with db.transaction() as session:
            delivery = await _claim(session, delivery_id)
            if delivery is None:
                return
            await _react(session, delivery)
            due.finished(delivery, now=clock.now())
            session.info.setdefault("wake", []).extend(await _next_of_lane(session, delivery))
    except Exception as error:  # noqa: BLE001 -- noted in the row, retried, then parked
        log.warning("delivery.failed", delivery_id=str(delivery_id), error=type(error).__name__)
        async with db.transaction() as session:
            if (row := await _claim(session, delivery_id)) is not None:
                due.failed(row, reason=f"{type(error).__name__}: {error}", now=clock.now())


async def replay(session: AsyncSession, *, delivery_id: UUID, now: datetime) -> Delivery:
    """Put a parked delivery back to work. Raises UnknownDelivery, IllegalMove."""
    row = await session.get(Delivery, delivery_id, with_for_update=True)
    if row is None:
        raise UnknownDelivery(delivery_id)
    due.replayed(row, now=now)
    session.info.setdefault("wake", []).append(("delivery", row.id))
    return row


def first_of_lane() -> ColumnElement[bool]:
    """Say that nothing earlier of its subject is still owed in a delivery's lane."""
    earlier = aliased(Delivery)
    return ~(
        select(col(earlier.id))
        .where(
            col(earlier.subject_id) == col(Delivery.subject_id),
            col(earlier.lane) == col(Delivery.lane),
            col(earlier.sequence) < col(Delivery.sequence),
            is_due(earlier.status),
        )
        .exists()
    )


async def _claim(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """Lock a delivery whose time has come; a fresh one at once, whatever the clocks say."""
    in_time = or_(col(Delivery.attempts) == 0, col(Delivery.next_at) <= clock.now())
    return await session.scalar(
        select(Delivery)
        .where(col(Delivery.id) == delivery_id, is_due(Delivery.status), in_time, first_of_lane())
        .with_for_update(skip_locked=True, of=Delivery)
    )


async def _react(session: AsyncSession, delivery: Delivery) -> None:
    subscription = events.subscription(delivery.subscriber)
    row = await session.get_one(EventRow, delivery.event_id)
    with actors.acting(actors.SYSTEM):
        if subscription.event is None:
            await subscription.reaction(session, row)
        else:
            await subscription.reaction(session, Event.known[row.name].model_validate(row.data))


async def _next_of_lane(session: AsyncSession, done: Delivery) -> list[tuple[str, UUID]]:
    following = await session.scalar(
        select(col(Delivery.id))
        .where(
            col(Delivery.subject_id) == done.subject_id,
            col(Delivery.lane) == done.lane,
            col(Delivery.sequence) > done.sequence,
            is_due(Delivery.status),
        )
        .order_by(col(Delivery.sequence))
        .limit(1)
    )
    return [] if following is None else [("delivery", following)]
