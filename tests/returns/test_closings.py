"""Ending a return."""

import pytest
from sqlalchemy import select

from oms.kernel import events
from oms.kernel.events import EventRow
from oms.kernel.states import IllegalMove
from oms.orders import queries as orders
from oms.orders import views as order_views
from oms.orders.states import ReturnsStatus
from returns import closings, inspections, queries, receipts, requests, views
from returns.closings import AlreadyReceived, InspectionPending
from returns.inspections import Piece
from returns.receipts import Arrival, Place
from returns.requests import Wanted
from returns.states import Disposition, GoodsBack, ReturnReason, ReturnStatus
from tests import factories


async def arrived(session, *, units, of):
    """An approved return of `of` units of one line, of which `units` arrived."""
    order, (line,) = await factories.shipped_order(session, {"ordered": of})
    found = await factories.approved_return(session, order, (line, of))
    if units:
        (awaited,) = await queries.lines(session, return_ids=[found.id])
        place = Place((await factories.return_location(session)).id)
        arrivals = [Arrival(awaited.id, units)]
        await receipts.receive(session, return_id=found.id, place=place, arrivals=arrivals)
    return found, order


async def looked_at(session, found) -> None:
    (receipt,) = await queries.receipts(session, return_ids=[found.id])
    pieces = [Piece(receipt.id, receipt.quantity, Disposition.RESTOCKED)]
    await inspections.inspect(session, return_id=found.id, pieces=pieces)


async def counters(session, order) -> tuple[int, int]:
    (line,) = await orders.lines(session, order_id=order.id)
    return line.return_requested, line.returned


async def facts(session, order) -> list[str]:
    await events.flush(session)
    found = select(EventRow.name).where(EventRow.subject_id == order.id)
    return list(await session.scalars(found.order_by(EventRow.sequence)))


async def test_a_cancelled_return_frees_its_units(session):
    found, order = await arrived(session, units=0, of=2)

    await closings.cancel(session, return_id=found.id)

    assert found.status is ReturnStatus.CANCELLED
    assert await counters(session, order) == (0, 0)


async def test_cancelling_twice_is_cancelling_once(session):
    found, order = await arrived(session, units=0, of=2)
    await closings.cancel(session, return_id=found.id)

    await closings.cancel(session, return_id=found.id)

    assert await counters(session, order) == (0, 0)
    assert (await facts(session, order)).count("return.cancelled") == 1


async def test_what_arrived_cannot_be_cancelled(session):
    found, order = await arrived(session, units=1, of=2)

    with pytest.raises(AlreadyReceived) as refused:
        await closings.cancel(session, return_id=found.id)

    assert refused.value.received == 1
    assert await counters(session, order) == (1, 1)


async def test_closing_frees_what_never_came(session):
    found, order = await arrived(session, units=1, of=3)
    await looked_at(session, found)

    await closings.close(session, return_id=found.id)

    assert found.status is ReturnStatus.CLOSED
    assert await counters(session, order) == (0, 1)


async def test_closing_twice_is_closing_once(session):
    found, order = await arrived(session, units=1, of=3)
    await looked_at(session, found)
    await closings.close(session, return_id=found.id)

    await closings.close(session, return_id=found.id)

    assert await counters(session, order) == (0, 1)
    assert (await facts(session, order)).count("return.closed") == 1


async def test_a_return_is_not_closed_over_goods_nobody_looked_at(session):
    found, order = await arrived(session, units=2, of=3)
    (line,) = await queries.lines(session, return_ids=[found.id])

    with pytest.raises(InspectionPending) as refused:
        await closings.close(session, return_id=found.id)

    assert refused.value.lines == [{"line_id": line.id, "waiting": 2}]
    assert await counters(session, order) == (1, 2)


async def test_an_undecided_return_is_not_closed(session):
    order, (line,) = await factories.shipped_order(session)
    wanted = [Wanted(line.id, 1, ReturnReason.STYLE)]
    found = await requests.request(session, order_id=order.id, lines=wanted)

    with pytest.raises(IllegalMove):
        await closings.close(session, return_id=found.id)


async def test_an_emptied_return_is_never_returned(session):
    found, order = await arrived(session, units=0, of=3)

    await closings.close(session, return_id=found.id)

    shown = await views.show(session, return_id=found.id)
    assert (shown.status, shown.goods) == (ReturnStatus.CLOSED, GoodsBack.NOT_RECEIVED)
    order_shown = await order_views.show(session, order_id=order.id)
    assert order_shown.returns_status is ReturnsStatus.NONE


async def test_the_whole_story_is_told_in_order(session):
    found, order = await arrived(session, units=1, of=3)
    await looked_at(session, found)
    await closings.close(session, return_id=found.id)

    assert await facts(session, order) == [
        "return.requested",
        "return.approved",
        "return.received",
        "refund.granted",
        "return.inspected",
        "return.closed",
    ]
