"""Goods arriving."""

import pytest
from sqlalchemy import func, select

from inventory.models import StockLevel
from oms.kernel import ids
from oms.kernel.states import IllegalMove
from oms.orders import queries as orders
from returns import queries, receipts, requests
from returns.receipts import Arrival, MoreThanExpected, NoReturnsHere, Place, UnknownLocation
from returns.requests import Wanted
from returns.states import ReturnReason
from tests import factories


async def expected(session, *, units=3):
    """An approved return of `units` of one line, its line, and its order."""
    order, (line,) = await factories.shipped_order(session, {"ordered": units})
    found = await factories.approved_return(session, order, (line, units))
    (awaited,) = await queries.lines(session, return_ids=[found.id])
    return found, awaited, order


async def arrive(session, found, line, units, location) -> None:
    await receipts.receive(
        session,
        return_id=found.id,
        place=Place(location.id),
        arrivals=[Arrival(line.id, units)],
    )


async def counters(session, order) -> tuple[int, int]:
    (line,) = await orders.lines(session, order_id=order.id)
    return line.return_requested, line.returned


async def test_only_what_was_seen_is_returned(session):
    found, line, order = await expected(session, units=3)

    await arrive(session, found, line, 2, await factories.return_location(session))

    assert await counters(session, order) == (1, 2)
    assert (line.received, line.inspected) == (2, 0)


async def test_goods_may_come_in_parts_to_several_places(session):
    found, line, order = await expected(session, units=3)
    ginza = await factories.return_location(session)
    depot = await factories.return_location(session)

    await arrive(session, found, line, 1, ginza)
    await arrive(session, found, line, 2, depot)

    rows = await queries.receipts(session, return_ids=[found.id])
    assert [(row.location_id, row.quantity) for row in rows] == [(ginza.id, 1), (depot.id, 2)]
    assert await counters(session, order) == (0, 3)


async def test_a_receipt_raises_the_version(session):
    found, line, _ = await expected(session)
    await session.flush()
    seen = found.version

    await arrive(session, found, line, 1, await factories.return_location(session))

    assert found.version == seen + 1


async def test_nothing_is_sellable_before_inspection(session):
    found, line, _ = await expected(session)

    await arrive(session, found, line, 3, await factories.return_location(session))

    assert await session.scalar(select(func.count()).select_from(StockLevel)) == 0


async def test_more_than_expected_is_refused_naming_the_rest(session):
    found, line, order = await expected(session, units=3)
    ginza = await factories.return_location(session)
    await arrive(session, found, line, 2, ginza)
    stranger = ids.new()

    with pytest.raises(MoreThanExpected) as refused:
        await receipts.receive(
            session,
            return_id=found.id,
            place=Place(ginza.id),
            arrivals=[Arrival(line.id, 1), Arrival(line.id, 1), Arrival(stranger, 1)],
        )

    assert refused.value.lines == [
        {"line_id": line.id, "arrived": 2, "expected": 1},
        {"line_id": stranger, "arrived": 1, "expected": 0},
    ]
    assert await counters(session, order) == (1, 2)
    assert len(await queries.receipts(session, return_ids=[found.id])) == 1


@pytest.mark.parametrize("given", [{"receives_returns": False}, {"active": False}])
async def test_not_every_location_takes_returns(session, given):
    found, line, order = await expected(session)
    closed = await factories.return_location(session, **given)

    with pytest.raises(NoReturnsHere):
        await arrive(session, found, line, 1, closed)

    assert await counters(session, order) == (3, 0)


async def test_staff_receive_at_their_own_locations_only(session):
    found, line, order = await expected(session)
    ginza = await factories.return_location(session)
    depot = await factories.return_location(session)
    arrivals = [Arrival(line.id, 1)]

    for place in (Place(ginza.id, frozenset({depot.id})), Place(ids.new())):
        with pytest.raises(UnknownLocation):
            await receipts.receive(session, return_id=found.id, place=place, arrivals=arrivals)

    assert await counters(session, order) == (3, 0)
    mine = Place(ginza.id, frozenset({ginza.id}))
    await receipts.receive(session, return_id=found.id, place=mine, arrivals=arrivals)
    assert await counters(session, order) == (2, 1)


async def test_goods_of_an_undecided_return_are_not_received(session):
    order, (line,) = await factories.shipped_order(session)
    wanted = [Wanted(line.id, 1, ReturnReason.STYLE)]
    found = await requests.request(session, order_id=order.id, lines=wanted)
    (awaited,) = await queries.lines(session, return_ids=[found.id])

    with pytest.raises(IllegalMove) as refused:
        await arrive(session, found, awaited, 1, await factories.return_location(session))

    assert refused.value.possible == ["approve", "decline", "cancel"]
    assert await counters(session, order) == (1, 0)
