"""What the entries of a count amount to: by how much the books are wrong, line by line; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from inventory.counts.models import CountEntry, CountLine, StockCount
from inventory.counts.states import LineState


@dataclass(frozen=True)
class Judgement:
    """How a line stands: who counted it, and by how much the books differ now.

    `variance` is found less expected, as the last counter saw it; `delta` is what of it no
    correction since has booked. Both are None until enough people have counted the line.
    """

    line: CountLine
    entries: Sequence[CountEntry]
    state: LineState
    missing: int = 0
    variance: int | None = None
    delta: int | None = None

    @property
    def last(self) -> CountEntry:
        """Return the entry that was made last."""
        return self.entries[-1]


def judge(
    lines: Sequence[CountLine],
    entries: Sequence[CountEntry],
    corrected: Mapping[UUID, int],
    *,
    counters: int,
) -> list[Judgement]:
    """Judge every line by the latest entry of each counter in its round.

    Goods come and go between two entries, so what counters must agree on is not the number but
    the difference to the books, less what was corrected since.
    """
    valid: dict[UUID, dict[str, CountEntry]] = {}
    rounds = {line.id: line.round for line in lines}
    for entry in entries:
        if entry.round == rounds[entry.line_id]:
            latest = valid.setdefault(entry.line_id, {})
            latest.pop(who(entry), None)  # so that the last one stands last
            latest[who(entry)] = entry
    return [
        _judged(line, list(valid.get(line.id, {}).values()), corrected, counters) for line in lines
    ]


def who(entry: CountEntry) -> str:
    """Tell counters apart, also those of one name."""
    return f"{entry.counter}/{entry.counter_id}"


def within_limits(count: StockCount, judged: Iterable[Judgement]) -> bool:
    """Tell whether a count may be believed without a review: every limit that is set holds.

    Percents are of what was expected on the shelf; of nothing expected, nothing may be found.
    """
    if count.limit_units is None and count.limit_percent is None:
        return False
    return all(_within(count, one) for one in judged)


def _within(count: StockCount, one: Judgement) -> bool:
    if one.state is not LineState.AGREED or one.variance is None:
        return False
    off = abs(one.variance)
    units, percent = count.limit_units, count.limit_percent
    return (units is None or off <= units) and (
        percent is None or off * 100 <= percent * max(one.last.expected, 0)
    )


def _judged(
    line: CountLine, latest: list[CountEntry], corrected: Mapping[UUID, int], counters: int
) -> Judgement:
    if len(latest) < counters:
        return Judgement(line, latest, LineState.UNCOUNTED, missing=counters - len(latest))
    deltas = {entry.units - entry.expected - corrected.get(entry.id, 0) for entry in latest}
    if len(deltas) > 1:
        return Judgement(line, latest, LineState.DISPUTED)
    last = latest[-1]
    [delta] = deltas
    return Judgement(
        line, latest, LineState.AGREED, variance=last.units - last.expected, delta=delta
    )
