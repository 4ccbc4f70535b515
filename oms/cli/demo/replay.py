"""The demonstration: two weeks of a shop, lived over HTTP by all who work with it."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from oms.accounts import credentials
from oms.accounts.models import Role
from oms.cli.demo import (
    arrivals,
    books,
    carrier,
    house,
    invoices,
    provider,
    receiver,
    screen,
    setup,
    site,
    staff,
    summary,
    support,
    writeoffs,
)
from oms.cli.demo.calendar import Calendar
from oms.cli.demo.client import Lines, User
from oms.cli.demo.documents import Dataset
from oms.cli.demo.screen import Screen
from oms.cli.demo.shop import Shop
from oms.cli.demo.tally import Tally
from oms.kernel import db, migrate

LOOK_SECONDS = 0.5
STALLED_SECONDS = 60
STOPPED = 130
"""Exit code of a program that was interrupted."""


@dataclass(frozen=True)
class Wish:
    """What the user asked for: the first so many orders, where to serve, and for how long."""

    orders: int | None
    port: int
    keep_serving: bool


@dataclass(frozen=True)
class Opening:
    """What is there before the shop: an administrator's token, and where to count and show."""

    token: str
    tally: Tally
    shown: Screen


def run(wish: Wish, *, console: Console) -> int:
    """Play the demonstration and return the program's exit code. Raises HouseTaken, HouseFell."""
    dataset = invoices.read_shipped()
    if wish.orders is not None:
        dataset = dataset.first(wish.orders)
    try:
        with house.fresh() as directory:
            return asyncio.run(_demonstrate(dataset, wish, directory, console))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("The demonstration was stopped.")
        return STOPPED


async def _demonstrate(dataset: Dataset, wish: Wish, directory: Path, console: Console) -> int:
    _stop_when_asked()
    tally = Tally()
    await migrate.upgrade(db.url())
    try:
        token = await _administrator()
        async with house.open_for_business(directory, port=wish.port) as url:
            started = time.monotonic()
            with screen.opened(console) as shown:
                async with _opened(dataset, url, Opening(token, tally, shown)) as shop:
                    await _play(shop)
                    story = await _story(shop)
            report = await summary.gather(dataset, tally, seconds=time.monotonic() - started)
            summary.show(report, console)
            console.print(f"\nThe API's documentation: {url}/docs\nThe story of an order: {story}")
            if report.exit_code:
                console.print(f"The logs of API and worker are in {directory}")
            if wish.keep_serving:
                console.print("Stop with Ctrl+C.")
                with suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()
            return report.exit_code
    finally:
        await db.dispose()


def _stop_when_asked() -> None:
    """Let SIGTERM end the demonstration as Ctrl-C does, so that the server is stopped with it."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


@asynccontextmanager
async def _opened(dataset: Dataset, url: str, opening: Opening) -> AsyncIterator[Shop]:
    """Set the shop up as its administrator does, with somebody who listens to its webhooks."""
    async with Lines(url) as lines, receiver.receiving(opening.tally) as listener:
        admin = User(lines.open(), opening.tally, opening.token)
        premises = await setup.open_premises(admin, dataset, opening.shown)
        people = await setup.employ(admin, premises, lines)
        listener.secret = await setup.subscribe(admin, listener.url)
        yield Shop(
            dataset=dataset,
            calendar=Calendar(dataset.sales[0].placed_at),
            tally=opening.tally,
            screen=opening.shown,
            people=people,
            premises=premises,
        )


async def _administrator() -> str:
    """Hire the first administrator, as `oms staff create` does."""
    async with db.transaction() as session:
        issued = await credentials.hire(
            session, name="Administrator", roles=[Role.ADMIN], location_ids=None
        )
    return issued.token


async def _play(shop: Shop) -> None:
    """Let everybody work at once, until all work is done."""
    async with asyncio.TaskGroup() as everybody:
        everybody.create_task(carrier.carry(shop))
        everybody.create_task(provider.settle(shop))
        everybody.create_task(support.take_back(shop))
        everybody.create_task(writeoffs.note(shop))
        crews = everybody.create_task(staff.work(shop))
        await site.sell(shop)
        shop.calendar.end()
        await _until_none(shop, partial(_left_to_ship, shop))
        shop.staff_left.set()
        await crews
        await shop.tell()
        shop.parcels.put_nowait(None)
    await _until_none(shop, books.owed)
    await arrivals.settle_by_hand(shop)
    await _until_none(shop, books.owed)
    await _until_none(shop, books.letters)


async def _left_to_ship(shop: Shop) -> int:
    """Count what is owed and, when nothing is, what still stands in the queues of staff."""
    owed = await books.owed()
    if owed:
        return owed
    page = await shop.people.admin.get(staff.PATH)
    return len(page["fulfillment_orders"])


async def _story(shop: Shop) -> str | None:
    """Return the signed page of the order that has most to tell, once it was opened."""
    order_id = await books.story()
    if order_id is None:
        return None
    link = await shop.people.agent.get(f"/v1/orders/{order_id}/timeline-link")
    page = await shop.people.visitor.http.get(link["url"])
    if not page.is_success:
        shop.tally.surprise(f"{link['url']}: {page.status_code}")
    return str(link["url"])


async def _until_none(shop: Shop, left: Callable[[], Awaitable[int]]) -> None:
    """Wait until nothing is left. When it does not change for long, that is a surprise."""
    last, since = -1, time.monotonic()
    while (now := await left()) > 0:
        if now != last:
            last, since = now, time.monotonic()
        if time.monotonic() - since > STALLED_SECONDS:
            shop.tally.surprise(f"{now} pieces of work do not get done")
            return
        await asyncio.sleep(LOOK_SECONDS)
