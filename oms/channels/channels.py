"""Opening and finding sales channels."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.channels.models import Channel, ChannelKind
from oms.kernel.errors import Conflict, NotFound, Rejected
from oms.kernel.statements import Statement


class ChannelExists(Conflict):
    """There is already a channel of this code."""

    channel_code: str


class UnknownChannel(NotFound):
    """There is no such channel."""

    channel_id: UUID


class ChannelMissing(Rejected):
    """Name the channel in `channel_id`; this credential is not bound to one."""


class WrongCurrency(Rejected):
    """The channel sells in another currency."""

    given: str
    sells_in: str


async def open_channel(
    session: AsyncSession, *, code: str, name: str, kind: ChannelKind, currency: str
) -> Channel:
    """Open a channel that sells in one currency. Raises ChannelExists."""
    if await session.scalar(select(col(Channel.id)).where(col(Channel.code) == code)):
        raise ChannelExists(code)
    channel = Channel(code=code, name=name, kind=kind, currency=currency)
    session.add(channel)
    await session.flush()
    return channel


async def find(session: AsyncSession, *, channel_id: UUID) -> Channel:
    """Return a channel. Raises UnknownChannel."""
    channel = await session.get(Channel, channel_id)
    if channel is None:
        raise UnknownChannel(channel_id)
    return channel


async def everyone(session: AsyncSession) -> Sequence[Channel]:
    """Return all channels by code; there are few."""
    return (await session.scalars(select(Channel).order_by(col(Channel.code)))).all()


_CURRENCY = Statement("SELECT currency FROM channel WHERE id = :channel_id")

_currencies: dict[UUID, str] = {}
"""What channels sell in, as far as this process has seen: it never changes."""


async def selling(
    session: AsyncSession, *, bound: UUID | None, asked: UUID | None, currency: str
) -> UUID:
    """Return the channel an order comes from: the key's own, or the one that is named.

    Raises ChannelMissing, UnknownChannel (also for another channel than the key's) and
    WrongCurrency.
    """
    channel_id = _chosen(bound=bound, asked=asked)
    sells_in = _currencies.get(channel_id) or await _currency(session, channel_id)
    if sells_in != currency:
        raise WrongCurrency(currency, sells_in)
    return channel_id


async def _currency(session: AsyncSession, channel_id: UUID) -> str:
    for row in await _CURRENCY.rows(session, channel_id=channel_id):
        return _currencies.setdefault(channel_id, row["currency"])
    raise UnknownChannel(channel_id)


async def own(session: AsyncSession, *, bound: UUID | None, asked: UUID | None) -> UUID:
    """Return the channel a question is about: the key's own, or the one that is named.

    Raises ChannelMissing, and UnknownChannel also for another channel than the key's.
    """
    channel_id = _chosen(bound=bound, asked=asked)
    if bound is None:
        await find(session, channel_id=channel_id)
    return channel_id


def meant(*, bound: UUID | None, asked: UUID | None) -> UUID | None:
    """Return the channel that is meant: the key's own, the one that is named, or None for all.

    Raises UnknownChannel for another channel than the key's; whether it exists is not asked.
    """
    if bound is not None and asked not in (None, bound):
        raise UnknownChannel(asked)
    return bound or asked


def _chosen(*, bound: UUID | None, asked: UUID | None) -> UUID:
    channel_id = meant(bound=bound, asked=asked)
    if channel_id is None:
        raise ChannelMissing
    return channel_id
