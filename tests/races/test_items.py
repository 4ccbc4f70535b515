"""Items written by several at once: nothing is lost, and crossing requests end."""

import asyncio

from sqlalchemy import func, select

from inventory.catalog import items, queries
from inventory.catalog.models import Item
from inventory.catalog.views import ItemRowIn, ItemRowsIn
from oms.kernel import db
from oms.kernel.db import Busy

TRIES = 8


async def upserted(rows):
    """Upsert rows as a request does: whoever was too late begins anew."""
    for _ in range(TRIES):
        try:
            async with db.transaction() as session:
                written = await items.upsert(session, rows=ItemRowsIn(rows=rows))
        except Busy:
            continue
        return [one.outcome.value for one in written]
    return ["busy"]


async def test_an_item_that_many_add_at_once_is_added_once(database):
    row = ItemRowIn(sku="CUP", name="A cup")

    ended = await asyncio.gather(*(upserted([row]) for _ in range(8)))

    assert sorted(ended) == [["added"], *([["unchanged"]] * 7)]


async def test_what_two_say_of_an_item_at_once_is_both_kept(database):
    await upserted([ItemRowIn(sku="CUP", name="A cup")])

    ended = await asyncio.gather(
        upserted([ItemRowIn(sku="CUP", weight_grams=250)]),
        upserted([ItemRowIn(sku="CUP", tax_class="reduced")]),
    )

    assert ended == [["changed"], ["changed"]]
    async with db.transaction() as session:
        cup = await queries.card(session, sku="CUP")
    assert (cup.version, cup.weight_grams, cup.tax_class) == (3, 250, "reduced")


async def test_bulk_requests_that_cross_end_without_a_deadlock(database):
    skus = [f"S{place:03}" for place in range(200)]
    new = [ItemRowIn(sku=sku, name="New") for sku in skus]
    await upserted(new)

    one = [ItemRowIn(sku=sku, weight_grams=1) for sku in skus]
    other = [ItemRowIn(sku=sku, tax_class="reduced") for sku in reversed(skus)]
    ended = await asyncio.gather(upserted(one), upserted(other), upserted(one), upserted(other))

    assert all("busy" not in outcomes and "refused" not in outcomes for outcomes in ended)
    async with db.transaction() as session:
        done = await session.scalar(
            select(func.count()).where(Item.weight_grams == 1, Item.tax_class == "reduced")
        )
    assert done == len(skus)
