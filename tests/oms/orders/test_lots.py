"""Orders placed together: each whole or not at all, and none hurts another."""

from sqlalchemy import func, select

from oms.kernel import ids, statements
from oms.orders import placements, queries
from oms.orders.allocations import Shortfall, UnknownSkus
from oms.orders.models import Order
from oms.orders.placements import OrderExists, PaymentMissing, Placed
from oms.orders.totals import TotalsDisagree
from tests.factories import new_order, placed_order, sites
from tests.inventory.standing import level, promises

CHANNEL = ids.new()


def wish(*lines, **given):
    return new_order(*lines, channel_id=CHANNEL, **given)


async def place(session, *orders):
    outcomes = await placements.place_all(session, channel_id=CHANNEL, orders=orders)
    await statements.settle(session)
    return outcomes


async def test_the_earlier_order_of_a_lot_has_the_first_choice(session):
    [shelf] = await sites(session, {"CUP": 5})

    first, second, third = await place(
        session, wish(("CUP", 3, 10)), wish(("CUP", 3, 10)), wish(("CUP", 2, 10))
    )

    assert [type(one) for one in (first, second, third)] == [Placed, Shortfall, Placed]
    assert second.shortages == [{"sku": "CUP", "wanted": 3, "available": 2}]
    assert await level(session, "CUP", shelf.id) == {"on_hand": 5, "committed": 5}
    [line] = await queries.lines(session, order_id=first.order.id)
    assert await promises(session, claimant_id=line.id) == 3


async def test_orders_of_a_lot_take_from_further_away_when_the_near_shelf_is_empty(session):
    near, far = await sites(session, {"CUP": 1}, {"CUP": 5})

    first, second = await place(session, wish(("CUP", 1, 10)), wish(("CUP", 1, 10)))

    assert isinstance(first, Placed)
    assert isinstance(second, Placed)
    assert await level(session, "CUP", near.id) == {"on_hand": 1, "committed": 1}
    assert await level(session, "CUP", far.id) == {"on_hand": 5, "committed": 1}


async def test_what_is_refused_leaves_nothing_and_hurts_no_other(session):
    [shelf] = await sites(session, {"CUP": 9})

    outcomes = await place(
        session,
        wish(("CUP", 1, 10), total=11),
        wish(("NONE", 1, 10)),
        wish(("CUP", 1, 10), payment=None),
        wish(("CUP", 2, 10)),
    )

    kinds = [type(one) for one in outcomes]
    assert kinds == [TotalsDisagree, UnknownSkus, PaymentMissing, Placed]
    assert await session.scalar(select(func.count()).select_from(Order)) == 1
    assert await level(session, "CUP", shelf.id) == {"on_hand": 9, "committed": 2}
    assert {fact["subject_id"] for fact in session.info["events"]} == {outcomes[3].order.id}


async def test_an_external_id_twice_in_a_lot_is_one_order(session):
    await sites(session, {"CUP": 9})
    new = wish(("CUP", 1, 10))

    first, second = await place(session, new, new)

    assert isinstance(second, OrderExists)
    assert second.order_id == first.order.id


async def test_an_external_id_whose_first_order_was_refused_is_still_free(session):
    await sites(session, {"CUP": 2})

    first, second = await place(
        session,
        wish(("CUP", 3, 10), external_id="S-1"),
        wish(("CUP", 2, 10), external_id="S-1"),
    )

    assert isinstance(first, Shortfall)
    assert isinstance(second, Placed)


async def test_an_order_placed_before_is_named_even_when_its_goods_are_gone(session):
    await sites(session, {"CUP": 2})
    earlier = await placed_order(session, ("CUP", 2, 10), external_id="S-1", channel_id=CHANNEL)

    [again] = await place(session, wish(("CUP", 2, 10), external_id="S-1"))

    assert isinstance(again, OrderExists)
    assert again.order_id == earlier.id


async def test_numbers_are_given_in_the_order_of_the_lot(session):
    await sites(session, {"CUP": 9})

    placed = await place(session, *(wish(("CUP", 1, 10)) for _ in range(4)))

    numbers = [one.order.number for one in placed]
    assert numbers == sorted(set(numbers))
