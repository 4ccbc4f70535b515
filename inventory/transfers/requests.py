"""Asking for a transfer, holding its goods at the source, and not wanting it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory import movements
from inventory.catalog import items
from inventory.models import Reason
from inventory.places import queries as places
from inventory.places.queries import UnknownLocation
from inventory.transfers import queries, units
from inventory.transfers.events import Moved, TransferCancelled, TransferReady, TransferRequested
from inventory.transfers.models import Transfer, TransferLine
from inventory.transfers.queries import End, UnknownTransfer
from inventory.transfers.states import NOT_SHIPPED, TRANSFER, TransferStatus
from oms.kernel import events
from oms.kernel.errors import Conflict, Rejected


class SameLocation(Rejected):
    """A transfer leads from one location to another one."""

    location_id: UUID


class LocationClosed(Conflict):
    """This location is not active."""

    location_id: UUID


@dataclass(frozen=True)
class Paper:
    """What a transfer says about itself."""

    source_id: UUID
    destination_id: UUID
    reference: str | None = None
    note: str | None = None
    expected_at: datetime | None = None


async def request(session: AsyncSession, *, paper: Paper, lines: Sequence[Moved]) -> Transfer:
    """Ask for goods of another location, from either end; nothing is held yet.

    Lines of one SKU are one. Raises SameLocation, LocationClosed, UnknownSkus, and UnknownLocation
    also when neither end is within the caller's reach.
    """
    await _lead_somewhere(session, paper)
    wanted = units.summed((line.sku, line.quantity) for line in lines)
    await items.demand(session, skus=list(wanted))
    found = Transfer(**vars(paper))
    session.add(found)
    await session.flush()
    session.add_all(
        TransferLine(transfer_id=found.id, sku=sku, quantity=quantity)
        for sku, quantity in sorted(wanted.items())
    )
    told = TransferRequested(**units.facts(found), lines=units.moved(wanted))
    events.record(session, told, about=found.id)
    await session.flush()
    return found


async def reserve(
    session: AsyncSession, *, transfer_id: UUID, version: int | None = None
) -> Transfer:
    """Hold every unit at the source, or none: from now on nobody else is promised them.

    What is promised to orders, held for carts or kept as safety stock stays. Raises IllegalMove,
    and OutOfStock naming every shortage.
    """
    found = await queries.lock(session, transfer_id=transfer_id, at=End.SOURCE, version=version)
    TRANSFER.move(found, "reserve")
    lines = await queries.lines(session, transfer_ids=[found.id])
    wanted = {line.sku: line.quantity for line in lines}
    await movements.apply(session, changes=units.held(found, wanted, Reason.MOVEMENT_CREATED))
    for line in lines:
        line.reserved = line.quantity
    told = TransferReady(**units.facts(found), lines=units.moved(wanted))
    events.record(session, told, about=found.id)
    await session.flush()
    return found


async def cancel(
    session: AsyncSession,
    *,
    transfer_id: UUID,
    reason: str | None = None,
    version: int | None = None,
) -> Transfer:
    """Want a transfer no more: a draft is forgotten, held units are given back to sale.

    Of one that has shipped, what is still under way turns back to the source. A draft can be
    cancelled from either end, later only the source can. Raises IllegalMove.
    """
    found = await queries.lock(session, transfer_id=transfer_id, at=End.EITHER, version=version)
    if found.status is not TransferStatus.DRAFT and not queries.reaches(found, End.SOURCE):
        raise UnknownTransfer(transfer_id)
    lines = await queries.lines(session, transfer_ids=[found.id])
    if TRANSFER.require(found, "cancel") is TransferStatus.CANCELLED:
        let_go = await _give_back(session, found, lines)
    else:
        let_go = await _turn_round(session, found, lines)
    TRANSFER.move(found, "cancel")
    found.cancel_reason = reason
    told = TransferCancelled(**units.facts(found), reason=reason, lines=units.moved(let_go))
    events.record(session, told, about=found.id)
    await session.flush()
    return found


async def _lead_somewhere(session: AsyncSession, paper: Paper) -> None:
    if paper.source_id == paper.destination_id:
        raise SameLocation(paper.source_id)
    for location_id in (paper.source_id, paper.destination_id):
        if not (await places.location(session, location_id=location_id)).active:
            raise LocationClosed(location_id)
    if not queries.reaches(Transfer(**vars(paper)), End.EITHER):
        raise UnknownLocation(paper.source_id)


async def _give_back(
    session: AsyncSession, found: Transfer, lines: Sequence[TransferLine]
) -> dict[str, int]:
    held = {line.sku: line.reserved for line in lines if line.reserved}
    if found.status in NOT_SHIPPED and held:
        freed = {sku: -quantity for sku, quantity in held.items()}
        await movements.apply(session, changes=units.held(found, freed, Reason.MOVEMENT_CANCELED))
    for line in lines:
        line.reserved = 0
    return held


async def _turn_round(
    session: AsyncSession, found: Transfer, lines: Sequence[TransferLine]
) -> dict[str, int]:
    turned = {line.sku: line.under_way for line in lines if line.under_way}
    gone = {sku: -quantity for sku, quantity in turned.items()}
    reason = Reason.MOVEMENT_CANCELED
    changes = units.expected(found, found.destination_id, gone, reason)
    changes += units.expected(found, found.source_id, turned, reason)
    await movements.apply(session, changes=changes)
    for line in lines:
        line.turned_back += line.under_way
    return turned
