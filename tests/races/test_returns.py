"""Many hands on the same returns at once."""

import asyncio

from sqlalchemy import select, text

from oms.kernel import checks, db, ids
from oms.kernel.errors import DomainError
from oms.orders import queries as orders
from oms.payments.models import Refund
from returns import closings, inspections, queries, receipts, refunds_due, requests
from returns.checks import CHECKS
from returns.closings import AlreadyReceived
from returns.inspections import MoreThanReceived, Piece
from returns.receipts import Arrival, MoreThanExpected, Place
from returns.requests import NotReturnable, ReturnExists, Wanted
from returns.states import Disposition, ReturnReason
from tests import factories

LINE = {"unit_price": 101, "discount_amount": 13, "tax_amount": 7}


async def shipped(**given):
    """An order of one line, all shipped and paid."""
    async with db.transaction() as session:
        order, (line,) = await factories.shipped_order(session, {**LINE, **given})
        return order, line


async def each(verb, *calls):
    """Do the same thing at once, each in a transaction of its own; refusals are answers."""

    async def one(call):
        try:
            async with db.transaction() as session:
                return await verb(session, **call)
        except DomainError as refusal:
            return refusal

    return await asyncio.gather(*(one(call) for call in calls))


async def verified():
    """Every invariant of returns holds."""
    async with db.transaction() as session:
        for check in CHECKS:
            assert (await checks.run(session, check)).offenders == []


def refusals(answers, kind) -> int:
    """How many were refused; by nothing but this kind of refusal."""
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert {type(answer) for answer in refused} <= {kind}
    return len(refused)


async def test_the_last_units_are_asked_back_once(database):
    order, line = await shipped(ordered=5)
    wanted = [Wanted(line.id, 1, ReturnReason.UNWANTED)]

    answers = await each(requests.request, *[{"order_id": order.id, "lines": wanted}] * 20)

    assert refusals(answers, NotReturnable) == 15
    async with db.transaction() as session:
        (line,) = await orders.lines(session, order_id=order.id)
    assert line.return_requested == 5
    await verified()


async def test_a_credit_note_is_imported_once_at_once(database):
    channel_id = ids.new()
    calls = []
    async with db.transaction() as session:
        for _ in range(10):
            order, (line,) = await factories.shipped_order(session, {}, channel_id=channel_id)
            wanted = [Wanted(line.id, 1, ReturnReason.UNWANTED)]
            calls.append({"order_id": order.id, "lines": wanted, "external_id": "C536379"})

    answers = await each(requests.request, *calls)

    assert refusals(answers, ReturnExists) == 9
    (made,) = [answer for answer in answers if not isinstance(answer, Exception)]
    assert {answer.number for answer in answers} == {made.number}
    await verified()


async def test_units_arrive_once(database):
    order, line = await shipped(ordered=3)
    async with db.transaction() as session:
        found = await factories.approved_return(session, order, (line, 3))
        (awaited,) = await queries.lines(session, return_ids=[found.id])
        place = Place((await factories.return_location(session)).id)
    call = {"return_id": found.id, "place": place, "arrivals": [Arrival(awaited.id, 1)]}

    answers = await each(receipts.receive, *[call] * 10)

    assert refusals(answers, MoreThanExpected) == 7
    await verified()


async def test_received_units_are_inspected_once(database):
    order, line = await shipped(ordered=3)
    async with db.transaction() as session:
        found, (receipt,) = await factories.received_return(session, order, (line, 3))
    pieces = [Piece(receipt.id, 1, Disposition.RESTOCKED)]

    answers = await each(inspections.inspect, *[{"return_id": found.id, "pieces": pieces}] * 10)

    assert refusals(answers, MoreThanReceived) == 7
    await verified()


async def test_returns_of_one_line_inspected_at_once_refund_each_unit_once(database):
    order, line = await shipped(ordered=5)
    calls = []
    async with db.transaction() as session:
        for _ in range(5):
            found, (receipt,) = await factories.received_return(session, order, (line, 1))
            pieces = [Piece(receipt.id, 1, Disposition.RESTOCKED)]
            calls.append({"return_id": found.id, "pieces": pieces})

    answers = await each(inspections.inspect, *calls)

    assert refusals(answers, DomainError) == 0
    async with db.transaction() as session:
        granted = sorted(await session.scalars(select(Refund.amount)))
    each_unit = [refunds_due.of_line(line, refunded=n, units=1).amount for n in range(5)]
    assert granted == sorted(each_unit)
    assert sum(granted) == 5 * 101 - 13 + 7
    await verified()


async def test_a_return_is_either_cancelled_or_received(database):
    for _ in range(5):
        order, line = await shipped(ordered=1)
        async with db.transaction() as session:
            found = await factories.approved_return(session, order, (line, 1))
            (awaited,) = await queries.lines(session, return_ids=[found.id])
            place = Place((await factories.return_location(session)).id)

        async def receive(session, *, found=found, awaited=awaited, place=place):
            arrivals = [Arrival(awaited.id, 1)]
            await receipts.receive(session, return_id=found.id, place=place, arrivals=arrivals)

        async def cancel(session, *, found=found):
            await closings.cancel(session, return_id=found.id)

        outcomes = await asyncio.gather(each(receive, {}), each(cancel, {}))

        refused = [answer for (answer,) in outcomes if isinstance(answer, DomainError)]
        assert len(refused) == 1
        assert isinstance(refused[0], AlreadyReceived) or refused[0].code == "illegal_move"
    await verified()


async def test_a_failed_inspection_leaves_nothing(database):
    """The refund cannot be granted, so neither stock nor counters moved."""
    order, line = await shipped(ordered=1)
    async with db.transaction() as session:
        found, (receipt,) = await factories.received_return(session, order, (line, 1))
        await session.execute(
            text("UPDATE payment SET captured = 1 WHERE order_id = :order_id"),
            {"order_id": order.id},
        )
    pieces = [Piece(receipt.id, 1, Disposition.RESTOCKED)]

    (answer,) = await each(inspections.inspect, {"return_id": found.id, "pieces": pieces})

    assert answer.code == "refund_exceeds_captured"
    async with db.transaction() as session:
        assert await queries.inspections(session, return_ids=[found.id]) == []
        (again,) = await queries.receipts(session, return_ids=[found.id])
    assert again.inspected == 0
    await verified()
