from fulfillment.events import ShipmentShipped
from oms.journey.checks import CHECKS
from oms.kernel import checks, events, ids
from oms.orders.events import OrderPlaced
from tests.factories import told_order, told_parcel

BEGINS, PARCELS = CHECKS


def placed(order_id):
    return OrderPlaced(
        order_id=order_id, external_id="1", currency="JPY", total_amount=3000, lines=[]
    )


async def test_an_order_whose_story_does_not_begin_with_placing_is_found(session):
    await told_order(session, placed)
    silent, _ = await told_order(session)
    doubled, _ = await told_order(session, placed, placed)

    found = await checks.run(session, BEGINS)

    assert found.rows == 3
    assert set(found.offenders) == {str(silent.id), str(doubled.id)}


async def test_a_parcel_nobody_tells_of_is_found(session):
    order, [line] = await told_order(session, placed)
    told = await told_parcel(session, order, line)
    silent = await told_parcel(session, order, line)
    fact = ShipmentShipped(
        order_id=order.id, shipment_id=told.id, fulfillment_order_id=ids.new(),
        location_id=told.location_id, carrier="sandbox", tracking_number="1", lines=[],
    )  # fmt: skip
    events.record(session, fact, about=order.id)
    await events.flush(session)

    found = await checks.run(session, PARCELS)

    assert (found.rows, found.offenders) == (2, [str(silent.id)])
