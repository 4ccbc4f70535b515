"""Many rows that correct stock across locations: all of them or none, or each on its own.

All levels are held before the first row is judged. Rows are judged in their order, each on what
those before it left, and what can be done is written with one statement, however many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import adjustments, movements, standing
from inventory.catalog import items
from inventory.commitments import Level
from inventory.events import Adjusted, StockAdjusted
from inventory.models import Reason
from inventory.movements import Change
from inventory.places import queries as places
from inventory.standing import Standing
from inventory.wishes import Wish
from oms.kernel import bulk, events
from oms.kernel.bulk import Mode, Problem, problem


class Outcome(StrEnum):
    """What became of a row; `unchanged` is one that was so already."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Corrected:
    """What became of one row, and how its level stands after it."""

    row: int
    outcome: Outcome
    sku: str | None = None
    location_id: UUID | None = None
    level: Standing | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """By how much the buckets of one level change."""

    sku: str
    location_id: UUID
    deltas: Mapping[str, int]


@dataclass(frozen=True)
class Paper:
    """Why stock is corrected, and on whose paper."""

    reason: Reason
    reference: str | None = None


async def correct(
    session: AsyncSession,
    *,
    wishes: Mapping[int, Wish],
    paper: Paper,
    unreadable: Mapping[int, list[Problem]] | None = None,
    mode: Mode = Mode.ALL_OR_NOTHING,
) -> list[Corrected]:
    """Do what rows wish, by their place; returns what became of each.

    With ALL_OR_NOTHING it raises InvalidInput naming every problem of every row, and nothing is
    written; with ROW_BY_ROW it does what can be done. Raises ReasonNotByHand.
    """
    adjustments.demand_by_hand(paper.reason)
    strange = await _strange(session, wishes)
    sound = {place: wish for place, wish in wishes.items() if place not in strange}
    held = await standing.hold(session, levels=map(_level, sound.values()))
    rows, lines = _judged(sound, held)
    rows += [_refused(place, found) for place, found in (unreadable or {}).items()]
    rows += [_refused(place, found, wishes[place]) for place, found in strange.items()]
    if mode is Mode.ALL_OR_NOTHING and any(one.problems for one in rows):
        raise bulk.refusal({one.row: one.problems for one in rows if one.problems})
    await _write(session, lines, paper)
    await standing.close(session, levels=held.keys() - {_level(line) for line in lines})
    placed = [replace(one, problems=bulk.placed(one.row, one.problems)) for one in rows]
    return sorted(placed, key=lambda one: one.row)


async def _strange(session: AsyncSession, wishes: Mapping[int, Wish]) -> dict[int, list[Problem]]:
    """Return the rows about what is not known, takes no stock, or is out of the caller's reach."""
    skus = await items.stocked(session, skus=[wish.sku for wish in wishes.values()])
    near = await places.reachable(session, among=[wish.location_id for wish in wishes.values()])
    found: dict[int, list[Problem]] = {}
    for place, wish in wishes.items():
        problems = []
        if wish.sku not in skus:
            problems.append(problem("/sku", "unknown_sku", "there is no such item"))
        elif not skus[wish.sku]:
            told = "a kit is made of its parts, and an untracked item has no stock"
            problems.append(problem("/sku", "not_stocked", told))
        if wish.location_id not in near:
            problems.append(problem("/location_id", "unknown_location", "there is none like it"))
        if problems:
            found[place] = problems
    return found


def _judged(
    wishes: Mapping[int, Wish], held: Mapping[Level, Standing]
) -> tuple[list[Corrected], list[Line]]:
    """Judge row after row; returns what becomes of each and the lines of those that change."""
    now, rows, lines = dict(held), [], []
    for place, wish in sorted(wishes.items()):
        level = now[_level(wish)]
        if problems := wish.problems(level):
            rows.append(_refused(place, problems, wish, level))
            continue
        deltas = wish.deltas(level)
        now[_level(wish)] = after = level.changed(deltas)
        outcome = Outcome.CHANGED if deltas else Outcome.UNCHANGED
        rows.append(Corrected(place, outcome, wish.sku, wish.location_id, after))
        if deltas:
            lines.append(Line(wish.sku, wish.location_id, deltas))
    return rows, lines


async def _write(session: AsyncSession, lines: Sequence[Line], paper: Paper) -> None:
    """Write what changes, and tell of it by location."""
    changes = [
        Change(line.sku, line.location_id, paper.reason, paper.reference, **line.deltas)
        for line in lines
    ]
    if changes:
        await movements.apply(session, changes=changes)
    told: dict[UUID, list[Adjusted]] = {}
    for line in lines:
        told.setdefault(line.location_id, []).append(Adjusted(sku=line.sku, **line.deltas))
    for location_id, adjusted in told.items():
        fact = StockAdjusted(
            location_id=location_id,
            reason=paper.reason,
            reference=paper.reference,
            lines=adjusted,
        )
        events.record(session, fact, about=location_id)


def _level(one: Wish | Line) -> Level:
    return one.sku, one.location_id


def _refused(
    place: int,
    problems: list[Problem],
    wish: Wish | None = None,
    level: Standing | None = None,
) -> Corrected:
    sku, location_id = (wish.sku, wish.location_id) if wish else (None, None)
    return Corrected(place, Outcome.REFUSED, sku, location_id, level, problems)
