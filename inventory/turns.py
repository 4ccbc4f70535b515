"""Turns of a level: it became low, sold out, or can be sold again.

A level is out while nothing of it is available, and low while no more is available than its safety
stock, which `available` already leaves out. Each turn is one event, judged under the lock of the
level, so that of two buyers of the last units only the one who took the last tells it. Enough stock
after low tells nothing, and neither does a level that is new.

This is what stands on the shelf. What a channel may sell of it (buffers, rules, limits) is not in
here: a channel can have nothing to sell of a level that is neither low nor out. The facts belong to
no channel, so webhook endpoints of all channels hear them, and none that is of one channel.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.events import StockBack, StockLow, StockOut
from oms.kernel import events

_FACTS = {"low": StockLow, "out": StockOut, "back": StockBack}


def subject(*, location_id: UUID, sku: str) -> UUID:
    """Return the subject of a level's turns: who counts them holds the level's lock already."""
    return uuid5(location_id, sku)


def tell(session: AsyncSession, turned: Iterable[Mapping[str, Any]]) -> None:
    """Record the turns of levels, each a row of `turn` with what is there now."""
    for row in turned:
        location_id, sku = row["location_id"], row["sku"]
        fact = _FACTS[row["turn"]](
            location_id=location_id,
            sku=sku,
            available=row["now_available"],
            safety_stock=row["now_safety_stock"],
        )
        events.record(session, fact, about=subject(location_id=location_id, sku=sku))
