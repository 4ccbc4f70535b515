"""Charging what has shipped, to the unit."""

from oms.orders import charges, queries
from oms.payments import queries as payments
from tests.factories import released_order, sites
from tests.oms.orders.steps import parcel


async def captures(session, order) -> list[int]:
    """Return what was asked of the gateway for parcels, in the order it was asked."""
    await session.flush()
    found = await payments.of_order(session, order_id=order.id)
    asked = await payments.operations(session, payment_ids=[one.id for one in found])
    return [one.amount for one in asked if one.kind == "capture"]


async def safe(session, order):
    [payment] = await payments.of_order(session, order_id=order.id)
    payment.authorised = payment.amount
    await session.flush()


async def test_every_parcel_is_charged_with_its_shares_and_the_sum_is_the_order(session):
    await sites(session, {"CUP": 9, "BOWL": 9})
    order = await released_order(
        session, ("CUP", 3, 333), ("BOWL", 2, 101), discount=100, shipping=50, tax=77
    )
    await safe(session, order)
    cup, bowl = await queries.lines(session, order_id=order.id)

    await charges.capture_shipped(session, parcel(order, (cup, 1)))
    await charges.capture_shipped(session, parcel(order, (cup, 2), (bowl, 1)))
    await charges.capture_shipped(session, parcel(order, (bowl, 1)))

    asked = await captures(session, order)
    assert asked[0] == 333 - 28 + 14 + 22
    assert sum(asked) == order.total_amount == 1228
    assert [line.charged for line in await queries.lines(session, order_id=order.id)] == [3, 2]


async def test_a_parcel_of_gifts_asks_for_nothing(session):
    await sites(session, {"CUP": 9, "BOWL": 9})
    order = await released_order(session, ("CUP", 1, 100), ("BOWL", 1, 0))
    await safe(session, order)
    _, bowl = await queries.lines(session, order_id=order.id)

    await charges.capture_shipped(session, parcel(order, (bowl, 1)))

    assert await captures(session, order) == []
    assert [line.charged for line in await queries.lines(session, order_id=order.id)] == [0, 1]
