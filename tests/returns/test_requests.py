"""Asking to send goods back."""

import pytest
from sqlalchemy import func, select

from oms.kernel import events, ids
from oms.kernel.events import EventRow
from oms.kernel.money import CurrencyMismatch, Money
from oms.orders import queries as orders
from oms.orders.queries import UnknownOrder
from returns import closings, queries, requests
from returns.models import Return
from returns.requests import (
    Blind,
    NoteMissing,
    NotReturnable,
    ReturnExists,
    UnknownItems,
    Wanted,
)
from returns.states import ReturnReason, ReturnStatus
from tests import factories

UNWANTED = ReturnReason.UNWANTED


async def counters(session, order) -> list[tuple[int, int]]:
    """Per line of an order: units asked back, units that came back."""
    lines = await orders.lines(session, order_id=order.id)
    return [(line.return_requested, line.returned) for line in lines]


async def told(session, subject_id) -> list[EventRow]:
    """The facts of a subject."""
    await events.flush(session)
    found = select(EventRow).where(EventRow.subject_id == subject_id)
    return list(await session.scalars(found.order_by(EventRow.sequence)))


async def test_requested_units_are_claimed_at_once(session):
    order, (line,) = await factories.shipped_order(session, {"ordered": 3})

    found = await requests.request(
        session, order_id=order.id, lines=[Wanted(line.id, 2, UNWANTED)], note="too many"
    )

    assert found.status is ReturnStatus.REQUESTED
    assert found.number.startswith("RMA-")
    assert (found.channel_id, found.currency, found.note) == (order.channel_id, "JPY", "too many")
    (asked,) = await queries.lines(session, return_ids=[found.id])
    assert (asked.order_line_id, asked.sku, asked.quantity) == (line.id, line.sku, 2)
    assert await counters(session, order) == [(2, 0)]


async def test_a_request_is_part_of_the_orders_story(session):
    order, (line,) = await factories.shipped_order(session)
    wanted = [Wanted(line.id, 1, UNWANTED)]

    found = await requests.request(session, order_id=order.id, lines=wanted)

    (fact,) = await told(session, order.id)
    (asked,) = await queries.lines(session, return_ids=[found.id])
    assert (fact.name, fact.channel_id) == ("return.requested", order.channel_id)
    assert fact.data == {
        "return_id": str(found.id),
        "order_id": str(order.id),
        "number": found.number,
        "lines": [
            {
                "return_line_id": str(asked.id),
                "order_line_id": str(line.id),
                "sku": line.sku,
                "quantity": 1,
            }
        ],
    }


async def test_every_line_that_asks_too_much_is_named(session):
    order, (one, two, three) = await factories.shipped_order(
        session, {"ordered": 3}, {"ordered": 2, "shipped": 1, "in_work": 1, "delivered": 1}, {}
    )
    await requests.request(session, order_id=order.id, lines=[Wanted(one.id, 2, UNWANTED)])
    stranger = ids.new()

    with pytest.raises(NotReturnable) as refused:
        await requests.request(
            session,
            order_id=order.id,
            lines=[
                Wanted(one.id, 2, UNWANTED),
                Wanted(two.id, 2, UNWANTED),
                Wanted(three.id, 1, UNWANTED),
                Wanted(stranger, 1, UNWANTED),
            ],
        )

    assert refused.value.lines == [
        {"line_id": one.id, "wanted": 2, "returnable": 1},
        {"line_id": two.id, "wanted": 2, "returnable": 1},
        {"line_id": stranger, "wanted": 1, "returnable": 0},
    ]
    assert await counters(session, order) == [(2, 0), (0, 0), (0, 0)]


async def test_demand_for_a_line_is_summed(session):
    order, (line,) = await factories.shipped_order(session, {"ordered": 3})
    worn, small = (
        Wanted(line.id, 2, ReturnReason.DEFECTIVE),
        Wanted(line.id, 2, ReturnReason.SIZE_TOO_SMALL),
    )

    with pytest.raises(NotReturnable) as refused:
        await requests.request(session, order_id=order.id, lines=[worn, small])

    assert refused.value.lines == [{"line_id": line.id, "wanted": 4, "returnable": 3}]


async def test_units_can_be_asked_back_again_after_a_cancelled_return(session):
    order, (line,) = await factories.shipped_order(session, {"ordered": 1})
    wanted = [Wanted(line.id, 1, UNWANTED)]
    first = await requests.request(session, order_id=order.id, lines=wanted)
    with pytest.raises(NotReturnable):
        await requests.request(session, order_id=order.id, lines=wanted)

    await closings.cancel(session, return_id=first.id)

    await requests.request(session, order_id=order.id, lines=wanted)
    assert await counters(session, order) == [(1, 0)]


@pytest.mark.parametrize("note", [None, "", "  \n"])
async def test_another_reason_needs_a_note(session, note):
    order, (line,) = await factories.shipped_order(session)
    wanted = [Wanted(line.id, 1, ReturnReason.OTHER)]

    with pytest.raises(NoteMissing):
        await requests.request(session, order_id=order.id, lines=wanted, note=note)

    assert await counters(session, order) == [(0, 0)]
    await requests.request(session, order_id=order.id, lines=wanted, note="it hums")


async def test_a_credit_note_is_imported_once_per_channel(session):
    order, (line,) = await factories.shipped_order(session, {"ordered": 1})
    wanted = [Wanted(line.id, 1, UNWANTED)]
    first = await requests.request(session, order_id=order.id, lines=wanted, external_id="C536379")

    with pytest.raises(ReturnExists) as refused:
        await requests.request(session, order_id=order.id, lines=wanted, external_id="C536379")

    assert refused.value.data() == {
        "external_id": "C536379",
        "return_id": first.id,
        "number": first.number,
    }
    other, (theirs,) = await factories.shipped_order(session)
    lines = [Wanted(theirs.id, 1, UNWANTED)]
    await requests.request(session, order_id=other.id, lines=lines, external_id="C536379")
    assert await session.scalar(select(func.count()).select_from(Return)) == 2


async def test_another_channels_order_is_unknown(session):
    order, (line,) = await factories.shipped_order(session)

    with pytest.raises(UnknownOrder):
        await requests.request(
            session, order_id=order.id, lines=[Wanted(line.id, 1, UNWANTED)], channel_id=ids.new()
        )

    assert await counters(session, order) == [(0, 0)]


async def test_a_blind_return_tells_its_own_story(session):
    _, (line,) = await factories.shipped_order(session)
    channel_id = ids.new()
    lines = [Blind(line.sku, 2, Money(amount=150, currency="GBP"), UNWANTED)]

    found = await requests.request_blind(session, channel_id=channel_id, lines=lines)

    (asked,) = await queries.lines(session, return_ids=[found.id])
    assert (found.order_id, found.channel_id, found.currency) == (None, channel_id, "GBP")
    assert (asked.order_line_id, asked.quantity, asked.unit_credit) == (None, 2, 150)
    assert [fact.name for fact in await told(session, found.id)] == ["return.requested"]


async def test_only_known_items_come_back_blind(session):
    _, (line,) = await factories.shipped_order(session)
    credit = Money(amount=150, currency="GBP")
    skus = ["NOPE", line.sku, "NADA", "NOPE"]

    with pytest.raises(UnknownItems) as refused:
        await requests.request_blind(
            session, channel_id=ids.new(), lines=[Blind(sku, 1, credit, UNWANTED) for sku in skus]
        )

    assert refused.value.skus == ["NADA", "NOPE"]
    assert await session.scalar(select(func.count()).select_from(Return)) == 0


async def test_a_blind_return_has_one_currency(session):
    _, (line,) = await factories.shipped_order(session)
    lines = [
        Blind(line.sku, 1, Money(amount=150, currency=currency), UNWANTED)
        for currency in ("GBP", "EUR")
    ]

    with pytest.raises(CurrencyMismatch):
        await requests.request_blind(session, channel_id=ids.new(), lines=lines)
