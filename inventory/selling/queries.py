"""Reading what is said about selling; the only place that locks it: an item, then its limits."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog.models import Item, ItemGroup, ItemGroupMember
from inventory.places.models import LocationGroup
from inventory.selling.limits import Owed
from inventory.selling.models import (
    BacklogClaim,
    BacklogLimit,
    ChannelBuffer,
    SellingRule,
)
from oms.kernel import pages
from oms.kernel.errors import NotFound, Rejected, Stale
from oms.kernel.pages import Page


class UnknownRule(NotFound):
    """There is no such rule."""

    rule_id: UUID


class RuleChanged(Stale):
    """The rule was changed since it was read."""

    rule_id: UUID
    current_version: int


class UnknownGroup(Rejected):
    """There is no such group of items or locations."""

    code_of_group: str


async def demand_groups(
    session: AsyncSession, *, item_group: str | None, location_group: str | None
) -> None:
    """Make sure that the groups which are named are there. Raises UnknownGroup."""
    if item_group is not None and await session.get(ItemGroup, item_group) is None:
        raise UnknownGroup(item_group)
    if location_group is not None:
        named = select(col(LocationGroup.id)).where(col(LocationGroup.code) == location_group)
        if await session.scalar(named) is None:
            raise UnknownGroup(location_group)


async def buffer(session: AsyncSession, *, channel_id: UUID) -> int:
    """Return how many units a channel leaves on every shelf."""
    query = select(col(ChannelBuffer.units)).where(col(ChannelBuffer.channel_id) == channel_id)
    return await session.scalar(query) or 0


async def rule(
    session: AsyncSession, *, rule_id: UUID, channel_id: UUID | None = None
) -> SellingRule:
    """Return a rule; with `channel_id` only one that binds this channel. Raises UnknownRule."""
    found = await session.get(SellingRule, rule_id)
    if found is None or (channel_id and found.channel_id not in (None, channel_id)):
        raise UnknownRule(rule_id)
    return found


async def lock_rule(
    session: AsyncSession, *, rule_id: UUID, version: int | None = None
) -> SellingRule:
    """Return a rule to change. Raises UnknownRule, RuleChanged."""
    found = await session.scalar(
        select(SellingRule)
        .where(col(SellingRule.id) == rule_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownRule(rule_id)
    if version not in (None, found.version):
        raise RuleChanged(rule_id, found.version)
    return found


async def rules(
    session: AsyncSession, *, channel_id: UUID | None, cursor: str | None, limit: int
) -> Page[SellingRule]:
    """Return a page of rules, newest first; with `channel_id` those that bind this channel."""
    query = select(SellingRule)
    if channel_id is not None:
        of = col(SellingRule.channel_id)
        query = query.where(or_(of.is_(None), of == channel_id))
    return await pages.page(session, query, col(SellingRule.id), cursor=cursor, limit=limit)


async def active_rules(session: AsyncSession) -> Sequence[SellingRule]:
    """Return the rules that decide now."""
    return (await session.scalars(select(SellingRule).where(col(SellingRule.active)))).all()


async def groups_of(session: AsyncSession, *, sku: str) -> frozenset[str]:
    """Return the groups an item is in."""
    query = select(col(ItemGroupMember.group_code)).where(col(ItemGroupMember.sku) == sku)
    return frozenset(await session.scalars(query))


async def lock_backlog(session: AsyncSession, *, skus: Iterable[str]) -> Sequence[BacklogLimit]:
    """Hold all that is owed of these items until the transaction ends; return their limits.

    The rows of the items are held in key order, so that a limit which is being made is waited for.
    """
    wanted = sorted(skus)
    await session.execute(
        select(col(Item.sku))
        .where(col(Item.sku).in_(wanted))
        .order_by(col(Item.sku))
        .with_for_update(key_share=True)
    )
    found = await session.scalars(
        select(BacklogLimit)
        .where(col(BacklogLimit.sku).in_(wanted))
        .order_by(col(BacklogLimit.sku), col(BacklogLimit.channel_id).nulls_first())
        .execution_options(populate_existing=True)
    )
    return found.all()


async def claims(session: AsyncSession, *, claimants: Sequence[UUID]) -> Counter[tuple[UUID, str]]:
    """Return how many units of which item are owed to each claimant."""
    rows = await session.execute(
        select(
            col(BacklogClaim.claimant_id), col(BacklogClaim.sku), col(BacklogClaim.quantity)
        ).where(col(BacklogClaim.claimant_id).in_(claimants))
    )
    return Counter({(claimant, sku): quantity for claimant, sku, quantity in rows})


async def owed(session: AsyncSession, *, claimants: Sequence[UUID]) -> list[Owed]:
    """Return what is owed to these claimants."""
    rows = await session.execute(
        select(
            col(BacklogClaim.claimant_id),
            col(BacklogClaim.sku),
            col(BacklogClaim.channel_id),
            col(BacklogClaim.quantity),
        ).where(col(BacklogClaim.claimant_id).in_(claimants))
    )
    return [Owed(*row) for row in rows]


async def claimed(session: AsyncSession, *, sku: str) -> Counter[UUID]:
    """Return how many units of an item each channel owes."""
    rows = await session.execute(
        select(col(BacklogClaim.channel_id), col(BacklogClaim.quantity)).where(
            col(BacklogClaim.sku) == sku
        )
    )
    owed: Counter[UUID] = Counter()
    for channel_id, quantity in rows:
        owed[channel_id] += quantity
    return owed


async def backlog_limits(
    session: AsyncSession,
    *,
    sku: str | None,
    channel_id: UUID | None,
    cursor: str | None,
    limit: int,
) -> Page[BacklogLimit]:
    """Return a page of limits, newest first; with `channel_id` those that bind this channel."""
    query = select(BacklogLimit)
    if sku is not None:
        query = query.where(col(BacklogLimit.sku) == sku)
    if channel_id is not None:
        of = col(BacklogLimit.channel_id)
        query = query.where(or_(of.is_(None), of == channel_id))
    return await pages.page(session, query, col(BacklogLimit.id), cursor=cursor, limit=limit)
