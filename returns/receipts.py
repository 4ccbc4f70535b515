"""Goods arriving, at any location that takes returns; nothing is sellable before inspection."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import actors, events
from oms.kernel.errors import Conflict, NotFound
from returns import queries, units
from returns.events import ReturnReceived, Units, subject
from returns.models import Receipt, Return, ReturnLine
from returns.states import RETURN


class Excess(TypedDict):
    """A line of which more arrived than it still expects."""

    line_id: UUID
    arrived: int
    expected: int


class MoreThanExpected(Conflict):
    """More arrived than the return still expects."""

    lines: list[Excess]

    @property
    def detail(self) -> str:
        """Say how many units are still expected."""
        told = [f"{one['arrived']} where {one['expected']} is left" for one in self.lines[:5]]
        return f"{self.title} ({', '.join(told)})"


class NoReturnsHere(Conflict):
    """This location does not take returns."""

    location_id: UUID


class UnknownLocation(NotFound):
    """There is no such location."""

    location_id: UUID


@dataclass(frozen=True)
class Arrival:
    """Units of a line of a return that arrived."""

    return_line_id: UUID
    quantity: int


@dataclass(frozen=True)
class Place:
    """Where goods arrive, and the locations its staff may act for (None: all)."""

    location_id: UUID
    location_ids: frozenset[UUID] | None = None


async def receive(
    session: AsyncSession,
    *,
    return_id: UUID,
    place: Place,
    arrivals: Sequence[Arrival],
    version: int | None = None,
) -> Return:
    """Note units that arrived; only now are they returned.

    Raises UnknownLocation, NoReturnsHere, UnknownReturn, ReturnChanged, IllegalMove, and
    MoreThanExpected naming what each line still expects.
    """
    await _takes_returns(session, place)
    found = await queries.lock(session, return_id=return_id, version=version)
    RETURN.move(found, "receive")
    arrived = _expected(await queries.lines(session, return_ids=[return_id]), arrivals)
    for line, quantity in arrived:
        line.received += quantity
        session.add(_receipt(place, line, quantity))
    queries.touch(found)
    await session.flush()
    await units.arrive(session, found=found, arrived=arrived)
    _tell(session, found, place, arrived)
    return found


async def _takes_returns(session: AsyncSession, place: Place) -> None:
    foreign = place.location_ids is not None and place.location_id not in place.location_ids
    location = await queries.location(session, location_id=place.location_id)
    if location is None or foreign:
        raise UnknownLocation(place.location_id)
    if not (location.active and location.receives_returns):
        raise NoReturnsHere(place.location_id)


def _expected(
    lines: Sequence[ReturnLine], arrivals: Sequence[Arrival]
) -> list[tuple[ReturnLine, int]]:
    arrived: Counter[UUID] = Counter()
    for arrival in arrivals:
        arrived[arrival.return_line_id] += arrival.quantity
    expected = {line.id: line.quantity - line.received for line in lines}
    problems = [
        Excess(line_id=line_id, arrived=quantity, expected=expected.get(line_id, 0))
        for line_id, quantity in arrived.items()
        if quantity > expected.get(line_id, 0)
    ]
    if problems:
        raise MoreThanExpected(problems)
    return [(line, arrived[line.id]) for line in lines if arrived[line.id]]


def _receipt(place: Place, line: ReturnLine, quantity: int) -> Receipt:
    return Receipt(
        return_line_id=line.id,
        location_id=place.location_id,
        quantity=quantity,
        actor=actors.current().label,
    )


def _tell(
    session: AsyncSession, found: Return, place: Place, arrived: list[tuple[ReturnLine, int]]
) -> None:
    told = ReturnReceived(
        return_id=found.id,
        order_id=found.order_id,
        number=found.number,
        location_id=place.location_id,
        lines=[Units.of(line, quantity) for line, quantity in arrived],
    )
    events.record(session, told, about=subject(found), channel_id=found.channel_id)
