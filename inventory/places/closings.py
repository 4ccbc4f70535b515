"""Closing a location: refused while something stands in the way, or with its work sent elsewhere.

Whoever opens work at a location holds the key of its row (by the foreign key of the work), which
excludes us: work is either there to be found when we have committed, or is opened by somebody who
can see that the location is closed.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.places import queries
from inventory.places.events import LocationDeactivated
from inventory.places.models import Location
from oms.kernel import events
from oms.kernel.errors import Conflict
from oms.kernel.statements import Statement


class LocationInUse(Conflict):
    """Something is promised, held or on its way there: finish it first, or reroute."""

    committed: int
    reserved: int
    incoming: int
    transfers: list[str]
    purchase_orders: list[str]


@dataclass(frozen=True)
class Standing:
    """What stands in the way of closing a location: units by bucket, and papers by number."""

    committed: int
    reserved: int
    incoming: int
    transfers: list[str]
    purchase_orders: list[str]

    @property
    def clear(self) -> bool:
        """Tell whether nothing stands in the way."""
        return not any(vars(self).values())


_STANDING = Statement("""
SELECT coalesce(sum(committed), 0)::int AS committed, coalesce(sum(reserved), 0)::int AS reserved,
    coalesce(sum(incoming), 0)::int AS incoming,
    ARRAY(SELECT number FROM transfer
          WHERE (source_id = :location_id OR destination_id = :location_id)
            AND status NOT IN ('received', 'cancelled') ORDER BY id LIMIT 100) AS transfers,
    ARRAY(SELECT number FROM purchase_order
          WHERE location_id = :location_id
            AND status IN ('ordered', 'partially_received') ORDER BY id LIMIT 100)
        AS purchase_orders
FROM stock_level WHERE location_id = :location_id
""")


async def close(
    session: AsyncSession, *, location_id: UUID, reroute: bool, version: int | None = None
) -> tuple[Location, Standing]:
    """Let a location take no new work; closing it again changes nothing.

    With `reroute` it closes whatever stands there, and work that has not begun goes elsewhere;
    what is begun, held or on its way is returned and stays to be finished. Raises UnknownLocation,
    LocationChanged, LocationInUse.
    """
    location = await queries.lock_location(
        session, location_id=location_id, version=version, alone=True
    )
    found = await standing(session, location_id=location_id)
    if location.active:
        if not (reroute or found.clear):
            raise LocationInUse(**vars(found))
        deactivate(session, location)
        await session.flush()
    return location, found


async def demand_clear(session: AsyncSession, *, location_id: UUID) -> None:
    """Refuse while something stands in the way. Raises LocationInUse."""
    found = await standing(session, location_id=location_id)
    if not found.clear:
        raise LocationInUse(**vars(found))


def deactivate(session: AsyncSession, location: Location) -> None:
    """Close a location that is held, and tell of it: others see to what is left there."""
    location.active = False
    told = LocationDeactivated(location_id=location.id, code=location.code)
    events.record(session, told, about=location.id)


async def standing(session: AsyncSession, *, location_id: UUID) -> Standing:
    """Return what stands in the way of closing a location."""
    [row] = await _STANDING.rows(session, location_id=location_id)
    return Standing(**row)
