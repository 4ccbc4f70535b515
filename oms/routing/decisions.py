"""Keeping every decision with its reasons, and who may not be asked again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import ids
from oms.kernel.statements import Rows
from oms.routing.models import Exclusion, RoutingDecision
from oms.routing.sourcing import RULE, VERSION, Sourcing

_ROWS = Rows(
    "routing_decision",
    "id uuid, order_id uuid, cause text, rule text, version int, cost int, parcels int,"
    " plan jsonb, candidates jsonb",
)


def record(session: AsyncSession, *, order_id: UUID, cause: str, sourcing: Sourcing) -> UUID:
    """Store what was decided, from which candidates and why; returns the decision's id."""
    decision_id = ids.new()
    _ROWS.add(
        session,
        id=decision_id,
        order_id=order_id,
        cause=cause,
        rule=RULE if sourcing.exact else f"{RULE}_bounded",
        version=VERSION,
        cost=sourcing.cost,
        parcels=sourcing.parcels,
        plan=sourcing.picks,
        candidates=sourcing.candidates,
    )
    return decision_id


async def exclude(
    session: AsyncSession, *, order_id: UUID, location_id: UUID, skus: Sequence[str], reason: str
) -> None:
    """Never ask this location again for these goods of this order."""
    rows = [
        {"order_id": order_id, "location_id": location_id, "sku": sku, "reason": reason}
        for sku in skus
    ]
    await session.execute(insert(Exclusion).values(rows).on_conflict_do_nothing())


async def exclusions(session: AsyncSession, *, order_id: UUID) -> dict[UUID, frozenset[str]]:
    """Return, per location, the SKUs it rejected for this order."""
    rows = await session.execute(
        select(col(Exclusion.location_id), col(Exclusion.sku)).where(
            col(Exclusion.order_id) == order_id
        )
    )
    found: dict[UUID, frozenset[str]] = {}
    for location_id, sku in rows:
        found[location_id] = found.get(location_id, frozenset()) | {sku}
    return found


async def exclusions_of(
    session: AsyncSession, *, order_ids: Sequence[UUID]
) -> dict[tuple[UUID, UUID], frozenset[str]]:
    """Return, per order and location, the SKUs that were rejected there."""
    rows = await session.execute(
        select(col(Exclusion.order_id), col(Exclusion.location_id), col(Exclusion.sku)).where(
            col(Exclusion.order_id).in_(order_ids)
        )
    )
    found: dict[tuple[UUID, UUID], frozenset[str]] = {}
    for order_id, location_id, sku in rows:
        found[order_id, location_id] = found.get((order_id, location_id), frozenset()) | {sku}
    return found


async def of_order(session: AsyncSession, *, order_id: UUID) -> Sequence[RoutingDecision]:
    """Return every decision about an order, first to last."""
    rows = await session.scalars(
        select(RoutingDecision)
        .where(col(RoutingDecision.order_id) == order_id)
        .order_by(col(RoutingDecision.id))
    )
    return rows.all()
