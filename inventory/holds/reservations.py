"""Stock that is reserved for carts: found, taken and given back in one step."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory import queries as stock
from inventory.catalog import kits
from inventory.catalog.items import UnknownSkus
from inventory.commitments import Level
from inventory.holds import allotments
from inventory.holds.allotments import Allotment, Point
from inventory.holds.models import Hold
from inventory.models import Reason
from inventory.movements import Change, OutOfStock
from inventory.selling import candidates
from oms.kernel import db
from oms.kernel.db import Busy
from oms.kernel.errors import Conflict


class CartShort(Conflict):
    """Not enough stock is available."""

    code = "out_of_stock"
    shortages: list[dict[str, str | int]]


async def keep(
    session: AsyncSession,
    found: Hold,
    *,
    wanted: Mapping[str, int],
    reason: Reason,
    own: Sequence[Allotment] = (),
    giving_back: Sequence[Change] = (),
) -> list[Allotment]:
    """Reserve what a cart wants, all of it or nothing; returns where.

    `own` is what it has: it never counts against it. It is given back by `giving_back`, or else
    as far as it is not wanted any more. Raises UnknownSkus, CartShort naming every shortage, and
    Busy when somebody was faster: then the work must begin anew.
    """
    if db.restarted(session):
        await _wait_in_line(session, wanted, own)
    sold = await candidates.of_channel(session, skus=sorted(wanted), channel_id=found.channel_id)
    if unknown := sorted(wanted.keys() - sold.items.keys()):
        raise UnknownSkus(unknown)
    choice = allotments.choose(sold, wanted=wanted, own=own, near=_point(found))
    if choice.missing:
        raise CartShort(
            [
                {"sku": sku, "wanted": wanted[sku], "available": wanted[sku] - short}
                for sku, short in choice.missing.items()
            ]
        )
    more = allotments.reserved(choice.allotments)
    if not giving_back:
        more.subtract(allotments.reserved(own))
    changes = _changes(more, reason, found, leaving=sold.leaving)
    try:
        await movements.apply(session, changes=[*giving_back, *changes])
    except OutOfStock:
        raise Busy("overtaken") from None
    return choice.allotments


def ending(found: Hold, own: Sequence[Allotment], *, reason: Reason) -> list[Change]:
    """Return the changes that give back all that is reserved for a hold."""
    units = allotments.reserved(own)
    return _changes({level: -one for level, one in units.items()}, reason, found)


def _changes(
    units: Mapping[Level, int],
    reason: Reason,
    found: Hold,
    *,
    leaving: Callable[[Level], int] = lambda _: 0,
) -> list[Change]:
    return [
        Change(*level, reason, f"hold:{found.id}", reserved=one, leaving=leaving(level))
        for level, one in units.items()
        if one
    ]


async def _wait_in_line(
    session: AsyncSession, wanted: Mapping[str, int], own: Sequence[Allotment]
) -> None:
    made_of = await kits.compositions(session, skus=sorted(wanted))
    held = chain.from_iterable(one.parts for one in own)
    skus = {*wanted, *chain(*made_of.values()), *held}
    await stock.hold_levels(session, skus=sorted(skus))


def _point(found: Hold) -> Point | None:
    if found.latitude is None or found.longitude is None:
        return None
    return found.latitude, found.longitude
