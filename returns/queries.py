"""Reading returns, and the only row locks of this room.

The order's row is locked before its return's, and the return's row guards its lines, receipts and
inspections: whoever changes those holds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.catalog.models import Item
from inventory.places.models import Location
from oms.kernel import pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page
from oms.orders import queries as orders
from returns.models import Inspection, Receipt, Return, ReturnLine
from returns.states import ReturnStatus


class UnknownReturn(NotFound):
    """There is no such return."""

    return_id: UUID


class ReturnChanged(Stale):
    """The return was changed since it was read."""

    seen: int
    version: int


@dataclass(frozen=True)
class Filter:
    """Which returns a list shows; None does not restrict."""

    order_id: UUID | None = None
    status: ReturnStatus | None = None
    channel_id: UUID | None = None


async def get(session: AsyncSession, *, return_id: UUID, channel_id: UUID | None = None) -> Return:
    """Read a return. Raises UnknownReturn, also for another channel's."""
    found = await session.get(Return, return_id)
    if found is None or channel_id not in (None, found.channel_id):
        raise UnknownReturn(return_id)
    return found


async def lock(
    session: AsyncSession,
    *,
    return_id: UUID,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Return:
    """Lock a return behind its order, so that everything about the order's units is in line.

    Raises UnknownReturn, ReturnChanged when it is no longer in the version seen.
    """
    await session.flush()
    order_id = await session.scalar(select(col(Return.order_id)).where(col(Return.id) == return_id))
    if order_id is not None:
        await orders.lock(session, order_id=order_id)
    found = await session.scalar(
        select(Return)
        .where(col(Return.id) == return_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None or channel_id not in (None, found.channel_id):
        raise UnknownReturn(return_id)
    if version not in (None, found.version):
        raise ReturnChanged(version, found.version)
    return found


def touch(found: Return) -> None:
    """Raise the version of a locked return whose lines, receipts or inspections changed."""
    flag_modified(found, "status")


async def lines(session: AsyncSession, *, return_ids: Sequence[UUID]) -> Sequence[ReturnLine]:
    """Read the lines of some returns, in the order they were asked for."""
    found = await session.scalars(
        select(ReturnLine)
        .where(col(ReturnLine.return_id).in_(return_ids))
        .order_by(col(ReturnLine.return_id), col(ReturnLine.position))
        .execution_options(populate_existing=True)
    )
    return found.all()


async def receipts(session: AsyncSession, *, return_ids: Sequence[UUID]) -> Sequence[Receipt]:
    """Read what of some returns arrived where, the earliest first."""
    found = await session.scalars(
        select(Receipt)
        .join(ReturnLine, col(ReturnLine.id) == col(Receipt.return_line_id))
        .where(col(ReturnLine.return_id).in_(return_ids))
        .order_by(col(Receipt.id))
        .execution_options(populate_existing=True)
    )
    return found.all()


async def inspections(session: AsyncSession, *, return_ids: Sequence[UUID]) -> Sequence[Inspection]:
    """Read what inspection found of some returns, the earliest first."""
    found = await session.scalars(
        select(Inspection)
        .join(Receipt, col(Receipt.id) == col(Inspection.receipt_id))
        .join(ReturnLine, col(ReturnLine.id) == col(Receipt.return_line_id))
        .where(col(ReturnLine.return_id).in_(return_ids))
        .order_by(col(Inspection.id))
    )
    return found.all()


async def listed(
    session: AsyncSession, *, wanted: Filter, cursor: str | None, limit: int = pages.DEFAULT_LIMIT
) -> Page[Return]:
    """Read one page of returns, newest first."""
    query = select(Return)
    if wanted.order_id is not None:
        query = query.where(col(Return.order_id) == wanted.order_id)
    if wanted.status is not None:
        query = query.where(col(Return.status) == wanted.status)
    if wanted.channel_id is not None:
        query = query.where(col(Return.channel_id) == wanted.channel_id)
    return await pages.page(session, query, col(Return.id), cursor=cursor, limit=limit)


async def refunded_units(
    session: AsyncSession, *, order_line_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """Count the units of order lines that inspections refunded; exact under the order's lock."""
    rows = await session.execute(
        select(col(ReturnLine.order_line_id), func.sum(col(Inspection.quantity)))
        .join(Receipt, col(Receipt.return_line_id) == col(ReturnLine.id))
        .join(Inspection, col(Inspection.receipt_id) == col(Receipt.id))
        .where(col(ReturnLine.order_line_id).in_(order_line_ids), col(Inspection.refunded))
        .group_by(col(ReturnLine.order_line_id))
    )
    return {line_id: int(units) for line_id, units in rows if line_id is not None}


async def unknown_skus(session: AsyncSession, *, skus: Sequence[str]) -> list[str]:
    """Return those of `skus` that no item has, sorted."""
    known = await session.scalars(select(col(Item.sku)).where(col(Item.sku).in_(skus)))
    return sorted(set(skus) - set(known))


async def location(session: AsyncSession, *, location_id: UUID) -> Location | None:
    """Read a location, if there is one."""
    return await session.get(Location, location_id)
