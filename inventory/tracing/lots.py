"""Lots: made known by their code when their units come in, or when somebody reads the label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.models import Reason
from inventory.places import queries as places
from inventory.tracing import balances, quarantines, queries
from inventory.tracing.balances import LotChange
from inventory.tracing.models import Lot
from inventory.tracing.queries import Traced
from inventory.tracing.states import LotStatus
from oms.kernel import ids
from oms.kernel.errors import Conflict, Rejected


class NotTraced(Rejected):
    """Lots or serial numbers are named of items of which they are not kept."""

    skus: list[str]


class ExpiryMissing(Rejected):
    """The item is traced by its expiry date: say when the lot expires."""

    lots: list[str]


class LotDiffers(Conflict):
    """There is already a lot of this code with other dates."""

    sku: str
    lot_code: str
    expires_on: date | None
    made_on: date | None


class LotNotHere(Conflict):
    """No units of this lot stand at the location."""

    sku: str
    lot_code: str | None
    location_id: UUID


@dataclass(frozen=True)
class LotFacts:
    """What the label of a lot says."""

    code: str
    expires_on: date | None = None
    made_on: date | None = None
    supplier_reference: str | None = None


@dataclass(frozen=True)
class LotUnits:
    """Units of one SKU that are of one lot."""

    sku: str
    quantity: int
    lot: LotFacts


@dataclass(frozen=True)
class Paper:
    """Why units move, on which document."""

    reason: Reason
    reference: str | None = None


async def receive(
    session: AsyncSession,
    *,
    location_id: UUID,
    units: Sequence[LotUnits],
    known: Mapping[tuple[str, str], Lot],
    paper: Paper,
) -> None:
    """Say of which `known` lots the units are that came in within this transaction.

    Call it after the movement of the stock. Units of a lot that may not be sold are set aside.
    """
    if not units:
        return
    await queries.hold(session, skus=[one.sku for one in units], location_id=location_id)
    counted: Counter[tuple[str, str]] = Counter()
    for one in units:
        counted[one.sku, one.lot.code] += one.quantity
    await balances.apply(
        session,
        changes=[
            LotChange(
                known[name].id, name[0], location_id, paper.reason, paper.reference,
                on_hand=quantity,
            )
            for name, quantity in counted.items()
        ],
    )  # fmt: skip
    await quarantines.set_aside(session, lots=list(known.values()), location_id=location_id)


async def identify(
    session: AsyncSession,
    *,
    location_id: UUID,
    units: LotUnits,
    seen_as: str | None = None,
    reference: str | None = None,
) -> Lot:
    """Correct of which lot units are: of `units.lot`, no longer of the lot `seen_as`.

    Without `seen_as` they are units of which nobody knew the lot. Raises UnknownLocation (also
    outside the caller's reach), NotTraced, ExpiryMissing, LotDiffers, LotShort.
    """
    await places.reach(session, location_id=location_id)
    known = await know(session, units=[units])
    lot = known[units.sku, units.lot.code]
    await queries.hold(session, skus=[units.sku], location_id=location_id)
    shelves = await queries.shelves(session, skus=[units.sku], location_id=location_id)
    before = next((shelf.lot for shelf in shelves if shelf.lot.code == seen_as), None)
    if before is None:
        raise LotNotHere(units.sku, seen_as, location_id)
    at = (units.sku, location_id, Reason.CORRECTION, reference)
    await balances.apply(
        session,
        changes=[
            LotChange(before.id, *at, on_hand=-units.quantity),
            LotChange(lot.id, *at, on_hand=units.quantity),
        ],
    )
    await quarantines.set_aside(session, lots=[lot], location_id=location_id)
    return lot


async def know(session: AsyncSession, *, units: Sequence[LotUnits]) -> dict[tuple[str, str], Lot]:
    """Make the lots of these units known; returns them by SKU and code.

    Call it before levels are held: none of the lots is quarantined or released meanwhile.
    Raises NotTraced, ExpiryMissing, LotDiffers.
    """
    traced = await queries.traced(session, skus=[one.sku for one in units])
    require_traced(traced, [one.sku for one in units])
    facts = {(one.sku, one.lot.code): one.lot for one in units}
    known = await _named(session, list(facts))
    _demand_dates(traced, {name: facts[name] for name in facts.keys() - known.keys()})
    rows = [
        {"id": ids.new(), "sku": sku, "status": LotStatus.OPEN, "version": 1, **vars(fact)}
        for (sku, _), fact in sorted(facts.items())
        if (sku, fact.code) not in known
    ]
    if rows:
        await session.execute(insert(Lot).values(rows).on_conflict_do_nothing())
        known = await _named(session, list(facts))
    for name, fact in facts.items():
        _agree(known[name], fact)
    return known


def require_traced(traced: dict[str, Traced], skus: Sequence[str]) -> None:
    """Demand that lots are kept of these SKUs. Raises NotTraced."""
    if others := sorted({sku for sku in skus if sku not in traced or not traced[sku].lots}):
        raise NotTraced(others)


async def _named(
    session: AsyncSession, names: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Lot]:
    found = await queries.named(session, names=names)
    return {(lot.sku, lot.code): lot for lot in found if lot.code is not None}


def _demand_dates(traced: dict[str, Traced], fresh: dict[tuple[str, str], LotFacts]) -> None:
    missing = [
        f"{sku} {code}"
        for (sku, code), fact in sorted(fresh.items())
        if traced[sku].dated and fact.expires_on is None
    ]
    if missing:
        raise ExpiryMissing(missing)


def _agree(lot: Lot, told: LotFacts) -> None:
    """Refuse a label that says other dates than the ones known; what it leaves out is fine."""
    same = told.expires_on in {None, lot.expires_on} and told.made_on in {None, lot.made_on}
    if not same:
        raise LotDiffers(lot.sku, told.code, lot.expires_on, lot.made_on)
