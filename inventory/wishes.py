"""What a row wants of a level: to add to its buckets, to move units between them, to set one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from inventory.standing import Standing
from oms.kernel.bulk import Problem, problem


class Shelf(StrEnum):
    """The buckets between which people move units; the others follow orders, holds and supply."""

    AVAILABLE = "available"
    DAMAGED = "damaged"
    QUALITY_CONTROL = "quality_control"
    SAFETY_STOCK = "safety_stock"


class Settable(StrEnum):
    """What can be set to a value: all that stands there, what can be sold, what is kept back.

    To set `available` changes `on_hand` by as much.
    """

    ON_HAND = "on_hand"
    AVAILABLE = "available"
    SAFETY_STOCK = "safety_stock"


class Wish(Protocol):
    """What is wanted of one level."""

    @property
    def sku(self) -> str:
        """Return the SKU of the level."""

    @property
    def location_id(self) -> UUID:
        """Return the location of the level."""

    def problems(self, level: Standing) -> list[Problem]:
        """Return why it cannot be done, as the level stands."""

    def deltas(self, level: Standing) -> Mapping[str, int]:
        """Return by how much which bucket of the ledger changes."""


@dataclass(frozen=True)
class Adjustment:
    """Buckets that change by so much."""

    sku: str
    location_id: UUID
    by: Mapping[str, int] = field(default_factory=dict)

    def problems(self, level: Standing) -> list[Problem]:
        """Refuse what takes more than there is."""
        return _shortage(level, self.by, "")

    def deltas(self, _level: Standing) -> Mapping[str, int]:
        """Return the changes as they were asked for."""
        return {bucket: units for bucket, units in self.by.items() if units}


@dataclass(frozen=True)
class Move:
    """Units that go from one bucket to another; the location has as many as before."""

    sku: str
    location_id: UUID
    source: Shelf
    target: Shelf
    units: int

    def problems(self, level: Standing) -> list[Problem]:
        """Refuse to move units that the bucket does not hold."""
        held = max(getattr(level, self.source), 0)
        if self.units > held:
            told = f"{self.units} wanted, {held} in {self.source.value}"
            return [problem("/quantity", "out_of_stock", told)]
        return _shortage(level, self.deltas(level), "/quantity")

    def deltas(self, _level: Standing) -> Mapping[str, int]:
        """Return what changes; `available` is what is left, so the ledger has no line of it."""
        moved = {self.source: -self.units, self.target: self.units}
        return {shelf.value: units for shelf, units in moved.items() if shelf != Shelf.AVAILABLE}


@dataclass(frozen=True)
class Setting:
    """A bucket that shall hold a value, if it still holds what the caller believes it does.

    None believes nothing: then it is set whatever it holds.
    """

    sku: str
    location_id: UUID
    bucket: Settable
    value: int
    change_from: int | None

    def problems(self, level: Standing) -> list[Problem]:
        """Refuse to overwrite what the caller has not seen, and what takes more than there is."""
        held = getattr(level, self.bucket)
        if self.change_from not in (None, held):
            told = f"{self.bucket.value} is {held}, not {self.change_from}"
            return [problem("/change_from", "change_from_stale", told)]
        return _shortage(level, self.deltas(level), "/value")

    def deltas(self, level: Standing) -> Mapping[str, int]:
        """Return the difference to what is there; nothing when it is so already."""
        units = self.value - getattr(level, self.bucket)
        bucket = Settable.SAFETY_STOCK if self.bucket is Settable.SAFETY_STOCK else Settable.ON_HAND
        return {bucket.value: units} if units else {}


def _shortage(level: Standing, by: Mapping[str, int], pointer: str) -> list[Problem]:
    after = level.changed(by)
    if after.possible:
        return []
    for bucket, units in by.items():
        if getattr(after, bucket) < 0:
            told = f"{-units} wanted, {getattr(level, bucket)} in {bucket}"
            return [problem(pointer, "out_of_stock", told)]
    told = f"{level.promisable - after.promisable} wanted, {max(level.promisable, 0)} not promised"
    return [problem(pointer, "out_of_stock", told)]
