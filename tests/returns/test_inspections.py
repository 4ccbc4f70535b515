"""Looking at what arrived."""

import pytest
from sqlalchemy import select

from inventory.models import Reason, StockLevel, StockMovement
from oms.kernel import ids
from oms.kernel.money import Money
from oms.payments.models import Refund
from returns import approvals, inspections, queries, receipts, requests
from returns.inspections import MoreThanReceived, Piece, UnknownReceipt
from returns.receipts import Arrival, Place
from returns.requests import Blind
from returns.states import Disposition, ReturnReason
from tests import factories

RESTOCKED = Disposition.RESTOCKED
WHY = {
    Disposition.RESTOCKED: Reason.RESTOCK,
    Disposition.QUALITY_CONTROL: Reason.QUALITY_CONTROL,
    Disposition.DAMAGED: Reason.DAMAGED,
}


async def refunds(session) -> list[Refund]:
    return list(await session.scalars(select(Refund).order_by(Refund.id)))


async def level(session, receipt, line) -> StockLevel | None:
    return await session.get(StockLevel, (line.sku, receipt.location_id), populate_existing=True)


@pytest.mark.parametrize(
    ("disposition", "quality_control", "damaged", "available"),
    [
        (Disposition.RESTOCKED, 0, 0, 2),
        (Disposition.QUALITY_CONTROL, 2, 0, 0),
        (Disposition.DAMAGED, 0, 2, 0),
    ],
)
async def test_stock_follows_the_disposition(
    session, disposition, quality_control, damaged, available
):
    order, (line,) = await factories.shipped_order(session)
    found, (receipt,) = await factories.received_return(session, order, (line, 2))
    assert await level(session, receipt, line) is None

    await inspections.inspect(
        session, return_id=found.id, pieces=[Piece(receipt.id, 2, disposition)]
    )

    row = await level(session, receipt, line)
    assert (row.on_hand, row.quality_control, row.damaged) == (2, quality_control, damaged)
    assert row.available == available
    (moved,) = await session.scalars(select(StockMovement))
    assert (moved.reason, moved.reference) == (WHY[disposition], f"return:{found.id}")


async def test_scrapped_units_are_refunded_and_never_stocked(session):
    order, (line,) = await factories.shipped_order(session)
    found, (receipt,) = await factories.received_return(session, order, (line, 2))

    await inspections.inspect(
        session, return_id=found.id, pieces=[Piece(receipt.id, 2, Disposition.SCRAPPED)]
    )

    assert await level(session, receipt, line) is None
    assert [refund.amount for refund in await refunds(session)] == [2000]


async def test_a_refund_says_how_it_came_about(session):
    order, (line,) = await factories.shipped_order(
        session,
        {"ordered": 3, "unit_price": 100, "discount_amount": 10, "tax_amount": 20,
         "shipping_amount": 50},
    )  # fmt: skip
    found, (receipt,) = await factories.received_return(session, order, (line, 2))

    await inspections.inspect(session, return_id=found.id, pieces=[Piece(receipt.id, 2, RESTOCKED)])

    (refund,) = await refunds(session)
    (inspection,) = await queries.inspections(session, return_ids=[found.id])
    assert (refund.order_id, refund.currency, refund.amount) == (order.id, "JPY", 200 - 7 + 14)
    assert refund.cause == f"inspection:{inspection.id}"
    assert inspection.refund_amount == refund.amount
    assert refund.terms == [
        {
            "order_line_id": str(line.id),
            "return_line_id": str(receipt.return_line_id),
            "sku": line.sku,
            "rule": "units_in_order/2",
            "tax_included": False,
            "units": 2,
            "first_unit": 0,
            "goods": 200,
            "discount": 7,
            "tax": 14,
            "amount": 207,
        }
    ]


async def test_units_returned_one_by_one_sum_to_the_line(session):
    order, (line,) = await factories.shipped_order(
        session, {"ordered": 3, "unit_price": 100, "discount_amount": 10, "tax_amount": 20}
    )
    for _ in range(3):
        found, (receipt,) = await factories.received_return(session, order, (line, 1))
        pieces = [Piece(receipt.id, 1, RESTOCKED)]
        await inspections.inspect(session, return_id=found.id, pieces=pieces)

    assert [refund.amount for refund in await refunds(session)] == [103, 104, 103]


async def test_pieces_of_one_inspection_take_their_units_in_turn(session):
    order, (line,) = await factories.shipped_order(
        session, {"ordered": 3, "unit_price": 100, "discount_amount": 10}
    )
    found, (receipt,) = await factories.received_return(session, order, (line, 3))

    await inspections.inspect(
        session,
        return_id=found.id,
        pieces=[
            Piece(receipt.id, 1, RESTOCKED),
            Piece(receipt.id, 1, Disposition.DAMAGED, refund=False, note="worn by the shopper"),
            Piece(receipt.id, 1, Disposition.QUALITY_CONTROL),
        ],
    )

    rows = await queries.inspections(session, return_ids=[found.id])
    assert {(row.disposition, row.refunded, row.refund_amount, row.note) for row in rows} == {
        (Disposition.RESTOCKED, True, 96, None),
        (Disposition.DAMAGED, False, 0, "worn by the shopper"),
        (Disposition.QUALITY_CONTROL, True, 97, None),
    }
    assert sorted(refund.amount for refund in await refunds(session)) == [96, 97]


async def test_what_cost_nothing_is_not_refunded(session):
    order, (line,) = await factories.shipped_order(session, {"unit_price": 0})
    found, (receipt,) = await factories.received_return(session, order, (line, 1))

    await inspections.inspect(session, return_id=found.id, pieces=[Piece(receipt.id, 1, RESTOCKED)])

    assert await refunds(session) == []
    assert (await level(session, receipt, line)).on_hand == 1


async def test_more_than_waits_is_refused_and_nothing_changes(session):
    order, (line,) = await factories.shipped_order(session)
    found, (receipt,) = await factories.received_return(session, order, (line, 2))
    await inspections.inspect(session, return_id=found.id, pieces=[Piece(receipt.id, 1, RESTOCKED)])

    with pytest.raises(MoreThanReceived) as refused:
        await inspections.inspect(
            session,
            return_id=found.id,
            pieces=[Piece(receipt.id, 1, RESTOCKED), Piece(receipt.id, 1, Disposition.SCRAPPED)],
        )

    assert refused.value.receipts == [{"receipt_id": receipt.id, "inspected": 2, "waiting": 1}]
    assert (await level(session, receipt, line)).on_hand == 1
    assert len(await refunds(session)) == 1
    assert receipt.inspected == 1


async def test_staff_inspect_at_their_own_locations_only(session):
    order, (line,) = await factories.shipped_order(session)
    found, (receipt,) = await factories.received_return(session, order, (line, 2))
    pieces = [Piece(receipt.id, 1, RESTOCKED)]

    with pytest.raises(UnknownReceipt):
        await inspections.inspect(
            session, return_id=found.id, pieces=pieces, location_ids=frozenset({ids.new()})
        )
    with pytest.raises(UnknownReceipt):
        await inspections.inspect(
            session, return_id=found.id, pieces=[Piece(ids.new(), 1, RESTOCKED)]
        )

    assert await refunds(session) == []
    mine = frozenset({receipt.location_id})
    await inspections.inspect(session, return_id=found.id, pieces=pieces, location_ids=mine)
    assert (await level(session, receipt, line)).on_hand == 1


async def test_a_blind_return_pays_the_agreed_credit(session):
    _, (line,) = await factories.shipped_order(session)
    ginza = await factories.return_location(session)
    lines = [Blind(line.sku, 2, Money(amount=150, currency="GBP"), ReturnReason.UNKNOWN)]
    found = await requests.request_blind(session, channel_id=ids.new(), lines=lines)
    await approvals.approve(session, return_id=found.id)
    (awaited,) = await queries.lines(session, return_ids=[found.id])
    arrivals = [Arrival(awaited.id, 2)]
    await receipts.receive(session, return_id=found.id, place=Place(ginza.id), arrivals=arrivals)
    (receipt,) = await queries.receipts(session, return_ids=[found.id])

    await inspections.inspect(session, return_id=found.id, pieces=[Piece(receipt.id, 2, RESTOCKED)])

    (refund,) = await refunds(session)
    assert (refund.order_id, refund.currency, refund.amount) == (None, "GBP", 300)
    assert refund.terms[0]["rule"] == "agreed_credit/1"
    assert (await level(session, receipt, line)).available == 2
