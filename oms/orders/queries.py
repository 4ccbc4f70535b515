"""Reading orders; the only place that locks them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.models import Commitment
from oms.kernel.errors import NotFound, Stale
from oms.orders.models import Order, OrderLine


class UnknownOrder(NotFound):
    """There is no such order."""

    order_id: UUID


class OrderChanged(Stale):
    """The order was changed since you read it; read it again."""

    order_id: UUID
    current_version: int
    given_version: int


async def find(session: AsyncSession, *, order_id: UUID, channel_id: UUID | None = None) -> Order:
    """Return an order of this channel (None: of any). Raises UnknownOrder."""
    order = await session.get(Order, order_id)
    if order is None or channel_id not in (None, order.channel_id):
        raise UnknownOrder(order_id)
    return order


async def lock(
    session: AsyncSession,
    *,
    order_id: UUID,
    channel_id: UUID | None = None,
    version: int | None = None,
) -> Order:
    """Return an order as it is now, held until the end of the transaction.

    Raises UnknownOrder, and OrderChanged when it is not at `version` any more.
    """
    await session.flush()
    order = await session.scalar(
        select(Order)
        .where(col(Order.id) == order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if order is None or channel_id not in (None, order.channel_id):
        raise UnknownOrder(order_id)
    if version not in (None, order.version):
        raise OrderChanged(order_id, order.version, version or 0)
    return order


async def lock_all(session: AsyncSession, *, order_ids: Sequence[UUID]) -> Sequence[Order]:
    """Return several orders as they are now, held in key order until the transaction ends."""
    await session.flush()
    rows = await session.scalars(
        select(Order)
        .where(col(Order.id).in_(order_ids))
        .order_by(col(Order.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def promised_at(
    session: AsyncSession, *, location_id: UUID, skus: Collection[str]
) -> list[tuple[Commitment, OrderLine]]:
    """Return what is promised at a location to order lines that hold one of these SKUs there.

    All that such a line holds there, the parts of a kit; those of the youngest orders first.
    """
    holding = select(col(Commitment.claimant_id)).where(
        col(Commitment.location_id) == location_id, col(Commitment.sku).in_(skus)
    )
    rows = await session.execute(
        select(Commitment, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(Commitment.claimant_id))
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .where(col(Commitment.location_id) == location_id, col(OrderLine.id).in_(holding))
        .order_by(col(Order.placed_at).desc(), col(Order.id).desc(), col(OrderLine.position).desc())
        .execution_options(populate_existing=True)
    )
    return [(held, line) for held, line in rows]


async def orders_promised_at(
    session: AsyncSession, *, location_id: UUID
) -> list[tuple[UUID, UUID]]:
    """Return the orders, with their channels, that have goods promised at a location."""
    found = await session.execute(
        select(col(Order.id), col(Order.channel_id))
        .join(OrderLine, col(OrderLine.order_id) == col(Order.id))
        .join(Commitment, col(Commitment.claimant_id) == col(OrderLine.id))
        .where(col(Commitment.location_id) == location_id)
        .distinct()
        .order_by(col(Order.id))
    )
    return [(order_id, channel_id) for order_id, channel_id in found]


async def lines(session: AsyncSession, *, order_id: UUID) -> Sequence[OrderLine]:
    """Return the lines of an order as they are now, in their order."""
    await session.flush()
    rows = await session.scalars(
        select(OrderLine)
        .where(col(OrderLine.order_id) == order_id)
        .order_by(col(OrderLine.position))
        .execution_options(populate_existing=True)
    )
    return rows.all()
