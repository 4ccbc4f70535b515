"""What stood where at a past moment: what stands there now, less what the ledger says came after.

A change counts from the moment its level was written, under the lock of the level, and is seen once
it is committed. So a level is told as it really stood, and the answer for a moment is final as soon
as the transactions of that moment have ended, seconds later. It costs the lines since the moment of
the levels on the page: they are found through the index, and older months are not looked at.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Bundle
from sqlmodel import col

from inventory import queries
from inventory.models import StockLevel, StockMovement
from inventory.movements import BUCKETS
from inventory.standing import Standing
from oms.kernel import pages, partitions
from oms.kernel.errors import Rejected
from oms.kernel.inputs import InvalidInput, Moment
from oms.kernel.pages import Page

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class MomentAhead(Rejected):
    """Nobody knows yet what will stand where at this moment."""

    as_of: datetime


def moment(told: str, *, now: datetime) -> datetime:
    """Read a past moment by RFC 3339. Raises InvalidInput, MomentAhead."""
    try:
        found = _MOMENT.validate_python(told)
    except ValidationError as error:
        [one] = error.errors()
        why = {"pointer": "/as_of", "code": one["type"], "detail": one["msg"]}
        raise InvalidInput([why]) from None
    if found > now:
        raise MomentAhead(found)
    return found


async def levels(
    session: AsyncSession,
    *,
    as_of: datetime | None,
    sku: str | None,
    location_id: UUID | None,
    cursor: str | None,
    limit: int,
) -> Page[StockLevel] | Page[Standing]:
    """Return a page of levels as they stood at a moment, or as they stand now.

    A level that was not there yet stood at nothing.
    """
    if as_of is None:
        return await queries.levels(
            session, sku=sku, location_id=location_id, cursor=cursor, limit=limit
        )
    since = (
        select(*(func.coalesce(func.sum(_line(name)), 0).label(name) for name in BUCKETS))
        .where(
            col(StockMovement.sku) == col(StockLevel.sku),
            col(StockMovement.location_id) == col(StockLevel.location_id),
            col(StockMovement.id) >= partitions.first_id(as_of),
            col(StockMovement.recorded_at) > as_of,
        )
        .lateral("since")
    )
    keys = [col(StockLevel.sku), col(StockLevel.location_id)]
    stood = [(_counter(name) - since.c[name]).label(name) for name in BUCKETS]
    query: Select[Any] = (
        select(Bundle("level", *keys, *stood)).select_from(StockLevel).join(since, true())
    )
    if sku is not None:
        query = query.where(col(StockLevel.sku) == sku)
    if location_id is not None:
        query = query.where(col(StockLevel.location_id) == location_id)
    page = await pages.page_by(session, query, keys, cursor=cursor, limit=limit)
    return Page([Standing(*row) for row in page.rows], page.next_cursor)


def _line(bucket: str) -> Any:  # noqa: ANN401 -- SQLModel's col() is not generic
    return col(getattr(StockMovement, bucket))


def _counter(bucket: str) -> Any:  # noqa: ANN401 -- as above
    return col(getattr(StockLevel, bucket))
