"""Handing an order to the locations that ship it."""

from oms.orders import queries, releases
from oms.orders.events import OrderPlaced
from oms.orders.states import OrderStatus
from oms.payments import queries as payments
from oms.payments.events import PaymentAuthorised
from tests.factories import placed_order, released_order, sites
from tests.oms.orders.steps import counters, facts, told, works


def fact(order, payment) -> PaymentAuthorised:
    return PaymentAuthorised(
        order_id=order.id, payment_id=payment.id, amount=payment.authorised, currency="JPY"
    )


async def test_an_order_is_released_when_its_money_is_safe(session):
    await sites(session, {"CUP": 5})
    order = await placed_order(session, ("CUP", 2, 100))
    [payment] = await payments.of_order(session, order_id=order.id)

    payment.authorised = 199
    await releases.payment_authorised(session, fact(order, payment))
    assert order.status is OrderStatus.PLACED

    payment.authorised = 200
    await releases.payment_authorised(session, fact(order, payment))
    assert order.status is OrderStatus.RELEASED
    assert await counters(session, order) == [{"in_work": 2}]


async def test_an_order_that_costs_nothing_is_released_at_once_and_no_other(session):
    await sites(session, {"CUP": 5})
    free = await placed_order(session, ("CUP", 1, 0), payment=None)
    paid = await placed_order(session, ("CUP", 1, 1))

    for order in (free, paid):
        [placed, _] = await facts(session, order)
        await releases.nothing_to_pay(session, OrderPlaced.model_validate(placed.data))

    assert (free.status, paid.status) == (OrderStatus.RELEASED, OrderStatus.PLACED)


async def test_every_location_gets_its_own_lines_and_nothing_else(session):
    near, far = await sites(session, {"CUP": 2, "BOWL": 1}, {"CUP": 9, "POT": 9})
    order = await released_order(session, ("CUP", 3, 1), ("BOWL", 1, 1), ("POT", 2, 1))

    given = await works(session, order)

    assert given.keys() == {near.id, far.id}
    opened = [one for one in await facts(session, order) if one.name == "fulfillment_order.opened"]
    wanted = {
        one.data["location_id"]: {line["sku"]: line["quantity"] for line in one.data["lines"]}
        for one in opened
    }
    assert wanted == {str(near.id): {"CUP": 2, "BOWL": 1}, str(far.id): {"CUP": 1, "POT": 2}}
    assert await counters(session, order) == [{"in_work": 3}, {"in_work": 1}, {"in_work": 2}]
    [released] = [one for one in await facts(session, order) if one.name == "order.released"]
    assert set(released.data["fulfillment_order_ids"]) == {str(row.id) for row in given.values()}


async def test_an_order_is_released_once(session):
    await sites(session, {"CUP": 5})
    order = await released_order(session, ("CUP", 2, 100))

    await releases.release(session, order=await queries.lock(session, order_id=order.id))

    assert (await told(session, order)).count("order.released") == 1
    assert len(await works(session, order)) == 1
