"""Which rule decides for an item, a location and a channel; pure.

Of the active rules of a kind that fit, the one with the smallest priority number decides; at the
same number the one that names more (item group, location group, channel), then the older one. A
rule that allows therefore makes an exception from one behind it that denies, and the other way
round. Where no rule fits, nothing is kept back and everything is allowed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from inventory.selling.models import RuleKind

Groups = frozenset[str]
NONE: Groups = frozenset()


class Method(StrEnum):
    """How the goods reach the shopper."""

    SHIPPING = "shipping"
    PICKUP = "pickup"


@dataclass(frozen=True)
class Rule:
    """A rule as it decides; None stands for any."""

    id: UUID
    name: str
    kind: RuleKind
    priority: int
    item_group: str | None = None
    location_group: str | None = None
    channel_id: UUID | None = None
    units: int | None = None
    allowed: bool | None = None

    @property
    def place(self) -> tuple[int, int, UUID]:
        """Return where it stands among the rules of its kind; the first that fits decides."""
        named = (self.item_group, self.location_group, self.channel_id)
        return self.priority, -sum(one is not None for one in named), self.id

    def fits(self, channel_id: UUID, items: Groups, locations: Groups) -> bool:
        """Tell whether it speaks of a channel, an item of these groups, and such a location."""
        return (
            self.channel_id in (None, channel_id)
            and (self.item_group is None or self.item_group in items)
            and (self.location_group is None or self.location_group in locations)
        )


@dataclass(frozen=True)
class Verdict:
    """The rule of each kind that decides, where there is one."""

    threshold: Rule | None = None
    safety_stock: Rule | None = None
    shipping: Rule | None = None
    pickup: Rule | None = None

    @property
    def kept(self) -> int:
        """Return the units its threshold keeps on the shelf."""
        return 0 if self.threshold is None else self.threshold.units or 0

    def safety(self, own: int) -> int:
        """Return the safety stock beyond the level's own: the larger of the two counts."""
        return 0 if self.safety_stock is None else max((self.safety_stock.units or 0) - own, 0)

    def denial(self, method: Method) -> Rule | None:
        """Return the rule that forbids a method, if one does."""
        rule = self.shipping if method is Method.SHIPPING else self.pickup
        return rule if rule is not None and rule.allowed is False else None


ANYTHING = Verdict()
"""What is decided where there are no rules."""


def decide(rules: Iterable[Rule], *, channel_id: UUID, items: Groups, locations: Groups) -> Verdict:
    """Let the first rule of each kind that fits decide."""
    first: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda one: one.place):
        if rule.kind.value not in first and rule.fits(channel_id, items, locations):
            first[rule.kind.value] = rule
    return Verdict(**first)


@dataclass(frozen=True)
class Book:
    """The rules with the groups they speak of; decides once for all that is grouped alike."""

    rules: Sequence[Rule] = ()
    items: Mapping[str, Groups] = field(default_factory=dict)
    locations: Mapping[UUID, Groups] = field(default_factory=dict)
    _made: dict[tuple[UUID, Groups, Groups], Verdict] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether there is any rule."""
        return bool(self.rules)

    def verdict(self, *, channel_id: UUID, sku: str, location_id: UUID) -> Verdict:
        """Return what the rules say of one level for a channel."""
        items, locations = self.items.get(sku, NONE), self.locations.get(location_id, NONE)
        case = (channel_id, items, locations)
        if case not in self._made:
            self._made[case] = decide(
                self.rules, channel_id=channel_id, items=items, locations=locations
            )
        return self._made[case]
