"""A hold becomes an order's: its units are promised where they stand, what is left over is free.

Holds are locked before all else and judged at that moment. Several orders may be placed in one
go: the first one that wants a hold has it, the next one is refused.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.commitments import Parts
from inventory.holds import allotments, queries, reservations
from inventory.holds.allotments import Allotment
from inventory.holds.events import HoldConverted
from inventory.holds.models import Hold
from inventory.holds.queries import UnknownHold
from inventory.holds.states import HOLD
from inventory.models import Reason
from inventory.movements import Change
from inventory.selling.candidates import Site
from oms.kernel import events


@dataclass(frozen=True)
class Held:
    """A locked hold that can be converted, and what is reserved for it."""

    hold: Hold
    own: list[Allotment]

    def offers(
        self, *, parts: Mapping[str, Parts], places: Mapping[UUID, Site]
    ) -> dict[UUID, dict[str, int]]:
        """Tell what of each SKU, in units of the cart, can be taken at which location."""
        found: dict[UUID, dict[str, int]] = {}
        for one in allotments.usable(self.own, parts=parts, places=places):
            found.setdefault(one.location_id, {})[one.sku] = one.quantity
        return found

    @property
    def ending(self) -> list[Change]:
        """Return the changes that end all that is reserved."""
        return reservations.ending(self.hold, self.own, reason=Reason.RESERVATION_DELETED)


@dataclass(frozen=True)
class Holds:
    """The locked holds of orders that are placed together, as of one moment."""

    known: Mapping[UUID, Held] = field(default_factory=dict)
    now: datetime | None = None

    @property
    def skus(self) -> set[str]:
        """Return every SKU whose levels change when holds end."""
        return {sku for one in self.known.values() for kept in one.own for sku in kept.parts}

    def demand(self, hold_id: UUID) -> Held:
        """Return a hold that can be converted. Raises UnknownHold, HoldOver, IllegalMove."""
        held = self.known.get(hold_id)
        if held is None or self.now is None:
            raise UnknownHold(hold_id)
        queries.demand_time(held.hold, self.now)
        HOLD.require(held.hold, "convert")
        return held


async def lock(session: AsyncSession, *, hold_ids: Collection[UUID], channel_id: UUID) -> Holds:
    """Lock the holds that orders of a channel want, if any of them wants one."""
    if not hold_ids:
        return Holds()
    locked = await queries.lock_all(session, hold_ids=hold_ids, channel_id=channel_id)
    now = await queries.moment(session)
    own = await queries.allotments(session, hold_ids=locked)
    return Holds({hold_id: Held(one, own[hold_id]) for hold_id, one in locked.items()}, now)


def convert(
    session: AsyncSession, held: Held, *, order_id: UUID, wanted: Mapping[str, int]
) -> None:
    """Let a locked hold be an order's that wants so many units; whoever calls ends its units."""
    hold = held.hold
    HOLD.move(hold, "convert")
    hold.order_id = order_id
    told = HoldConverted(
        hold_id=hold.id,
        external_id=hold.external_id,
        order_id=order_id,
        freed=_left_over(held, wanted),
    )
    events.record(session, told, about=hold.id, channel_id=hold.channel_id)


def _left_over(held: Held, wanted: Mapping[str, int]) -> list[str]:
    units: Counter[str] = Counter()
    for one in held.own:
        units[one.sku] += one.quantity
    return allotments.skus(one for one in held.own if units[one.sku] > wanted.get(one.sku, 0))
