"""Laying what came on the lines that wait for it: pure, no unit lost and none made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Came:
    """Units of one SKU that came: good, damaged, or to be looked at."""

    accepted: int = 0
    damaged: int = 0
    quality_control: int = 0

    @property
    def units(self) -> int:
        """Return how many came in all."""
        return self.accepted + self.damaged + self.quality_control

    def plus(self, other: "Came") -> "Came":
        """Return both together."""
        return Came(
            self.accepted + other.accepted,
            self.damaged + other.damaged,
            self.quality_control + other.quality_control,
        )

    def split(self, units: int) -> tuple["Came", "Came"]:
        """Return the first so many units, good ones first, and the rest."""
        accepted = min(self.accepted, units)
        damaged = min(self.damaged, units - accepted)
        looked_at = min(self.quality_control, units - accepted - damaged)
        first = Came(accepted, damaged, looked_at)
        return first, replace(
            self,
            accepted=self.accepted - accepted,
            damaged=self.damaged - damaged,
            quality_control=self.quality_control - looked_at,
        )


@dataclass(frozen=True)
class Awaited:
    """A line of the paper: how many units of it are due, and by when."""

    line_id: UUID
    sku: str
    due: int
    ordered: int
    received: int
    expected_at: datetime | None = None


@dataclass(frozen=True)
class Landing:
    """Units that belong to one line; `over` of them were not due."""

    line_id: UUID
    sku: str
    came: Came
    over: int = 0


def land(awaited: Sequence[Awaited], came: Mapping[str, Came]) -> list[Landing]:
    """Fill the lines of each SKU, what is due first at first; the last one carries what is over.

    SKUs that are on no line are left out.
    """
    landings: list[Landing] = []
    for sku, units in came.items():
        lines = sorted((one for one in awaited if one.sku == sku), key=_turn)
        rest = units
        for place, line in enumerate(lines, start=1):
            part, rest = rest.split(rest.units if place == len(lines) else line.due)
            if part.units:
                over = max(part.units - line.due, 0)
                landings.append(Landing(line.line_id, sku, part, over))
    return landings


def limits(awaited: Sequence[Awaited], *, tolerance_percent: int) -> dict[str, int]:
    """Return how many more units of each SKU may come: the tolerance is of what was ordered."""
    ordered: dict[str, int] = {}
    received: dict[str, int] = {}
    for line in awaited:
        ordered[line.sku] = ordered.get(line.sku, 0) + line.ordered
        received[line.sku] = received.get(line.sku, 0) + line.received
    return {
        sku: max(units * (100 + tolerance_percent) // 100 - received[sku], 0)
        for sku, units in ordered.items()
    }


def _turn(line: Awaited) -> tuple[bool, datetime, UUID]:
    return (line.due > 0, line.expected_at or LAST, line.line_id)
