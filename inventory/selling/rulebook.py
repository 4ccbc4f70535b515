"""Making and changing the rules of what may be sold."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.selling import queries
from inventory.selling.events import SellingRuleSet
from inventory.selling.models import COUNTING, SellingRule
from inventory.selling.views import RuleChangesIn, RuleIn
from oms.kernel import events
from oms.kernel.errors import Rejected


class DecidesOtherwise(Rejected):
    """A threshold or safety stock has units; shipping and pickup are allowed or not."""

    kind: str


async def add(session: AsyncSession, *, new: RuleIn) -> SellingRule:
    """Make a rule; it decides from the commit on. Raises UnknownGroup."""
    await queries.demand_groups(
        session, item_group=new.item_group, location_group=new.location_group
    )
    rule = SellingRule(**new.model_dump())
    session.add(rule)
    return await _told(session, rule)


async def change(
    session: AsyncSession, *, rule_id: UUID, changes: RuleChangesIn, version: int | None = None
) -> SellingRule:
    """Change what a rule decides, or end it. Raises UnknownRule, RuleChanged, DecidesOtherwise."""
    rule = await queries.lock_rule(session, rule_id=rule_id, version=version)
    rule.sqlmodel_update(changes.model_dump(exclude_none=True))
    _check(rule)
    return await _told(session, rule)


def _check(rule: SellingRule) -> None:
    counts = rule.kind in COUNTING
    if counts != (rule.units is not None) or counts == (rule.allowed is not None):
        raise DecidesOtherwise(rule.kind)


async def _told(session: AsyncSession, rule: SellingRule) -> SellingRule:
    await session.flush()
    told = SellingRuleSet(
        rule_id=rule.id,
        rule_name=rule.name,
        kind=rule.kind,
        priority=rule.priority,
        item_group=rule.item_group,
        location_group=rule.location_group,
        units=rule.units,
        allowed=rule.allowed,
        active=rule.active,
    )
    events.record(session, told, about=rule.id, channel_id=rule.channel_id)
    return rule
