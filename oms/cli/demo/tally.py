"""What happened in a replay, counted while it happens."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

MAX_SURPRISES = 50


@dataclass
class Tally:
    """Counters of one run; `surprises` are answers no user of the API should ever get."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    placing_seconds: list[float] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    surprise_count: int = 0

    def add(self, what: str, number: int = 1) -> None:
        """Count something."""
        self.counts[what] += number

    def blame(self, what: str, reason: str, number: int = 1) -> None:
        """Count something together with why it happened."""
        self.reasons[what][reason] += number

    def total(self, what: str) -> int:
        """Return how often something happened, whatever the reason."""
        return sum(self.reasons[what].values())

    def surprise(self, told: str) -> None:
        """Note what should not have happened; the run goes on and fails at its end."""
        self.surprise_count += 1
        if len(self.surprises) < MAX_SURPRISES:
            self.surprises.append(told)

    def placing_milliseconds(self, percent: int) -> int:
        """Return how long placing an order took at most for so many percent of the orders."""
        ranked = sorted(self.placing_seconds)
        if not ranked:
            return 0
        return round(1000 * ranked[min(len(ranked) - 1, len(ranked) * percent // 100)])
