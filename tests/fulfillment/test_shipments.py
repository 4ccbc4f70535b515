"""Parcels handed over."""

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from fulfillment import queries, shipments, views, work
from fulfillment.models import FulfillmentLine, Shipment
from fulfillment.queries import FulfillmentOrderChanged, UnknownFulfillmentOrder, UnknownShipment
from fulfillment.shipments import TrackingNumberTaken
from fulfillment.states import RejectReason, TrackingStatus, WorkStatus
from fulfillment.work import UnitsUnaccounted
from inventory import commitments
from inventory.commitments import Promise
from inventory.models import Commitment, StockLevel
from inventory.movements import NotPromised
from oms.kernel import actors, clock, events, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.events import EventRow
from oms.kernel.states import IllegalMove
from tests.factories import opened_work, packed_work, shipped_parcel


async def level(session, row, sku="CUP"):
    found = await session.get_one(StockLevel, (sku, row.location_id))
    await session.refresh(found)
    return found.on_hand, found.committed, found.available


async def shipped(session, row, number="SB-1", **given):
    return await shipments.ship(
        session,
        work_id=row.id,
        carrier="sandbox",
        tracking_number=number,
        now=clock.now(),
        **given,
    )


async def test_what_was_picked_leaves_the_building(session):
    row = await packed_work(session, units={"CUP": 2, "PLATE": 1})
    assert await level(session, row) == (2, 2, 0)

    parcel = await shipped(session, row)

    assert row.status is WorkStatus.SHIPPED
    assert await level(session, row) == (0, 0, 0)
    assert (await session.scalars(select(Commitment))).all() == []
    assert [line.shipped for line in await queries.lines(session, work_ids=[row.id])] == [2, 1]
    shown = await views.shipment(session, parcel)
    assert [(line.sku, line.quantity) for line in shown.lines] == [("CUP", 2), ("PLATE", 1)]
    assert (shown.tracking_status, shown.scans) == (TrackingStatus.LABEL_CREATED, [])


async def test_a_parcel_is_told_with_its_lines(session):
    parcel = await shipped_parcel(session, units={"CUP": 2})
    await events.flush(session)

    told = await session.scalar(select(EventRow).where(col(EventRow.name) == "shipment.shipped"))

    assert (told.subject_id, told.channel_id) == (parcel.order_id, parcel.channel_id)
    [line] = told.data.pop("lines")
    assert (line["sku"], line["quantity"]) == ("CUP", 2)
    assert told.data == {
        "order_id": str(parcel.order_id),
        "shipment_id": str(parcel.id),
        "fulfillment_order_id": str(parcel.fulfillment_order_id),
        "location_id": str(parcel.location_id),
        "carrier": "sandbox",
        "tracking_number": "SB-1",
    }


async def test_rejected_units_stay_behind(session):
    row = await opened_work(session, units={"CUP": 3})
    [line] = await queries.lines(session, work_ids=[row.id])
    await work.accept(session, work_id=row.id)
    await work.pick(session, work_id=row.id, found=[(line.order_line_id, 1)])
    await work.reject_lines(
        session, work_id=row.id, lines=[(line.order_line_id, 2)], reason=RejectReason.OTHER
    )
    await work.pack(session, work_id=row.id)

    parcel = await shipped(session, row)

    assert [
        (line.sku, line.quantity) for line in (await views.shipment(session, parcel)).lines
    ] == [("CUP", 1)]
    assert await level(session, row) == (2, 2, 0)


async def test_only_packed_work_ships(session):
    row = await opened_work(session)

    with pytest.raises(IllegalMove) as refusal:
        await shipped(session, row)

    assert refusal.value.possible == ["accept", "reject", "cancel"]
    assert await level(session, row) == (2, 2, 0)


async def test_a_unit_that_was_lost_after_packing_holds_the_parcel_back(session):
    row = await packed_work(session, units={"CUP": 2})
    await session.execute(update(FulfillmentLine).values(picked=1))

    with pytest.raises(UnitsUnaccounted) as refusal:
        await shipped(session, row)

    [missing] = refusal.value.lines
    assert (missing["sku"], missing["missing"]) == ("CUP", 1)
    assert await level(session, row) == (2, 2, 0)


async def test_nothing_ships_twice(session):
    row = await packed_work(session)
    await shipped(session, row)

    with pytest.raises(IllegalMove) as refusal:
        await shipped(session, row, "SB-2")

    assert (refusal.value.state, refusal.value.possible) == ("shipped", [])
    assert len((await session.scalars(select(Shipment))).all()) == 1


async def test_a_tracking_number_is_used_once_per_carrier(session):
    await shipped_parcel(session, tracking_number="SB-1")
    row = await packed_work(session)

    with pytest.raises(TrackingNumberTaken) as refusal:
        await shipped(session, row, "SB-1")

    assert refusal.value.data() == {"carrier": "sandbox", "tracking_number": "SB-1"}
    assert row.status is WorkStatus.PACKED
    assert await level(session, row) == (2, 2, 0)
    await shipments.ship(
        session, work_id=row.id, carrier="easypost", tracking_number="SB-1", now=clock.now()
    )


async def test_units_that_are_not_promised_cannot_leave(session):
    row = await packed_work(session)
    [line] = await queries.lines(session, work_ids=[row.id])
    promise = Promise(line.order_line_id, line.sku, row.location_id, 1)
    await commitments.release(session, promises=[promise], reference="a test")

    with pytest.raises(NotPromised):
        await shipped(session, row)

    assert row.status is WorkStatus.PACKED


async def test_a_stale_version_does_not_ship(session):
    row = await packed_work(session)

    with pytest.raises(FulfillmentOrderChanged):
        await shipped(session, row, version=3)

    await shipped(session, row, version=4)


async def test_work_of_another_location_cannot_be_shipped(session):
    row = await packed_work(session)
    stranger = Actor(ActorKind.STAFF, "Mori", location_ids=frozenset({ids.new()}))

    with actors.acting(stranger), pytest.raises(UnknownFulfillmentOrder):
        await shipped(session, row)

    assert row.status is WorkStatus.PACKED


async def test_parcels_are_seen_by_their_location_and_channel(session):
    parcel = await shipped_parcel(session)
    reach = frozenset({parcel.location_id}), parcel.channel_id
    nowhere = frozenset({ids.new()}), ids.new()

    for locations, channel in [(reach[0], None), (None, reach[1])]:
        with actors.acting(
            Actor(ActorKind.CLIENT, "x", None, channel_id=channel, location_ids=locations)
        ):
            assert (await queries.shipment(session, shipment_id=parcel.id)).id == parcel.id
            assert len((await queries.shipments(session)).rows) == 1
    for locations, channel in [(nowhere[0], None), (None, nowhere[1])]:
        with actors.acting(
            Actor(ActorKind.CLIENT, "x", None, channel_id=channel, location_ids=locations)
        ):
            with pytest.raises(UnknownShipment):
                await queries.shipment(session, shipment_id=parcel.id)
            assert (await queries.shipments(session, order_id=parcel.order_id)).rows == []
