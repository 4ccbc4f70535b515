"""Facts about what may be sold. Their subject is the channel, the rule or the limit."""

from datetime import datetime
from uuid import UUID

from inventory.selling.models import BacklogKind, RuleKind
from oms.kernel.events import Event


class ChannelBufferSet(Event, name="channel_buffer.set"):
    """A channel leaves so many units on every shelf from now on."""

    units: int


class SellingRuleSet(Event, name="selling_rule.set"):
    """A rule of what may be sold was made or changed; it decides while it is active."""

    rule_id: UUID
    rule_name: str
    kind: RuleKind
    priority: int
    item_group: str | None
    location_group: str | None
    units: int | None
    allowed: bool | None
    active: bool


class BacklogLimitSet(Event, name="backlog_limit.set"):
    """It was said how many units of an item may be sold ahead."""

    limit_id: UUID
    sku: str
    kind: BacklogKind
    units: int
    taken: int
    available_at: datetime | None
    open: bool
