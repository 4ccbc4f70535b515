"""The carrier: it scans parcels and tells us by signed webhooks, some twice, some late."""

import asyncio
from datetime import timedelta

from fulfillment.carriers import sandbox
from fulfillment.carriers.sandbox import Report
from oms.cli.demo import network, scans
from oms.cli.demo.client import Surprise
from oms.cli.demo.scans import Scan, Word
from oms.cli.demo.screen import Stage
from oms.cli.demo.shop import Parcel, Shop
from oms.kernel import clock

CODE = sandbox.CODE
PATH = f"/v1/webhooks/carriers/{CODE}"
AT_ONCE = 4
PACKING = timedelta(hours=4)
"""How long after the order a parcel is handed over, on the calendar of the file."""

PACE = 1_000_000
"""So many seconds of the file pass in one of today: no scan of a journey lies in the future."""


async def carry(shop: Shop) -> None:
    """Tell all scans of all parcels until staff say there are no more parcels."""
    stage = shop.screen.stage("carrier scans told")
    free = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as journeys:
        while (parcel := await shop.parcels.get()) is not None:
            journeys.create_task(_travel(shop, parcel, free, stage))


async def _travel(shop: Shop, parcel: Parcel, free: asyncio.Semaphore, stage: Stage) -> None:
    sale = parcel.order.sale
    abroad = network.home(sale).is_abroad
    told = scans.scans(sale.number, parcel=parcel.index, is_abroad=abroad)
    stage.grow(len(told))
    known: list[Scan] = []
    for scan in told:
        await shop.calendar.wait(
            sale.placed_at + PACKING + timedelta(seconds=scan.told_after_seconds)
        )
        async with free:
            try:
                await _tell(shop, parcel, scan, known)
            except Surprise:
                return
        known.append(scan)
        stage.advance()


async def _tell(shop: Shop, parcel: Parcel, scan: Scan, known: list[Scan]) -> None:
    headers, body = sandbox.report(_report(parcel, scan), now=clock.now())
    answer = await shop.people.visitor.ask("POST", PATH, headers=headers, content=body)
    is_new = not any(one.number == scan.number for one in known)
    if answer.body["new"] != is_new:
        told = f"scan {scan.number} of {parcel.tracking_number}: {answer.body}"
        shop.people.visitor.surprise(told)
    shop.tally.add("scans" if is_new else "scans told twice")
    if any(one.seen_after_seconds > scan.seen_after_seconds for one in known):
        shop.tally.add("scans out of order")


def _report(parcel: Parcel, scan: Scan) -> Report:
    return Report(
        tracking_number=parcel.tracking_number,
        scan_id=f"{parcel.tracking_number}:{scan.number}",
        status=scan.status.value,
        occurred_at=parcel.handed_over_at + timedelta(seconds=scan.seen_after_seconds) / PACE,
        place=_place(parcel, scan),
    )


def _place(parcel: Parcel, scan: Scan) -> str | None:
    """Say where it was seen, as far as the demonstration assumes places."""
    match scan.status:
        case Word.ACCEPTED:
            return parcel.origin.place.name
        case Word.IN_TRANSIT:
            return None
        case _:
            return network.home(parcel.order.sale).place.name
