"""How much may be sold ahead of an item: backorders and preorders, with their limits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inventory.selling.models import BacklogKind


@dataclass(frozen=True)
class Limit:
    """What is left of one limit, nothing when it is closed; without a channel it binds all."""

    sku: str
    channel_id: UUID | None
    kind: BacklogKind
    left: int
    available_at: datetime | None


@dataclass(frozen=True)
class Ahead:
    """How many units a channel may sell beyond what is there, and when they are expected."""

    units: int
    kind: BacklogKind
    available_at: datetime | None


@dataclass(frozen=True)
class Owed:
    """Units owed to one claimant (an order line) that are not there yet."""

    claimant_id: UUID
    sku: str
    channel_id: UUID
    quantity: int


def ahead(limits: Iterable[Limit], *, channel_id: UUID, now: datetime) -> dict[str, Ahead]:
    """Say what a channel may sell ahead: every limit that binds it must allow a unit.

    A preorder ends when its goods should be there; from then on they are sold as they come.
    """
    found: dict[str, list[Limit]] = {}
    for limit in limits:
        if limit.channel_id in (None, channel_id):
            found.setdefault(limit.sku, []).append(limit)
    return {sku: _least(binding, now) for sku, binding in found.items()}


def _least(binding: list[Limit], now: datetime) -> Ahead:
    dates = [limit.available_at for limit in binding if limit.available_at is not None]
    preorder = any(limit.kind is BacklogKind.PREORDER for limit in binding)
    return Ahead(
        units=min(limit.left if _sells(limit, now) else 0 for limit in binding),
        kind=BacklogKind.PREORDER if preorder else BacklogKind.BACKORDER,
        available_at=max(dates, default=None),
    )


def _sells(limit: Limit, now: datetime) -> bool:
    if limit.kind is BacklogKind.BACKORDER:
        return True
    return limit.available_at is not None and now < limit.available_at
