"""A return as it is shown."""

import pytest

from oms.kernel.money import Money
from returns import inspections, views
from returns.inspections import Piece
from returns.models import ReturnLine
from returns.states import Disposition, GoodsBack, ReturnStatus, goods_back
from tests import factories

S = ReturnStatus


@pytest.mark.parametrize(
    ("status", "counts", "possible"),
    [
        (S.REQUESTED, (2, 0, 0), ["approve", "decline", "cancel"]),
        (S.OPEN, (2, 0, 0), ["cancel", "receive", "close"]),
        (S.OPEN, (2, 1, 0), ["receive", "inspect"]),
        (S.OPEN, (2, 1, 1), ["receive", "close"]),
        (S.OPEN, (2, 2, 1), ["inspect"]),
        (S.OPEN, (2, 2, 2), ["close"]),
        (S.CLOSED, (2, 2, 2), []),
        (S.DECLINED, (2, 0, 0), []),
    ],
)
def test_actions_are_what_would_succeed_now(status, counts, possible):
    quantity, received, inspected = counts
    line = ReturnLine(sku="A", quantity=quantity, received=received, inspected=inspected)

    assert views.actions(status, [line]) == possible


@pytest.mark.parametrize(
    ("status", "received", "goods"),
    [
        (S.REQUESTED, 0, GoodsBack.AWAITED),
        (S.OPEN, 0, GoodsBack.AWAITED),
        (S.OPEN, 1, GoodsBack.PARTIALLY_RECEIVED),
        (S.CLOSED, 1, GoodsBack.PARTIALLY_RECEIVED),
        (S.OPEN, 2, GoodsBack.RECEIVED),
        (S.CLOSED, 0, GoodsBack.NOT_RECEIVED),
        (S.CANCELLED, 0, GoodsBack.NOT_RECEIVED),
        (S.DECLINED, 0, GoodsBack.NOT_RECEIVED),
    ],
)
def test_goods_follow_what_was_seen_not_the_paper(status, received, goods):
    assert goods_back(status, expected=2, received=received) is goods


async def test_a_return_is_shown_with_all_that_belongs_to_it(session):
    order, (one, two) = await factories.shipped_order(session, {}, {"unit_price": 500})
    found, (first, second) = await factories.received_return(session, order, (one, 2), (two, 1))
    piece = Piece(first.id, 1, Disposition.DAMAGED, note="scratched")
    await inspections.inspect(session, return_id=found.id, pieces=[piece])

    shown = await views.show(session, return_id=found.id)

    assert [(line.sku, line.received, line.inspected) for line in shown.lines] == [
        (one.sku, 2, 1),
        (two.sku, 1, 0),
    ]
    assert [(receipt.id, receipt.inspected) for receipt in shown.receipts] == [
        (first.id, 1),
        (second.id, 0),
    ]
    (inspection,) = shown.receipts[0].inspections
    assert (inspection.disposition, inspection.note) == (Disposition.DAMAGED, "scratched")
    assert inspection.refund == shown.refund == Money(amount=1000, currency="JPY")
    assert (shown.goods, shown.actions) == (GoodsBack.RECEIVED, ["inspect"])
    assert shown.version == found.version


async def test_returns_are_shown_each_with_its_own(session):
    order, (one, two) = await factories.shipped_order(session, {}, {})
    first = await factories.approved_return(session, order, (one, 1))
    second = await factories.approved_return(session, order, (two, 2))

    shown = await views.show_all(session, [second, first])

    assert [(row.id, [line.quantity for line in row.lines]) for row in shown] == [
        (second.id, [2]),
        (first.id, [1]),
    ]
