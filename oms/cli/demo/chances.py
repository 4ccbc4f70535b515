"""Chance without a dice: what the demonstration assumes is drawn from a hash of names.

The same names give the same draw on every machine, in every run and in any order of calls.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def draw(upper: int, *names: str | int) -> int:
    """Return a whole number in [0, upper)."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % upper


def between(least: int, most: int, *names: str | int) -> int:
    """Return a whole number in [least, most]."""
    return least + draw(most - least + 1, *names)


def happens(per_mille: int, *names: str | int) -> bool:
    """Return whether something happens that happens `per_mille` times in a thousand."""
    return draw(1000, *names) < per_mille


def pick(options: Sequence[tuple[T, int]], *names: str | int) -> T:
    """Return one of the options, each as likely as its weight."""
    ticket = draw(sum(weight for _, weight in options), *names)
    for option, weight in options:
        if ticket < weight:
            return option
        ticket -= weight
    raise AssertionError("the ticket is below the sum of the weights")
