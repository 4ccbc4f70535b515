"""Staff of warehouses and stores: they take on the work of their location, pick, pack and ship.

Work on an order begins some hours after it was placed, when the next round is picked; until then
it can be cancelled. Now and then a shelf turns out to be empty: those units are given back.
"""

import asyncio
from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from oms.cli.demo import chances, client, network, retries
from oms.cli.demo.carrier import CODE as CARRIER
from oms.cli.demo.client import User
from oms.cli.demo.network import Location, LocationKind
from oms.cli.demo.screen import Stage
from oms.cli.demo.shop import Parcel, Shop

PATH = "/v1/fulfillment-orders"
HANDS = {LocationKind.WAREHOUSE: 3, LocationKind.STORE: 1}
PICKING = timedelta(hours=2)
LOOK_SECONDS = 1.0
EMPTY_SHELF_PER_MILLE = 15
MOVED = {"illegal_move"}


async def work(shop: Shop) -> None:
    """Work at every location until it is told that nothing more will come."""
    stage = shop.screen.stage("parcels shipped")
    async with asyncio.TaskGroup() as crews:
        for location in network.LOCATIONS:
            crews.create_task(_Crew(shop, location, stage).work())


class _Crew:
    """The people of one location: what they have begun, and how many parcels an order has."""

    def __init__(self, shop: Shop, location: Location, stage: Stage) -> None:
        self.shop = shop
        self.location = location
        self.stage = stage
        self.user: User = shop.people.crews[location.code]
        self.parcels: Counter[str] = Counter()
        self.begun: set[str] = set()

    async def work(self) -> None:
        """Look at the queue again and again and do what is in it."""
        place = self.shop.premises.locations[self.location.code]
        while not self.shop.staff_left.is_set():
            try:
                page = await self.user.get(PATH, location_id=place, status="open")
            except client.Surprise:
                return
            ready = [one for one in page["fulfillment_orders"] if self._is_ready(one)]
            self.stage.grow(len(ready))
            await client.each(ready, self._fulfil, at_once=HANDS[self.location.kind])
            if not ready:
                await asyncio.sleep(LOOK_SECONDS)

    def _is_ready(self, job: dict[str, Any]) -> bool:
        order = self.shop.by_id.get(job["order_id"])
        if order is None or job["id"] in self.begun:
            return False
        return self.shop.calendar.reached(order.sale.placed_at + PICKING)

    async def _fulfil(self, job: dict[str, Any]) -> None:
        """Do one piece of work, unless the order was cancelled since we looked."""
        self.begun.add(job["id"])
        answer = await self._do(job, "accept", refusals=MOVED)
        if answer.refusal is None and await self._pick(job):
            await self._do(job, "pack")
            await self._ship(job)
        self.stage.advance()

    async def _pick(self, job: dict[str, Any]) -> bool:
        """Take the goods, give back what is not there; tells whether anything is left to pack."""
        number = self.shop.by_id[job["order_id"]].sale.number
        if not chances.happens(EMPTY_SHELF_PER_MILLE, "shelf", number, self.location.code):
            await self._do(job, "pick", {})
            return True
        missing = min(job["lines"], key=lambda line: (line["quantity"], line["sku"]))
        line_id = missing["order_line_id"]
        nothing = {"order_line_id": line_id, "quantity": 0}
        await self._do(job, "pick", {"lines": [nothing]})
        rejected = {
            "reason": "inventory_out_of_stock",
            "lines": [{"order_line_id": line_id, "quantity": missing["quantity"]}],
        }
        answer = await self._do(job, "reject", rejected)
        self.shop.tally.add("rejections")
        return bool(answer.body["status"] != "rejected")

    async def _ship(self, job: dict[str, Any]) -> None:
        order = self.shop.by_id[job["order_id"]]
        index = network.LOCATIONS.index(self.location)
        index += len(network.LOCATIONS) * self.parcels[order.id]
        self.parcels[order.id] += 1
        number = f"SB-{order.sale.number}-{index}"
        shipped = await self._do(job, "ship", {"carrier": CARRIER, "tracking_number": number})
        for line in shipped.body["lines"]:
            self.shop.shipped[line["order_line_id"]] += line["quantity"]
        self.shop.tally.add("parcels")
        handed_over_at = datetime.fromisoformat(shipped.body["shipped_at"])
        parcel = Parcel(number, order, index, self.location, handed_over_at)
        self.shop.parcels.put_nowait(parcel)
        await self.shop.tell()

    async def _do(
        self, job: dict[str, Any], verb: str, body: object = None, refusals: Collection[str] = ()
    ) -> client.Answer:
        key = retries.idempotency_key(verb, job["id"])
        path = f"{PATH}/{job['id']}/{verb}"
        return await self.user.post(path, body, key=key, refusals=refusals)
