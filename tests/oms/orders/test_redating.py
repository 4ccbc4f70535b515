"""Dates of those who wait follow the supply; a later one is told once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from inventory.selling import backlog_limits
from inventory.selling.backlog_limits import Permit
from inventory.selling.models import BacklogKind
from inventory.supply import purchase_orders
from inventory.supply.views import (
    PurchaseChangesIn,
    PurchaseLineChangesIn,
    PurchaseLineIn,
    PurchaseOrderIn,
)
from oms.kernel import clock, db, statements
from oms.orders import queries, redating
from oms.orders.models import OrderLine
from tests.factories import item, kit, location, placed_order
from tests.oms.orders.steps import facts


def day(number):
    return clock.now().replace(microsecond=0) + timedelta(days=number)


async def sold_ahead(session, sku="CUP"):
    limit = Permit(BacklogKind.BACKORDER, 100)
    await backlog_limits.permit(session, sku=sku, channel_id=None, permit=limit)


async def bought(session, *lines):
    """Order units (how many, in how many days) of a cup."""
    place = await location(session)
    new = PurchaseOrderIn(
        supplier="Arita Kilns",
        location_id=place.id,
        lines=[
            PurchaseLineIn(sku="CUP", quantity=units, expected_at=at and day(at).isoformat())
            for units, at in lines
        ],
    )
    made = await purchase_orders.draft(session, new=new)
    return await purchase_orders.order(session, purchase_order_id=made.id, now=clock.now())


async def expected(session, order):
    found = await queries.lines(session, order_id=order.id)
    return [line.expected_at and round((line.expected_at - clock.now()).days) + 1 for line in found]


async def test_who_waits_is_expected_in_turn_and_what_is_not_covered_keeps_no_date(session):
    await item(session, sku="CUP")
    await sold_ahead(session)
    orders = [await placed_order(session, ("CUP", 2, 100)) for _ in range(3)]
    await bought(session, (3, 4), (2, 9), (5, None))

    assert await redating.redate(session, skus=["CUP"]) == 2
    assert [await expected(session, order) for order in orders] == [[4], [9], [None]]
    assert await redating.redate(session, skus=["CUP"]) == 0


async def test_a_kit_waits_for_the_part_that_comes_last_and_shares_it_in_turn(session):
    await kit(session, "SET", CUP=2)
    await sold_ahead(session)
    await sold_ahead(session, "SET")
    first = await placed_order(session, ("SET", 1, 100))
    second = await placed_order(session, ("CUP", 1, 100))
    await bought(session, (2, 4), (1, 9))

    assert await redating.redate(session, skus=["CUP"]) == 2
    assert [await expected(session, order) for order in (first, second)] == [[4], [9]]


async def test_more_orders_than_are_held_at_once_come_one_after_the_other(session, monkeypatch):
    monkeypatch.setattr(redating, "ORDERS_AT_ONCE", 2)
    await item(session, sku="CUP")
    await sold_ahead(session)
    for _ in range(3):
        await placed_order(session, ("CUP", 1, 100))
    await bought(session, (3, 4))

    assert [await redating.redate(session, skus=["CUP"]) for _ in range(3)] == [2, 1, 0]


async def test_the_database_refuses_a_date_before_the_promised_one(session):
    await item(session, sku="CUP")
    await sold_ahead(session)
    await placed_order(session, ("CUP", 1, 100))

    with pytest.raises(IntegrityError, match="expected_not_before_promised"):
        await session.execute(
            update(OrderLine).values(
                {col(OrderLine.promised_at): day(2), col(OrderLine.expected_at): day(1)}
            )
        )


async def test_however_many_look_at_once_a_later_date_is_told_once(database):
    async with db.transaction() as session:
        await item(session, sku="CUP")
        await sold_ahead(session)
        orders = [await placed_order(session, ("CUP", 1, 100)) for _ in range(4)]
        paper = await bought(session, (4, 4))
        await statements.settle(session)
    await asyncio.gather(*(look() for _ in range(4)))
    async with db.transaction() as session:
        [line] = await purchase_orders.queries.lines(session, purchase_order_ids=[paper.id])
        moved = [PurchaseLineChangesIn(line_id=line.id, expected_at=day(8).isoformat())]
        await purchase_orders.change(
            session, purchase_order_id=paper.id, changes=PurchaseChangesIn(lines=moved)
        )
    await asyncio.gather(*(look() for _ in range(4)))

    async with db.transaction() as session:
        for order in orders:
            assert await expected(session, order) == [8]
            told = [fact.name for fact in await facts(session, order)]
            assert told.count("order.promise_changed") == 1


async def look():
    while True:
        async with db.transaction() as session:
            if not await redating.redate(session, skus=["CUP"]):
                return
