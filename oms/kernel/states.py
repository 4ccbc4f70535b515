"""State machines as data: who may go where, and by which verb."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from oms.kernel.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class IllegalMove(Conflict):
    """This is not possible in the present state."""

    resource: str
    verb: str
    state: str
    possible: list[str]


class Stateful(Protocol[S]):
    """A row that has a status."""

    status: S


class Machine(Generic[S]):
    """A table of moves (verb, from, to); refuses to exist if a state cannot be reached."""

    def __init__(self, name: str, *, start: S, moves: Iterable[tuple[str, set[S], S]]) -> None:
        """Check the table: every state reachable, every verb with one meaning per state."""
        self.name, self.start = name, start
        self.moves: dict[tuple[str, S], S] = {}
        for verb, sources, target in moves:
            for source in sources:
                if (verb, source) in self.moves:
                    message = f"{name}: '{verb}' from {source} is ambiguous"
                    raise ValueError(message)
                self.moves[verb, source] = target
        if lost := set(type(start)) - self._reachable():
            message = f"{name}: unreachable: {sorted(lost)}"
            raise ValueError(message)

    def _reachable(self) -> set[S]:
        reached, frontier = {self.start}, [self.start]
        while frontier:
            state = frontier.pop()
            targets = {target for (_, source), target in self.moves.items() if source == state}
            frontier.extend(targets - reached)
            reached |= targets
        return reached

    def possible(self, state: S) -> list[str]:
        """Return the verbs legal in `state`, in the order of the table."""
        return [verb for verb, source in self.moves if source == state]

    def allows(self, state: S, verb: str) -> bool:
        """Tell whether `verb` is legal in `state`."""
        return (verb, state) in self.moves

    def require(self, row: Stateful[S], verb: str) -> S:
        """Return where `verb` leads from here.

        Raises IllegalMove, naming what is possible instead.
        """
        target = self.moves.get((verb, row.status))
        if target is None:
            raise IllegalMove(self.name, verb, row.status.value, self.possible(row.status))
        return target

    def move(self, row: Stateful[S], verb: str) -> None:
        """Apply `verb` to a locked row: the only assignment to a status in the system.

        Raises IllegalMove, naming what is possible instead.
        """
        row.status = self.require(row, verb)

    def published(self) -> Mapping[str, object]:
        """Return the machine as data, for clients and for drawing."""
        return {
            "name": self.name,
            "start": self.start.value,
            "states": [state.value for state in type(self.start)],
            "moves": [
                {"verb": verb, "from": source.value, "to": target.value}
                for (verb, source), target in self.moves.items()
            ],
        }
