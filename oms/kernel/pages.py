"""Lists by opaque cursor: by the time-ordered id, either way, or upwards by a natural key."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from oms.kernel.errors import Malformed

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class Identified(Protocol):
    """A row with a time-ordered id."""

    id: UUID


R = TypeVar("R")
D = TypeVar("D", bound=Identified)


class InvalidCursor(Malformed):
    """The cursor is not one this list gave; start without it."""

    cursor: str


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows, and the cursor of the next page when there is more."""

    rows: Sequence[R]
    next_cursor: str | None


def encode(last: UUID) -> str:
    """Make the cursor that continues after a row."""
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def decode(cursor: str) -> UUID:
    """Read a cursor. Raises InvalidCursor."""
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor(cursor[:64]) from error


async def page(
    session: AsyncSession,
    query: Select[D],
    key: InstrumentedAttribute[UUID] | Any,  # noqa: ANN401 -- SQLModel's col() is not generic
    *,
    cursor: str | None,
    limit: int = DEFAULT_LIMIT,
    oldest_first: bool = False,
) -> Page[D]:
    """Fetch one page of a query, newest first unless told; reads one row more than it shows."""
    if cursor is not None:
        last = decode(cursor)
        query = query.where(key > last if oldest_first else key < last)
    order = key.asc() if oldest_first else key.desc()
    rows = (await session.scalars(query.order_by(order).limit(limit + 1))).all()
    more = len(rows) > limit
    return Page(rows[:limit], encode(rows[limit - 1].id) if more else None)


async def page_by(
    session: AsyncSession,
    query: Select[R],
    keys: Sequence[Any],
    *,
    cursor: str | None,
    limit: int = DEFAULT_LIMIT,
) -> Page[R]:
    """Fetch one page of a query in the order of a unique natural key, smallest first."""
    if cursor is not None:
        query = query.where(tuple_(*keys) > _decode_key(cursor, keys))
    rows = (await session.scalars(query.order_by(*keys).limit(limit + 1))).all()
    more = len(rows) > limit
    return Page(rows[:limit], _encode_key(rows[limit - 1], keys) if more else None)


def _encode_key(last: object, keys: Sequence[Any]) -> str:
    values = [getattr(last, key.key) for key in keys]
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _decode_key(cursor: str, keys: Sequence[Any]) -> tuple[Any, ...]:
    try:
        values = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=="), type=list[str])
        pairs = zip(values, keys, strict=True)
        return tuple(msgspec.convert(value, key.type.python_type) for value, key in pairs)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise InvalidCursor(cursor[:64]) from error
