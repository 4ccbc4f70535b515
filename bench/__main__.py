"""`make bench`: how fast orders are placed and read, against what PostgreSQL itself can take.

Everything is measured side by side in one run on one PostgreSQL; only the ratios travel between
machines. Then the inventory: how its answers grow with the table. `--quick` measures less, to see
that it works; `--only` one half.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table
from sqlalchemy import URL, make_url, text

from bench import ceiling, inventory, load, orders, server, world
from bench.load import Result
from bench.world import World
from oms.kernel import db, postgres
from oms.kernel.config import settings

PORT = 8907
CLIENTS = (1, 16, 64)
ORDERS = {1: 300, 16: 1500, 64: 1500}
READS = {1: 500, 16: 3000, 64: 3000}
ROUNDS = 3
API_PROCESSES = 2
HOT_SHARE = 0.5
"""What one hot SKU must reach of the spread-out rate of the same run."""

console = Console()


async def main(*, quick: bool, only: str | None) -> None:
    """Build the worlds, measure, print."""
    given = settings().database_url
    origin = postgres.driven(make_url(given)) if given else _embedded()
    rounds, part = (1, 10) if quick else (ROUNDS, 1)
    if only != "inventory":
        await _orders(origin, rounds=rounds, part=part)
    if only != "orders":
        await inventory.measure(console, origin, part=part)
    await db.dispose()


async def _orders(origin: URL, *, rounds: int, part: int) -> None:
    console.print("Building 10,000 SKUs at 10 locations …")
    here = await world.build(origin)
    console.print(f"PostgreSQL {await _version()}, {API_PROCESSES} API processes\n")
    with server.serving(here.url, port=PORT, workers=API_PROCESSES):
        await _warm_up(here)
        spread = await _placing(
            here, "(a) orders placed, three lines", hot=False, rounds=rounds, part=part
        )
        hot = await _placing(here, "(b) one hot SKU", hot=True, rounds=rounds, part=part)
        console.print(f"one hot SKU: {hot / spread:.2f} of the spread-out rate", end=" ")
        console.print(f"at {CLIENTS[-1]} clients (target: at least {HOT_SHARE})\n")
        await _reading(here, part=part)


async def _warm_up(here: World) -> None:
    """Fill every table a little and let PostgreSQL know, as autovacuum does within a minute."""
    await _send(here, orders.requests(300, hot=False, seed=0), 8)
    async with db.reading() as connection:
        await connection.execute(text("ANALYZE"))


async def _placing(here: World, title: str, *, hot: bool, rounds: int, part: int) -> float:
    """Print how orders are placed; returns the rate that most clients reach."""
    table = _table(title, "orders/s", "ceiling/s", "of the ceiling", "p50 ms", "p99 ms")
    for clients in CLIENTS:
        count = ORDERS[clients] // part
        pairs = [await _pair(here, count, clients, hot=hot, seed=n) for n in range(rounds)]
        ours = Result.together([placed for placed, _ in pairs])
        share = median(placed.rate / most.rate for placed, most in pairs)
        rate = median(placed.rate for placed, _ in pairs)
        table.add_row(
            str(clients),
            f"{rate:,.0f}",
            f"{median(most.rate for _, most in pairs):,.0f}",
            f"[bold]{share:.0%}[/]",
            f"{ours.percentile(0.5):.1f}",
            f"{ours.percentile(0.99):.1f}",
        )
    console.print(table)
    return rate


async def _pair(
    here: World, count: int, clients: int, *, hot: bool, seed: int
) -> tuple[Result, Result]:
    """Measure HTTP and the ceiling right after one another."""
    requests = orders.requests(count, hot=hot, seed=1000 * clients + seed)
    placed = await _send(here, requests, clients)
    most = await ceiling.run(here, count=count, clients=clients, hot=hot)
    return placed, most


async def _reading(here: World, *, part: int) -> None:
    table = _table("(c) reads", "requests/s", "p50 ms", "p99 ms")
    async with db.reading() as connection:
        rows = await connection.scalars(text('SELECT id FROM "order" ORDER BY id DESC LIMIT 1000'))
        order_ids = [str(row) for row in rows]
    for name, paths in (
        ("an order", lambda chance: f"/v1/orders/{chance.choice(order_ids)}"),
        ("availability of 10 SKUs × 10 locations", _availability),
    ):
        for clients in CLIENTS:
            chance = random.Random(clients)
            asked = (("GET", paths(chance), b"") for _ in range(READS[clients] // part))
            result = await _send(here, asked, clients)
            table.add_row(
                f"{clients}, {name}",
                f"{result.rate:,.0f}",
                f"{result.percentile(0.5):.1f}",
                f"{result.percentile(0.99):.1f}",
            )
    console.print(table)


def _availability(chance: random.Random) -> str:
    wanted = (f"sku=SKU-{number:05}" for number in chance.sample(range(world.SKUS), 10))
    return f"/v1/availability?{'&'.join(wanted)}"


async def _send(here: World, requests: Iterator[tuple[str, str, bytes]], clients: int) -> Result:
    return await load.run(requests, port=PORT, token=here.token, clients=clients)


def _table(title: str, *columns: str) -> Table:
    table = Table("clients", title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _embedded() -> URL:
    directory = Path(tempfile.gettempdir()) / "oms-bench-postgres"
    return postgres.embedded(directory, database="postgres")


async def _version() -> str:
    async with db.reading() as connection:
        return str(await connection.scalar(text("SHOW server_version")))


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="measure a tenth, once")
    options.add_argument("--only", choices=("orders", "inventory"), help="measure one half")
    asyncio.run(main(**vars(options.parse_args())))
