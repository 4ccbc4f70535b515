"""A shelf holds less than was promised of it: whose promises go, youngest first; pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from inventory.commitments import Parts
from inventory.standing import Standing


@dataclass(frozen=True)
class Loss:
    """What a level gives up when fewer units are there: promises first, then what cannot be sold.

    `impossible` units are missing even if nobody is promised any.
    """

    promises: int = 0
    damaged: int = 0
    quality_control: int = 0
    impossible: int = 0


def loss(level: Standing, delta: int) -> Loss:
    """Return what a level gives up when its units on hand change by so much.

    What is missing is taken to be good units as long as there are any.
    """
    left = level.on_hand + delta
    unsellable = max(level.damaged + level.quality_control - max(left, 0), 0)
    damaged = min(level.damaged, unsellable)
    good = max(left - level.damaged - level.quality_control, 0)
    return Loss(
        promises=max(level.committed + level.reserved - good, 0),
        damaged=damaged,
        quality_control=unsellable - damaged,
        impossible=max(-left, 0),
    )


@dataclass(frozen=True)
class Held:
    """What an order line is promised at one location: `holds` of which SKUs for one of its units.

    `waiting` units are in no work yet, `works` tells how many units of each work nobody picked.
    """

    order_id: UUID
    line_id: UUID
    sku: str
    holds: Parts
    parts: Parts | None = None
    waiting: int = 0
    works: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Freed:
    """Units of an order line that are promised no more, and the work they were in, if any."""

    held: Held
    quantity: int
    work_id: UUID | None = None


def free_transfers(
    short: Counter[str], held: Iterable[tuple[UUID, str, int]]
) -> dict[UUID, dict[str, int]]:
    """Take what is held for transfers (transfer, SKU, units); `short` is less by it."""
    let_go: dict[UUID, dict[str, int]] = {}
    for transfer_id, sku, units in held:
        if taken := min(short[sku], units):
            let_go.setdefault(transfer_id, {})[sku] = taken
            short[sku] -= taken
    return let_go


def free_orders(
    short: Counter[str], held: Sequence[Held], *, of: Collection[UUID] | None = None
) -> list[Freed]:
    """Take promises in their order, those `of` some orders; `short` is less by what they hold.

    A kit goes whole, and so all its parts are free.
    """
    freed: list[Freed] = []
    for one in held:
        if of is not None and one.order_id not in of:
            continue
        for work_id, units in [(None, one.waiting), *one.works.items()]:
            if quantity := min(_wanted(short, one.holds), units):
                freed.append(Freed(one, quantity, work_id))
                for sku, each in one.holds.items():
                    short[sku] -= min(short[sku], quantity * each)
    return freed


def _wanted(short: Mapping[str, int], holds: Parts) -> int:
    return max((-(-short.get(sku, 0) // each) for sku, each in holds.items() if each), default=0)
