import json

import pytest
from sqlalchemy import select

from oms.journey import publishing
from oms.kernel import actors, clock, db, deliveries, due, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.events import Delivery, EventRow
from oms.orders.events import OrderPlaced
from oms.orders.queries import UnknownOrder
from oms.webhooks.models import WebhookMessage
from tests.drain import drain, parked
from tests.factories import Happened, event_row, told_order, webhook_endpoint


def placed(order_id):
    return OrderPlaced(
        order_id=order_id, external_id="1", currency="JPY", total_amount=3000, lines=[]
    )


async def last_fact(session, order):
    query = select(EventRow).where(EventRow.subject_id == order.id)
    return (await session.scalars(query.order_by(EventRow.sequence.desc()))).first()


async def messages(session):
    return (await session.scalars(select(WebhookMessage))).all()


async def test_an_integrator_gets_the_fact_and_the_whole_order(session):
    with actors.acting(Actor(ActorKind.CLIENT, "shop")):
        order, [line] = await told_order(session, placed)
    await webhook_endpoint(session, channel_id=order.channel_id, events=["order.placed"])
    event = await last_fact(session, order)

    await publishing.publish(session, event)

    [message] = await messages(session)
    told = json.loads(message.payload)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["type"] == message.event_name == "order.placed"
    assert told["data"]["event"] == {
        "order_id": str(order.id),
        "external_id": "1",
        "currency": "JPY",
        "total_amount": 3000,
        "lines": [],
        "id": str(event.id),
        "sequence": 1,
        "subject_id": str(order.id),
        "actor": "client:shop",
        "channel_id": str(order.channel_id),
        "occurred_at": told["timestamp"],
    }
    shown = told["data"]["order"]
    assert (shown["id"], shown["number"]) == (str(order.id), order.number)
    assert shown["lines"][0]["sku"] == line.sku


async def test_a_fact_about_no_order_comes_without_one(session):
    await webhook_endpoint(session)
    event = await event_row(session, Happened(number=7))

    await publishing.publish(session, event)

    [message] = await messages(session)
    data = json.loads(message.payload)["data"]
    assert set(data) == {"event"}
    assert data["event"]["number"] == 7


async def test_nobody_listening_costs_nothing(session):
    """Not even reading the order: this one does not exist."""
    order_id = ids.new()
    event = await event_row(session, placed(order_id), about=order_id)

    await publishing.publish(session, event)

    assert await messages(session) == []
    with pytest.raises(UnknownOrder):
        await publishing.payload(session, event=event)


async def owed_deliveries():
    async with db.transaction() as session:
        rows = await session.scalars(select(Delivery).where(Delivery.status == "due"))
        return {row.lane: row.id for row in rows}


async def test_integrators_are_told_after_the_other_reactions(database):
    async with db.transaction() as session:
        await told_order(session, placed)
        await webhook_endpoint(session)
    owed = await owed_deliveries()

    await deliveries.run(owed["oms.journey.publishing"])
    assert await owed_deliveries() == owed

    await deliveries.run(owed["oms.orders.releases"])
    await deliveries.run(owed["oms.journey.publishing"])
    assert await owed_deliveries() == {}
    async with db.transaction() as session:
        assert len(await messages(session)) == 1


async def test_a_reaction_that_fails_does_not_keep_integrators_waiting(database):
    async with db.transaction() as session:
        await told_order(session, placed)
        await webhook_endpoint(session)
    owed = await owed_deliveries()
    async with db.transaction() as session:
        row = await session.get_one(Delivery, owed["oms.orders.releases"])
        due.failed(row, reason="a bug", now=clock.now())

    await deliveries.run(owed["oms.journey.publishing"])

    assert set(await owed_deliveries()) == {"oms.orders.releases"}


async def test_every_recorded_fact_is_published_by_the_workers(database):
    async with db.transaction() as session:
        await webhook_endpoint(session, url="https://127.0.0.1/")
        await event_row(session)

    await drain()

    assert await parked() == []
    async with db.transaction() as session:
        [message] = await messages(session)
    assert message.event_name == "test.happened"
