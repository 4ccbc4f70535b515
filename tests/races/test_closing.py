"""A location closes while orders come in: no work is left there that nobody sends elsewhere."""

import asyncio
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from inventory.places import closings
from inventory.places.models import Location
from oms.kernel import db
from tests.drain import drain


async def test_orders_placed_and_released_while_a_location_closes_are_not_left_there(shop):
    await shop.open(stock={"CUP": {"TYO": 20, "OSA": 20}})
    await shop.token("site")
    place = UUID(shop.places["TYO"])

    async def close():
        async with db.transaction() as session:
            await closings.close(session, location_id=place, reroute=True)

    async def buy():
        await shop.do("site", "POST", "/orders", shop.order(("CUP", 1, 100)))

    await asyncio.gather(*(buy() for _ in range(4)), close(), *(buy() for _ in range(4)))
    await drain()

    assert await shop.work("TYO") == []
    assert len(await shop.work("OSA")) == 8
    assert await shop.available("CUP") == 12
    await shop.verified()


async def test_a_placement_that_commits_after_the_closing_is_seen_when_it_is_released(shop):
    await shop.open(stock={"CUP": {"TYO": 5, "OSA": 5}})
    placed = await shop.do("site", "POST", "/orders", shop.order(("CUP", 1, 100)))
    here = col(Location.id) == UUID(shop.places["TYO"])
    async with db.transaction() as session:  # as if all who were told had been faster
        await session.execute(update(Location).values(active=False).where(here))

    await drain()

    assert await shop.work("TYO") == []
    [work] = await shop.work("OSA")
    assert work["order_id"] == placed["id"]
    assert "order.stranded" in await shop.timeline(placed["id"])
    await shop.verified()
