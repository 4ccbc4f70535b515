"""What each step of a transfer does to the stock of its two ends, and the words it is told in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from inventory.models import Reason
from inventory.movements import Change
from inventory.transfers.events import Moved
from inventory.transfers.models import Transfer, TransferLine
from oms.kernel.errors import Conflict


class Excess(TypedDict):
    """A SKU of which more was named than there can be."""

    sku: str
    named: int
    possible: int


class MoreThanThere(Conflict):
    """More units were named than the transfer has at this step."""

    number: str
    lines: list[Excess]

    @property
    def detail(self) -> str:
        """Say which lines name too much."""
        told = [f"{one['sku']}: {one['named']} of {one['possible']}" for one in self.lines[:5]]
        return f"{self.title} ({', '.join(told)})"


def reference(found: Transfer) -> str:
    """Name the transfer in the ledger."""
    return f"transfer:{found.id}"


def fit(found: Transfer, named: Mapping[str, int], possible: Mapping[str, int]) -> None:
    """Demand that no SKU is named with more units than are possible. Raises MoreThanThere."""
    excess = [
        Excess(sku=sku, named=quantity, possible=possible.get(sku, 0))
        for sku, quantity in sorted(named.items())
        if sku not in possible or quantity > possible[sku]
    ]
    if excess:
        raise MoreThanThere(found.number, excess)


def summed(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    """Sum units per SKU."""
    sums: Counter[str] = Counter()
    for sku, quantity in pairs:
        sums[sku] += quantity
    return sums


def moved(units: Mapping[str, int]) -> list[Moved]:
    """Tell the units of a fact, by SKU."""
    return [
        Moved(sku=sku, quantity=quantity) for sku, quantity in sorted(units.items()) if quantity
    ]


def facts(found: Transfer) -> dict[str, Any]:
    """Return what every fact about a transfer says."""
    return {
        "transfer_id": found.id,
        "number": found.number,
        "source_id": found.source_id,
        "destination_id": found.destination_id,
    }


def held(found: Transfer, units: Mapping[str, int], reason: Reason) -> list[Change]:
    """Hold units at the source for a transfer or, when negative, give them back."""
    return _changes(found, found.source_id, reason, "reserved", units=units)


def shipped(found: Transfer, lines: Sequence[TransferLine]) -> list[Change]:
    """Let units leave the source; the destination expects them."""
    units = {line.sku: line.picked for line in lines if line.picked}
    left = [
        Change(
            sku, found.source_id, Reason.MOVEMENT_SHIPPED, reference(found),
            on_hand=-quantity, reserved=-quantity,
        )
        for sku, quantity in units.items()
    ]  # fmt: skip
    return left + expected(found, found.destination_id, units, Reason.MOVEMENT_SHIPPED)


def expected(
    found: Transfer, location_id: UUID, units: Mapping[str, int], reason: Reason
) -> list[Change]:
    """Let a location expect units or, when negative, expect them no longer."""
    return _changes(found, location_id, reason, "incoming", units=units)


def _changes(
    found: Transfer, location_id: UUID, reason: Reason, bucket: str, *, units: Mapping[str, int]
) -> list[Change]:
    return [
        Change(sku, location_id, reason, reference(found), **{bucket: quantity})
        for sku, quantity in units.items()
        if quantity
    ]
