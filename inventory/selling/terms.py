"""The terms of a sellable number, each with who says so; pure, and they sum to it exactly."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from inventory.catalog import kits
from inventory.catalog.kits import Composition
from inventory.selling.rules import Method, Rule, Verdict


class TermName(StrEnum):
    """What adds to a sellable number or takes from it: the closed list."""

    ON_HAND = "on_hand"
    COMMITTED = "committed"
    RESERVED = "reserved"
    SAFETY_STOCK = "safety_stock"
    DAMAGED = "damaged"
    QUALITY_CONTROL = "quality_control"
    SAFETY_STOCK_RULE = "safety_stock_rule"
    THRESHOLD_RULE = "threshold_rule"
    CHANNEL_BUFFER = "channel_buffer"
    NOT_BELOW_ZERO = "not_below_zero"
    LOCATION_INACTIVE = "location_inactive"
    METHOD_NOT_OFFERED = "method_not_offered"
    DENIED_BY_RULE = "denied_by_rule"
    SCARCEST_PART = "scarcest_part"


TAKING = (
    TermName.COMMITTED, TermName.RESERVED, TermName.SAFETY_STOCK, TermName.DAMAGED,
    TermName.QUALITY_CONTROL,
)  # fmt: skip
"""The buckets that stand on the shelf and are not for sale."""


@dataclass(frozen=True)
class Term:
    """Units that are added (or, below zero, taken away), and which rule or part says so."""

    name: TermName
    units: int
    rule_id: UUID | None = None
    rule_name: str | None = None
    sku: str | None = None


@dataclass(frozen=True)
class Place:
    """What decides about a location as a whole."""

    id: UUID
    code: str
    active: bool
    ships: bool
    pickup: bool

    def offers(self, method: Method) -> bool:
        """Tell whether goods leave it this way."""
        return self.ships if method is Method.SHIPPING else self.pickup


def total(terms: Iterable[Term]) -> int:
    """Return the number that terms explain."""
    return sum(term.units for term in terms)


def of_level(
    level: Mapping[str, int], place: Place, verdict: Verdict, *, buffer: int, method: Method
) -> list[Term]:
    """Explain what one level has to sell; `level` has units by bucket."""
    told = [
        Term(TermName.ON_HAND, level["on_hand"]),
        *(Term(bucket, -level[bucket]) for bucket in TAKING),
        *_kept(verdict, level["safety_stock"]),
        Term(TermName.CHANNEL_BUFFER, -buffer),
    ]
    if (left := total(told)) < 0:
        told.append(Term(TermName.NOT_BELOW_ZERO, -left))
    elif (refusal := _refusal(place, verdict, method, left)) is not None:
        told.append(refusal)
    return [term for term in told if term.units or term.name is TermName.ON_HAND]


def of_kit(parts: Mapping[str, int], composition: Composition) -> Term:
    """Explain a kit by the part of which there are fewest kits; `parts` are the units of each."""
    scarcest = min(parts, key=lambda sku: (parts[sku] // composition[sku], sku))
    return Term(TermName.SCARCEST_PART, kits.available(composition, parts), sku=scarcest)


def _kept(verdict: Verdict, own_safety: int) -> Iterator[Term]:
    if verdict.safety_stock is not None:
        units = -verdict.safety(own_safety)
        yield _by_rule(TermName.SAFETY_STOCK_RULE, units, verdict.safety_stock)
    if verdict.threshold is not None:
        yield _by_rule(TermName.THRESHOLD_RULE, -verdict.kept, verdict.threshold)


def _refusal(place: Place, verdict: Verdict, method: Method, left: int) -> Term | None:
    """Say why the units that are left may not be sold from here, if so."""
    if not place.active:
        return Term(TermName.LOCATION_INACTIVE, -left)
    if not place.offers(method):
        return Term(TermName.METHOD_NOT_OFFERED, -left)
    if (rule := verdict.denial(method)) is not None:
        return _by_rule(TermName.DENIED_BY_RULE, -left, rule)
    return None


def _by_rule(name: TermName, units: int, rule: Rule) -> Term:
    return Term(name, units, rule.id, rule.name)
