"""Writing items, one or a thousand with the same few statements.

Rows are judged on what is read under the lock of the known items, and written in key order, so
that two requests with the same items in another order do not wait crosswise. What the database
refuses all the same was changed by others since it was read: then the caller begins anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.catalog import cards, filing, judgements, queries
from inventory.catalog.cards import Card, Wish
from inventory.catalog.events import ItemAdded, ItemChanged
from inventory.catalog.vocabulary import Outcome
from oms.kernel import bulk, db, events
from oms.kernel.bulk import Mode, Problem
from oms.kernel.db import Busy
from oms.kernel.inputs import InvalidInput

MEANWHILE = {"23001", "23503", "23505"}
"""SQLSTATEs of rules that were judged beforehand: what they are about has changed meanwhile."""


@dataclass(frozen=True)
class Written:
    """What became of one row: the version of its item now, or the problems that it has."""

    row: int
    outcome: Outcome
    sku: str | None = None
    version: int | None = None
    problems: list[Problem] = field(default_factory=list)


async def upsert(
    session: AsyncSession,
    *,
    wishes: Mapping[int, Wish],
    unreadable: Mapping[int, list[Problem]] | None = None,
    mode: Mode = Mode.ALL_OR_NOTHING,
) -> list[Written]:
    """Add and change items as they are wished for, by the place of the row.

    Rows that say nothing new change nothing, so the same request may come twice. With
    ALL_OR_NOTHING it raises InvalidInput naming every problem of every row, and nothing is
    written; with ROW_BY_ROW it writes what can be written. Raises Busy when others were faster.
    """
    known, judged = await _judged(session, wishes)
    problems = {**(unreadable or {}), **judged.problems}
    if problems and mode is Mode.ALL_OR_NOTHING:
        raise bulk.refusal(problems)
    await write(session, known=known, wished=list(judged.wished.values()))
    refused = [
        Written(
            place,
            Outcome.REFUSED,
            wishes[place].sku if place in wishes else None,
            problems=bulk.placed(place, found),
        )
        for place, found in problems.items()
    ]
    done = [_written(place, known, card) for place, card in judged.wished.items()]
    return sorted([*done, *refused], key=lambda one: one.row)


async def judge(session: AsyncSession, *, wish: Wish) -> tuple[Card | None, Card]:
    """Return an item as it is, if it is, and as it is wished for. Raises InvalidInput."""
    known, judged = await _judged(session, {0: wish})
    if judged.problems:
        raise InvalidInput(judged.problems[0])
    return known.get(wish.sku), judged.wished[0]


async def write(
    session: AsyncSession, *, known: Mapping[str, Card], wished: Sequence[Card]
) -> None:
    """Write cards that differ from what is known, and tell of them. Raises Busy."""
    changed = [card for card in wished if card != known.get(card.sku)]
    if not changed:
        return
    try:
        await filing.store(session, known=known, changed=changed)
    except db.DATABASE_ERRORS as error:
        if (sqlstate := db.state_of(error)) in MEANWHILE:
            raise Busy(sqlstate) from error
        raise
    for card in changed:
        events.record(session, _told(known, card), about=card.id)


async def _judged(
    session: AsyncSession, wishes: Mapping[int, Wish]
) -> tuple[dict[str, Card], judgements.Judgement]:
    skus = sorted({wish.sku for wish in wishes.values()})
    await queries.lock_items(session, skus=skus)
    known = await queries.cards(session, skus=skus)
    scene = await queries.scene(session, wishes=list(wishes.values()), known=known)
    return known, judgements.judge(wishes, scene)


def _written(place: int, known: Mapping[str, Card], card: Card) -> Written:
    before = known.get(card.sku)
    if before is None:
        outcome = Outcome.ADDED
    else:
        outcome = Outcome.UNCHANGED if card == before else Outcome.CHANGED
    return Written(place, outcome, card.sku, card.version)


def _told(known: Mapping[str, Card], card: Card) -> ItemAdded | ItemChanged:
    before = known.get(card.sku)
    if before is None:
        return ItemAdded(sku=card.sku)
    return ItemChanged(sku=card.sku, version=card.version, fields=cards.differences(before, card))
