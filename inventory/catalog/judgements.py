"""Whether wishes can be fulfilled: every problem of every row, found without the database.

The rules are judged on what was read; the database holds them too, so that a wish that was judged
on what is not true any more is refused there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.catalog import cards
from inventory.catalog.cards import Card, Identifier, Wish
from oms.kernel.bulk import Problem, problem

TRACED = ("lot_tracked", "expiry_tracked", "serial_tracked")

Key = tuple[str, str, str]
"""Kind, sought value and supplier of an identifier."""


@dataclass(frozen=True)
class Part:
    """What must be known of an item to put it into a kit."""

    kit: bool
    tracked: bool


@dataclass(frozen=True)
class Scene:
    """What is there already: the items that are wished for, and what the wishes touch."""

    cards: Mapping[str, Card] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)
    owners: Mapping[Key, str] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()


@dataclass
class Judgement:
    """The cards as they will be, and what is wrong, by the place of the row."""

    wished: dict[int, Card] = field(default_factory=dict)
    problems: dict[int, list[Problem]] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """A row that can only be done when the row of another item is done too."""

    place: int
    sku: str
    otherwise: Problem


def judge(wishes: Mapping[int, Wish], scene: Scene) -> Judgement:
    """Judge every row. A row whose need is refused is refused itself."""
    found = Judgement()
    for place, wish in wishes.items():
        found.wished[place] = cards.fulfil(scene.cards.get(wish.sku, Card(wish.sku)), wish)
    court = _Court(scene, wishes, found.wished)
    needs: list[Need] = []
    for place in wishes:
        if problems := list(court.problems(place)):
            found.problems[place] = problems
        needs += court.needs(place)
    _spread(found, needs)
    for place in found.problems:
        found.wished.pop(place, None)
    return found


def _spread(found: Judgement, needs: list[Need]) -> None:
    """Refuse what needs a refused row, and what needs that in turn."""
    waiting: dict[str, list[Need]] = {}
    for need in needs:
        waiting.setdefault(need.sku, []).append(need)
    refused = [found.wished[place].sku for place in found.problems]
    while refused:
        for need in waiting.pop(refused.pop(), []):
            if need.place not in found.problems:
                refused.append(found.wished[need.place].sku)
            found.problems.setdefault(need.place, []).append(need.otherwise)


class _Court:
    """What is known while rows are judged: each item once, and who will own which identifier."""

    def __init__(
        self, scene: Scene, wishes: Mapping[int, Wish], wished: Mapping[int, Card]
    ) -> None:
        self.scene, self.wishes, self.wished = scene, wishes, wished
        self.first: dict[str, int] = {}
        for place, card in wished.items():
            self.first.setdefault(card.sku, place)
        self.takers: dict[Key, str] = {}
        for keeping in (True, False):  # who has it already comes before who wants it
            for sku, place in self.first.items():
                for one in wished[place].identifiers:
                    if (scene.owners.get(one.key) == sku) is keeping:
                        self.takers.setdefault(one.key, sku)

    def problems(self, place: int) -> Iterator[Problem]:
        """Yield what is wrong with a row by itself."""
        after, given = self.wished[place], self.wishes[place].given
        before = self.scene.cards.get(after.sku, Card(after.sku))
        if self.first[after.sku] != place:
            yield problem("/sku", "named_twice", f"row {self.first[after.sku]} names it as well")
        if not after.name:
            yield problem("/name", "missing", "an item that is added needs a name")
        yield from _tracing(before, after)
        yield from _composition(before, after)
        yield from self._components(after, [one.sku for one in given.get("components") or []])
        yield from _packs(before, given)
        yield from self._identifiers(place, given)
        for position, code in enumerate(given.get("groups") or []):
            if code not in self.scene.groups:
                yield problem(f"/groups/{position}", "unknown_group", "there is no such group")

    def needs(self, place: int) -> Iterator[Need]:
        """Yield what a row needs of others: parts they add, identifiers they give up."""
        after = self.wished[place]
        for sku in after.components:
            if sku not in self.scene.parts and sku in self.first:
                refused = problem("/components", "unknown_sku", f"{sku} is refused itself")
                yield Need(place, sku, refused)
        for one in after.identifiers:
            owner = self.scene.owners.get(one.key, after.sku)
            if owner != after.sku and owner in self.first:
                refused = problem(
                    "/identifiers", "identifier_taken", f"{one.value} stays {owner}'s"
                )
                yield Need(place, owner, refused)

    def _components(self, after: Card, given: list[str]) -> Iterator[Problem]:
        known = {sku: self._part(sku) for sku in given}
        for position, sku in enumerate(given):
            where, part = f"/components/{position}/sku", known[sku]
            if part is None:
                yield problem(where, "unknown_sku", "there is no such item")
            elif part.kit or sku == after.sku:
                yield problem(where, "kit_in_kit", "a kit is made of items that are no kits")
        if given and not any(part is None or part.tracked for part in known.values()):
            yield problem("/components", "nothing_tracked", "one component at least is tracked")

    def _part(self, sku: str) -> Part | None:
        if sku in self.scene.parts or sku not in self.first:
            return self.scene.parts.get(sku)
        card = self.wished[self.first[sku]]
        return Part(card.kit, card.tracked)

    def _identifiers(self, place: int, given: Mapping[str, Any]) -> Iterator[Problem]:
        after = self.wished[place]
        usable = {pack.code for pack in after.packs if pack.active}
        for position, one in enumerate(_stated(after, given)):
            where = f"/identifiers/{position}" if "identifiers" in given else "/packs"
            if one.pack is not None and one.pack not in usable:
                yield problem(where, "unknown_pack", f"{one.value} is of a pack {one.pack}")
            if owner := self._owner(after.sku, one):
                yield problem(where, "identifier_taken", f"{one.value} is {owner}'s")

    def _owner(self, sku: str, one: Identifier) -> str | None:
        """Return the other item that keeps an identifier, or is given it before this one."""
        taker = self.takers.get(one.key, sku)
        owner = self.scene.owners.get(one.key, sku)
        if taker != sku:
            return taker
        return owner if owner not in {sku, *self.first} else None


def _stated(after: Card, given: Mapping[str, Any]) -> list[Identifier]:
    """Return the identifiers in the order they were given in, or those that stay."""
    if "identifiers" not in given:
        return after.identifiers
    return [cards.identifier(one) for one in given["identifiers"]]


def _tracing(before: Card, after: Card) -> Iterator[Problem]:
    if not before.new and before.tracked and not after.tracked:
        yield problem("/tracked", "tracked_for_good", "what was tracked stays tracked")
    traced = [name for name in TRACED if getattr(after, name)]
    if traced and not after.tracked:
        yield problem(f"/{traced[0]}", "not_tracked", "an item that is not tracked has no stock")
    if traced and after.kit:
        yield problem(f"/{traced[0]}", "kit_has_no_stock", "a kit is traced by its components")


def _composition(before: Card, after: Card) -> Iterator[Problem]:
    if after.kit and not after.tracked:
        yield problem("/tracked", "kit_is_tracked", "a kit is there when its components are")
    if after.kit and not after.components:
        yield problem("/components", "kit_of_nothing", "a kit has components")
    if not before.new and not before.kit and after.components:
        yield problem("/components", "not_a_kit", "an item that was added without stays without")


def _packs(before: Card, given: Mapping[str, Any]) -> Iterator[Problem]:
    used = {pack.code: pack.units for pack in before.packs if pack.used}
    for position, one in enumerate(given.get("packs") or []):
        if used.get(one.code, one.units) != one.units:
            means = f"a document has used it as {used[one.code]} units; give it another code"
            yield problem(f"/packs/{position}/units", "pack_in_use", means)
