"""People who count, pick, sell and approve at once: the books end where the shelf is."""

import asyncio
import random
from collections import Counter

import pytest

from tests.stories.test_counts import found, level, opened, step


async def soon(request):
    await asyncio.sleep(random.random() / 50)
    return await request


@pytest.mark.parametrize("again", range(3))
async def test_two_counters_and_a_picker_on_one_shelf(shop, again):
    """Each sees ten cups, or those that are left when three were picked; nobody loses any."""
    await shop.open(stock={"CUP": {"TYO": 10}})
    await shop.place(("CUP", 3, 100))
    [work] = await shop.work("TYO")
    path = f"/fulfillment-orders/{work['id']}"
    await shop.do("TYO", "POST", f"{path}/accept")
    counts = [await opened(shop, blind=False), await opened(shop, blind=False)]
    await shop.token("admin")

    async def counted(count, who):
        """Count what is on the shelf when the books are read, as a person with good eyes does."""
        shown = await found(shop, who, count, CUP=10)
        units = shown["lines"][0]["entries"][-1]["expected"] - 1
        return await found(shop, who, count, CUP=units)

    async def leaves():
        await shop.do("TYO", "POST", f"{path}/pick", {})
        await shop.do("TYO", "POST", f"{path}/pack")
        parcel = {"carrier": "sandbox", "tracking_number": f"SB-{work['id']}"}
        await shop.do("TYO", "POST", f"{path}/ship", parcel)

    await asyncio.gather(
        soon(counted(counts[0], "TYO")), soon(counted(counts[1], "admin")), soon(leaves())
    )

    for count in counts:  # a second look: exactly one is missing, whenever it is seen
        shown = await step(shop, "TYO", count, "submit")
        variance = shown["lines"][0]["variance"]
        if variance != -1:
            await step(shop, "manager", count, "recount", {"skus": ["CUP"]})
            shown = await found(shop, "TYO", count, CUP=6)
            await step(shop, "TYO", count, "submit")
    await asyncio.gather(
        *(shop.do("manager", "POST", f"/counts/{count['id']}/approve") for count in counts)
    )
    assert await level(shop) == {"on_hand": 6, "available": 6}
    await shop.verified()


@pytest.mark.parametrize("again", range(3))
async def test_a_shelf_that_is_counted_empty_while_it_is_sold(shop, again):
    """Approval frees what was promised, or placement finds nothing: never a promise of nothing."""
    await shop.open(stock={"CUP": {"TYO": 10, "OSA": 3}})
    await shop.place(("CUP", 2, 100))
    count = await opened(shop)
    await found(shop, "TYO", count, CUP=4)
    await step(shop, "TYO", count, "submit")
    await shop.token("manager")

    sold, booked = await asyncio.gather(
        asyncio.gather(
            *(
                soon(shop.ask("site", "POST", "/orders", shop.order(("CUP", 1, 100))))
                for _ in range(12)
            )
        ),
        soon(shop.ask("manager", "POST", f"/counts/{count['id']}/approve")),
    )

    assert Counter(one.status_code for one in sold).keys() <= {201, 409}
    assert booked.status_code == 200, booked.text
    standing = await level(shop)
    assert standing["on_hand"] == 4
    assert standing["committed"] <= 4
    await shop.verified()


async def test_crossing_approvals_and_rejections_never_wait_crosswise(shop):
    """Each of three counts frees orders of all goods while the locations reject others."""
    skus = ["BOWL", "CUP", "DISH"]
    await shop.open(stock={sku: {"TYO": 6, "OSA": 4} for sku in skus})
    for _ in range(4):
        await shop.place(*((sku, 1, 100) for sku in skus))
    counts = [await opened(shop, skus=way) for way in (skus[:2], skus[1:], skus[::2])]
    for count in counts:
        units = {line["sku"]: 3 for line in count["lines"]}
        await found(shop, "TYO", count, **units)
        await step(shop, "TYO", count, "submit")
    works = await shop.work("TYO")
    reason = {"reason": "inventory_out_of_stock"}

    answers = await asyncio.gather(
        *(shop.ask("manager", "POST", f"/counts/{count['id']}/approve") for count in counts),
        *(
            soon(shop.ask("TYO", "POST", f"/fulfillment-orders/{work['id']}/reject", reason))
            for work in works[:2]
        ),
    )

    ended = Counter(one.status_code for one in answers)
    assert ended.keys() <= {200, 409}, [one.text for one in answers]
    for sku in skus:
        assert (await level(shop, sku))["on_hand"] <= 4
    await shop.verified()
