"""A transfer as it is shown: its paper, its lines, and what became of the units under way."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.transfers import queries
from inventory.transfers.models import Transfer, TransferLine, TransferReceipt
from inventory.transfers.queries import End
from inventory.transfers.states import (
    BY_ITSELF,
    TRANSFER,
    Outcome,
    TransferReason,
    TransferStatus,
)
from oms.kernel.inputs import Output

AT = {
    "reserve": End.SOURCE,
    "pick": End.SOURCE,
    "ship": End.SOURCE,
    "receive": End.DESTINATION,
    "take_back": End.SOURCE,
}
"""At which end a verb is said; where a transfer is cancelled depends on how far it has got."""


class TransferLineOut(Output):
    """Units of one SKU, and how far they have got.

    `reserved` stand at the source; `under_way` are on the road to the destination, `returning`
    on the road back; `missing` were not on the shelf, `lost` never arrived.
    """

    sku: str
    quantity: int
    reserved: int
    picked: int
    missing: int
    shipped: int
    under_way: int
    accepted: int
    damaged: int
    lost: int
    surplus: int
    turned_back: int
    returning: int
    back: int
    back_damaged: int
    back_lost: int


class TransferReceiptOut(Output):
    """What became of some units that were under way: where, who saw it, and why."""

    id: UUID
    sku: str
    location_id: UUID
    outcome: Outcome
    quantity: int
    reason: TransferReason | None
    note: str | None
    actor: str
    recorded_at: datetime


class TransferOut(Output):
    """A transfer. `actions` are possible now for whoever asks, at the end they reach."""

    id: UUID
    number: str
    source_id: UUID
    destination_id: UUID
    status: TransferStatus
    reference: str | None
    note: str | None
    cancel_reason: str | None
    carrier: str | None
    tracking_number: str | None
    expected_at: datetime | None
    shipped_at: datetime | None
    lines: list[TransferLineOut]
    receipts: list[TransferReceiptOut]
    actions: list[str]
    version: int
    recorded_at: datetime


class TransfersOut(Output):
    """One page of transfers, newest first."""

    transfers: list[TransferOut]
    next_cursor: str | None


async def show(session: AsyncSession, *, transfer_id: UUID) -> TransferOut:
    """Read a transfer with all that belongs to it. Raises UnknownTransfer."""
    await session.flush()
    found = await queries.get(session, transfer_id=transfer_id)
    return (await show_all(session, [found]))[0]


async def show_all(session: AsyncSession, found: Sequence[Transfer]) -> list[TransferOut]:
    """Show transfers; two statements, however many they are."""
    transfer_ids = [one.id for one in found]
    lines: defaultdict[UUID, list[TransferLine]] = defaultdict(list)
    for line in await queries.lines(session, transfer_ids=transfer_ids):
        lines[line.transfer_id].append(line)
    receipts: defaultdict[UUID, list[TransferReceipt]] = defaultdict(list)
    for receipt in await queries.receipts(session, transfer_ids=transfer_ids):
        receipts[receipt.transfer_line_id].append(receipt)
    return [_transfer(one, lines[one.id], receipts) for one in found]


def actions(found: Transfer, lines: Sequence[TransferLine]) -> list[str]:
    """Return the verbs that are possible now at the ends within reach."""
    sensible = {
        "cancel": _cancellable(found, lines),
        "receive": any(line.under_way for line in lines),
        "take_back": any(line.returning for line in lines),
    }
    return [
        verb
        for verb in TRANSFER.possible(found.status)
        if verb not in BY_ITSELF
        and sensible.get(verb, True)
        and queries.reaches(found, AT.get(verb, End.EITHER))
    ]


def _cancellable(found: Transfer, lines: Sequence[TransferLine]) -> bool:
    if found.status is TransferStatus.DRAFT:
        return True
    if not queries.reaches(found, End.SOURCE):
        return False
    return not found.shipped_at or any(line.under_way for line in lines)


def _transfer(
    found: Transfer,
    lines: Sequence[TransferLine],
    receipts: defaultdict[UUID, list[TransferReceipt]],
) -> TransferOut:
    columns = {name: getattr(found, name) for name in type(found).model_fields}
    return TransferOut(
        **columns,
        lines=[TransferLineOut.model_validate(line) for line in lines],
        receipts=[_receipt(line, receipt) for line in lines for receipt in receipts[line.id]],
        actions=actions(found, lines),
    )


def _receipt(line: TransferLine, receipt: TransferReceipt) -> TransferReceiptOut:
    return TransferReceiptOut(
        id=receipt.id,
        sku=line.sku,
        location_id=receipt.location_id,
        outcome=receipt.outcome,
        quantity=receipt.quantity,
        reason=TransferReason(receipt.reason) if receipt.reason else None,
        note=receipt.note,
        actor=receipt.actor,
        recorded_at=receipt.recorded_at,
    )
