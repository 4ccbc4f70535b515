"""Units with a serial number: each is known once, and is in one place at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from inventory.tracing import queries
from inventory.tracing.models import Serial, SerialMovement
from inventory.tracing.states import SERIAL, SerialStatus
from oms.kernel import actors
from oms.kernel.errors import Conflict, Rejected

NAMED = tuple[str, str]
"""A SKU and a serial number."""


class Elsewhere(TypedDict):
    """A serial number that is not where, or not what, it should be."""

    sku: str
    serial: str
    status: str


class SerialNotHere(Conflict):
    """A unit with this serial number cannot be here now."""

    serials: list[Elsewhere]

    @property
    def detail(self) -> str:
        """Say where the units are instead."""
        told = [f"{one['serial']} is {one['status']}" for one in self.serials[:5]]
        return f"{self.title} ({', '.join(told)})"


class SerialsDoNotMatch(Rejected):
    """There are not as many different serial numbers as units."""

    sku: str
    units: int
    serials: int


@dataclass(frozen=True)
class Claim:
    """The work units are picked for, the order line that gets them, and where they stand."""

    work_id: UUID
    claimant_id: UUID
    location_id: UUID


def require_as_many(*, sku: str, units: int, serials: Sequence[str]) -> None:
    """Demand one serial number per unit. Raises SerialsDoNotMatch."""
    if len(set(serials)) != units or len(serials) != units:
        raise SerialsDoNotMatch(sku, units, len(set(serials)))


async def receive(
    session: AsyncSession,
    *,
    location_id: UUID,
    of_lot: Mapping[NAMED, UUID | None],
    reference: str | None,
) -> None:
    """Note the serial numbers of units that came in, and their lots; the levels are held.

    A number that is known came in before: SerialNotHere.
    """
    known = await queries.lock_serials(session, names=list(of_lot))
    if known:
        raise SerialNotHere([_elsewhere(one) for one in known.values()])
    units = [
        Serial(sku=sku, code=code, location_id=location_id, lot_id=lot_id)
        for (sku, code), lot_id in of_lot.items()
    ]
    await _tell(session, units, reference=reference)


async def pick(session: AsyncSession, *, claim: Claim, names: Sequence[NAMED]) -> list[Serial]:
    """Take units with these serial numbers for some work; the levels are held.

    A number nobody has read before, or one that should be elsewhere, is taken for one of the
    unread units here. Raises SerialNotHere.
    """
    known = await queries.lock_serials(session, names=names)
    fresh = [name for name in names if name not in known]
    strayed = [one for one in known.values() if one.location_id != claim.location_id]
    unread = await queries.unread(
        session, skus=sorted({sku for sku, _ in names}), location_id=claim.location_id
    )
    found = Counter([sku for sku, _ in fresh] + [one.sku for one in strayed])
    if wrong := [
        *(_elsewhere(one) for one in known.values() if one.status is not SerialStatus.IN_STOCK),
        *(_elsewhere(one) for one in strayed if found[one.sku] > unread.get(one.sku, 0)),
        *(
            Elsewhere(sku=sku, serial=code, status="unknown")
            for sku, code in fresh
            if found[sku] > unread.get(sku, 0)
        ),
    ]:
        raise SerialNotHere(wrong)
    for one in strayed:
        one.location_id = claim.location_id
    read = [Serial(sku=sku, code=code, location_id=claim.location_id) for sku, code in fresh]
    await _tell(session, read, reference=None)
    units = [*known.values(), *read]
    for one in units:
        SERIAL.move(one, "pick")
        one.claimant_id, one.work_id = claim.claimant_id, claim.work_id
    await _tell(session, units, reference=None)
    return units


async def put_back(session: AsyncSession, *, units: Sequence[Serial]) -> None:
    """Put picked units, held by the caller, back on the shelf."""
    for one in units:
        SERIAL.move(one, "put_back")
        one.claimant_id = one.work_id = None
    await _tell(session, units, reference=None)


async def ship(session: AsyncSession, *, units: Sequence[Serial], reference: str) -> None:
    """Let picked units, held by the caller, leave the building."""
    for one in units:
        SERIAL.move(one, "ship")
        one.location_id = one.work_id = None
    await _tell(session, units, reference=reference)


async def take_back(
    session: AsyncSession,
    *,
    location_id: UUID,
    names: Sequence[NAMED],
    claimant_id: UUID | None,
    reference: str,
) -> list[Serial]:
    """Take shipped units back, for the order line that got them (None: for any).

    Raises SerialNotHere for units that were not shipped, or to somebody else.
    """
    known = await queries.lock_serials(session, names=names)
    wrong = [
        _elsewhere(one)
        for one in known.values()
        if one.status is not SerialStatus.SHIPPED or claimant_id not in (None, one.claimant_id)
    ]
    unknown = [
        Elsewhere(sku=sku, serial=code, status="unknown")
        for sku, code in names
        if (sku, code) not in known
    ]
    if wrong or unknown:
        raise SerialNotHere(wrong + unknown)
    for one in known.values():
        SERIAL.move(one, "return")
        one.location_id = location_id
    await _tell(session, list(known.values()), reference=reference)
    return list(known.values())


async def put_away(
    session: AsyncSession, *, units: Sequence[Serial], keep: bool, reference: str
) -> None:
    """Put returned units, held by the caller, into stock, or throw them away."""
    for one in units:
        SERIAL.move(one, "restock" if keep else "scrap")
        one.claimant_id = None
        if not keep:
            one.location_id = None
    await _tell(session, units, reference=reference)


async def _tell(session: AsyncSession, units: Iterable[Serial], *, reference: str | None) -> None:
    session.add_all(units)
    await session.flush()
    actor = actors.current().label
    session.add_all(
        SerialMovement(
            serial_id=one.id,
            status=one.status,
            location_id=one.location_id,
            reference=reference,
            claimant_id=one.claimant_id,
            actor=actor,
        )
        for one in units
    )
    await session.flush()


def _elsewhere(one: Serial) -> Elsewhere:
    return Elsewhere(sku=one.sku, serial=one.code, status=one.status.value)
