"""Finding new locations for units that lost theirs."""

import pytest

from fulfillment.states import RejectReason
from inventory import receipts
from inventory.events import Received
from oms.kernel import ids, statements
from oms.orders import queries, rejections, reroutes
from oms.orders.queries import OrderChanged, UnknownOrder
from oms.orders.reroutes import NothingWaiting
from oms.routing import decisions
from tests.factories import placed_order, released_order, sites
from tests.inventory.standing import level
from tests.oms.orders.steps import counters, told, works


async def backordered(session, *, units=2, elsewhere=0):
    """Return an order of cups that its only location could not find, and another location."""
    near, far = await sites(session, {"CUP": units}, {"CUP": elsewhere})
    order = await released_order(session, ("CUP", units, 100))
    [row] = (await works(session, order)).values()
    await rejections.reject(
        session, work_id=row.id, lines=[], reason=RejectReason.INVENTORY_OUT_OF_STOCK
    )
    return order, near, far


async def receive(session, place, units):
    await receipts.receive(
        session, location_id=place.id, lines=[Received(sku="CUP", quantity=units)]
    )


async def test_units_that_wait_go_to_work_when_stock_has_come(session):
    order, _, far = await backordered(session)
    await receive(session, far, 5)

    await reroutes.route_waiting(session, order_id=order.id)

    assert await counters(session, order) == [{"in_work": 2}]
    assert (await works(session, order)).keys() == {far.id}
    assert await level(session, "CUP", far.id) == {"on_hand": 5, "committed": 2}


async def test_a_part_goes_to_work_and_the_rest_waits_on(session):
    order, _, far = await backordered(session, units=3)
    await receive(session, far, 1)

    await reroutes.route_waiting(session, order_id=order.id)

    assert await counters(session, order) == [{"backordered": 2, "in_work": 1}]
    assert (await told(session, order)).count("order.backordered") == 1


async def test_where_nothing_came_nothing_changes_but_the_try_is_kept(session):
    order, _, _ = await backordered(session)

    await reroutes.route_waiting(session, order_id=order.id)

    assert await counters(session, order) == [{"backordered": 2}]
    await statements.settle(session)
    last = (await decisions.of_order(session, order_id=order.id))[-1]
    assert (last.cause, last.parcels, last.plan) == ("retried", 0, [])


async def test_a_location_that_found_its_shelf_empty_is_not_asked_again(session):
    order, near, _ = await backordered(session)
    await receive(session, near, 5)

    await reroutes.route_waiting(session, order_id=order.id)

    assert await counters(session, order) == [{"backordered": 2}]


async def test_an_order_of_which_nothing_waits_has_nothing_to_route(session):
    await sites(session, {"CUP": 2})
    order = await placed_order(session, ("CUP", 2, 100))

    with pytest.raises(NothingWaiting):
        await reroutes.route_waiting(session, order_id=order.id)


async def test_only_the_own_channel_and_the_version_seen_may_route(session):
    order, _, far = await backordered(session)
    await receive(session, far, 5)
    await session.flush()

    with pytest.raises(UnknownOrder):
        await reroutes.route_waiting(session, order_id=order.id, channel_id=ids.new())
    with pytest.raises(OrderChanged):
        await reroutes.route_waiting(session, order_id=order.id, version=order.version - 1)

    await reroutes.route_waiting(
        session, order_id=order.id, channel_id=order.channel_id, version=order.version
    )
    [line] = await queries.lines(session, order_id=order.id)
    assert line.in_work == 2
