"""Reading transfers, and the only place that locks them.

A transfer is seen from both its ends. Whoever acts must reach the end where it happens; out of
their reach it is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.transfers.models import Transfer, TransferLine, TransferReceipt
from inventory.transfers.states import NOT_SHIPPED, TransferStatus
from oms.kernel import actors, pages
from oms.kernel.errors import NotFound, Stale
from oms.kernel.pages import Page


class UnknownTransfer(NotFound):
    """There is no such transfer."""

    transfer_id: UUID


class TransferChanged(Stale):
    """The transfer was changed since it was read."""

    number: str
    current_version: int


class End(Enum):
    """Where something happens to a transfer."""

    SOURCE = auto()
    DESTINATION = auto()
    EITHER = auto()


@dataclass(frozen=True)
class Filter:
    """Which transfers a list shows; None does not restrict. `location_id` is either end."""

    location_id: UUID | None = None
    source_id: UUID | None = None
    destination_id: UUID | None = None
    status: TransferStatus | None = None


async def get(session: AsyncSession, *, transfer_id: UUID) -> Transfer:
    """Read a transfer. Raises UnknownTransfer."""
    found = await session.scalar(
        select(Transfer).where(col(Transfer.id) == transfer_id, *_reach(End.EITHER))
    )
    if found is None:
        raise UnknownTransfer(transfer_id)
    return found


async def lock(
    session: AsyncSession, *, transfer_id: UUID, at: End, version: int | None = None
) -> Transfer:
    """Lock a transfer to change it from one of its ends. Raises UnknownTransfer, TransferChanged.

    Its row guards its lines and receipts: whoever changes those holds it.
    """
    await session.flush()
    found = await session.scalar(
        select(Transfer)
        .where(col(Transfer.id) == transfer_id, *_reach(at))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownTransfer(transfer_id)
    if version not in (None, found.version):
        raise TransferChanged(found.number, found.version)
    return found


async def lock_held(
    session: AsyncSession, *, location_id: UUID, skus: Sequence[str]
) -> list[tuple[Transfer, list[TransferLine]]]:
    """Lock every transfer for which a location holds units of these SKUs, in key order.

    The lines are those of the SKUs. For whoever finds that the units are not there.
    """
    await session.flush()
    held = (
        select(col(TransferLine.transfer_id))
        .where(col(TransferLine.sku).in_(skus), col(TransferLine.reserved) > 0)
        .scalar_subquery()
    )
    found = await session.scalars(
        select(Transfer)
        .where(
            col(Transfer.source_id) == location_id,
            col(Transfer.status).in_(NOT_SHIPPED),
            col(Transfer.id).in_(held),
        )
        .order_by(col(Transfer.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    transfers = found.all()
    rows = await lines(session, transfer_ids=[one.id for one in transfers])
    return [
        (one, [row for row in rows if row.transfer_id == one.id and row.sku in skus])
        for one in transfers
    ]


async def held_at(
    session: AsyncSession, *, location_id: UUID, skus: Sequence[str]
) -> list[tuple[UUID, str, int]]:
    """Return what a location holds on its shelves for transfers: transfer, SKU and units."""
    rows = await session.execute(
        select(col(Transfer.id), col(TransferLine.sku), col(TransferLine.reserved))
        .join(TransferLine, col(TransferLine.transfer_id) == col(Transfer.id))
        .where(
            col(Transfer.source_id) == location_id,
            col(Transfer.status) == TransferStatus.READY_TO_SHIP,
            col(TransferLine.sku).in_(skus),
            col(TransferLine.reserved) > 0,
        )
        .order_by(col(Transfer.id).desc())
    )
    return [(transfer_id, sku, units) for transfer_id, sku, units in rows]


async def picked_at(
    session: AsyncSession, *, location_id: UUID, skus: Sequence[str]
) -> list[tuple[str, str, int]]:
    """Return what was picked for transfers and stands on no shelf: number, SKU and units."""
    rows = await session.execute(
        select(col(Transfer.number), col(TransferLine.sku), col(TransferLine.picked))
        .join(TransferLine, col(TransferLine.transfer_id) == col(Transfer.id))
        .where(
            col(Transfer.source_id) == location_id,
            col(Transfer.status) == TransferStatus.PICKED,
            col(TransferLine.sku).in_(skus),
            col(TransferLine.reserved) > 0,
        )
        .order_by(col(Transfer.id))
    )
    return [(number, sku, picked) for number, sku, picked in rows]


def reaches(found: Transfer, at: End) -> bool:
    """Tell whether whoever acts may act at an end of a transfer."""
    bounds = actors.current().location_ids
    ends = {
        End.SOURCE: {found.source_id},
        End.DESTINATION: {found.destination_id},
        End.EITHER: {found.source_id, found.destination_id},
    }
    return bounds is None or bool(ends[at] & bounds)


def touch(found: Transfer) -> None:
    """Raise the version of a locked transfer whose lines or receipts changed."""
    flag_modified(found, "status")


async def lines(session: AsyncSession, *, transfer_ids: Sequence[UUID]) -> Sequence[TransferLine]:
    """Read the lines of some transfers, as they are now, by SKU."""
    await session.flush()
    found = await session.scalars(
        select(TransferLine)
        .where(col(TransferLine.transfer_id).in_(transfer_ids))
        .order_by(col(TransferLine.transfer_id), col(TransferLine.sku))
        .execution_options(populate_existing=True)
    )
    return found.all()


async def receipts(
    session: AsyncSession, *, transfer_ids: Sequence[UUID]
) -> Sequence[TransferReceipt]:
    """Read what became of the units of some transfers, the earliest first."""
    found = await session.scalars(
        select(TransferReceipt)
        .join(TransferLine, col(TransferLine.id) == col(TransferReceipt.transfer_line_id))
        .where(col(TransferLine.transfer_id).in_(transfer_ids))
        .order_by(col(TransferReceipt.id))
    )
    return found.all()


async def listed(
    session: AsyncSession, *, wanted: Filter, cursor: str | None, limit: int = pages.DEFAULT_LIMIT
) -> Page[Transfer]:
    """Read a page of the transfers within reach, newest first."""
    asked = {
        name: value
        for name, value in vars(wanted).items()
        if value is not None and name != "location_id"
    }
    query = select(Transfer).filter_by(**asked).where(*_reach(End.EITHER))
    if wanted.location_id is not None:
        ends = (col(Transfer.source_id), col(Transfer.destination_id))
        query = query.where(or_(*(end == wanted.location_id for end in ends)))
    return await pages.page(session, query, col(Transfer.id), cursor=cursor, limit=limit)


def _reach(at: End) -> list[ColumnElement[bool]]:
    bounds = actors.current().location_ids
    if bounds is None:
        return []
    at_source = col(Transfer.source_id).in_(bounds)
    at_destination = col(Transfer.destination_id).in_(bounds)
    return [
        {
            End.SOURCE: at_source,
            End.DESTINATION: at_destination,
            End.EITHER: or_(at_source, at_destination),
        }[at]
    ]
