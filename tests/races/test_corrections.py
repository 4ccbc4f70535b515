"""Many people correct the same levels at once: nothing is lost, nobody waits crosswise."""

import asyncio
import random
from collections import Counter

from oms.kernel import db
from tests.factories import item
from tests.inventory.standing import level
from tests.races.test_last_units import assert_it_adds_up
from tests.shop import Shop

WRITERS = 12


async def stocked(client, *skus, units) -> tuple[Shop, list[str]]:
    shop = Shop(client)
    await shop.open(stock={sku: {"TYO": units, "OSA": units} for sku in skus})
    await shop.token("manager")
    return shop, [shop.places["TYO"], shop.places["OSA"]]


def set_to(sku, location_id, value, change_from):
    return {
        "sku": sku,
        "location_id": location_id,
        "bucket": "on_hand",
        "value": value,
        "change_from": change_from,
    }


async def asked(shop, path, mode, rows):
    body = {"mode": mode, "reason": "correction", "rows": rows}
    return await shop.ask("manager", "POST", path, body)


async def test_of_writers_who_believe_the_same_exactly_one_sets(client):
    shop, [tokyo, _] = await stocked(client, "CUP", units=10)

    answers = await asyncio.gather(
        *(
            asked(shop, "/stock/set", "row_by_row", [set_to("CUP", tokyo, value, 10)])
            for value in range(20, 20 + WRITERS)
        )
    )

    rows = [answer.json()["rows"][0] for answer in answers]
    [winner] = [row for row in rows if row["outcome"] == "changed"]
    losers = [row for row in rows if row["outcome"] == "refused"]
    assert len(losers) == WRITERS - 1
    assert {row["problems"][0]["code"] for row in losers} == {"change_from_stale"}
    assert {row["level"]["on_hand"] for row in losers} == {winner["level"]["on_hand"]}
    await shop.verified()


async def test_of_writers_who_open_a_level_exactly_one_sets_it(client):
    shop, [tokyo, _] = await stocked(client, "CUP", units=1)
    async with db.transaction() as session:
        await item(session, sku="LAMP")

    answers = await asyncio.gather(
        *(
            asked(shop, "/stock/set", "all_or_nothing", [set_to("LAMP", tokyo, value, 0)])
            for value in range(1, 1 + WRITERS)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 422: WRITERS - 1}
    [won] = [answer.json()["rows"][0] for answer in answers if answer.status_code == 200]
    async with db.transaction() as session:
        assert await level(session, "LAMP", tokyo) == {"on_hand": won["level"]["on_hand"]}
    await shop.verified()


async def test_crossing_rows_of_many_writers_all_succeed_and_add_up(client):
    skus = [f"CUP-{n}" for n in range(20)]
    shop, places = await stocked(client, *skus[:10], units=50)
    async with db.transaction() as session:
        for sku in skus[10:]:
            await item(session, sku=sku)
    chance = random.Random(7)
    levels = [(sku, place) for sku in skus for place in places]

    async def write(n):
        rows = [
            {"sku": sku, "location_id": place, "on_hand": 1}
            for sku, place in chance.sample(levels, len(levels))
        ]
        mode = "row_by_row" if n % 2 else "all_or_nothing"
        return await asked(shop, "/bulk/stock/adjustments", mode, rows)

    answers = await asyncio.gather(*(write(n) for n in range(WRITERS)))

    assert {answer.status_code for answer in answers} == {200}
    assert all(row["outcome"] == "changed" for answer in answers for row in answer.json()["rows"])
    async with db.transaction() as session:
        for sku, place in levels:
            had = 50 if sku in skus[:10] else 0
            assert await level(session, sku, place) == {"on_hand": had + WRITERS}
    await assert_it_adds_up()
