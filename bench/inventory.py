"""How reads and writes of the inventory grow from 6,000 levels to 600,000.

What reads only the rows of its answer may grow with the answer, never with the table.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL

from bench import load, server, world
from bench.load import Result
from bench.world import World

SKUS = 1_500
LOCATIONS = (4, 400)
CLIENTS = 2
REQUESTS = 100
ROWS = 1_000
PORT = 8908

Request = tuple[str, str, bytes]


@dataclass(frozen=True)
class Work:
    """One kind of request, and how one is made."""

    title: str
    ask: Callable[[World, random.Random], Request]


async def measure(console: Console, origin: URL, *, part: int) -> None:
    """Build both sizes, measure the same work on each, print them side by side."""
    small, large = [
        await _measured(console, origin, locations=locations, part=part) for locations in LOCATIONS
    ]
    table = Table(title="(d) inventory", title_justify="left", box=None, pad_edge=False)
    table.add_column(f"{CLIENTS} clients", justify="left")
    for locations in LOCATIONS:
        table.add_column(f"{SKUS * locations:,} levels: p50 ms", justify="right")
        table.add_column("p99 ms", justify="right")
    table.add_column("p50 grows", justify="right")
    table.add_column("answer grows", justify="right")
    for work, few, many in zip(WORK, small, large, strict=True):
        shown = [f"{one.percentile(share):.1f}" for one in (few, many) for share in (0.5, 0.99)]
        growth = many.percentile(0.5) / few.percentile(0.5)
        answer = sum(many.sizes) / sum(few.sizes)
        table.add_row(work.title, *shown, f"[bold]{growth:.1f} ×[/]", f"{answer:.1f} ×")
    console.print(table)


async def _measured(console: Console, origin: URL, *, locations: int, part: int) -> list[Result]:
    console.print(f"Building {SKUS:,} SKUs at {locations} locations …")
    here = await world.build(origin, database="oms_bench_inventory", skus=SKUS, locations=locations)
    with server.serving(here.url, port=PORT, workers=1):
        for work in WORK:
            await _send(here, work, count=CLIENTS, seed=0)
        return [await _send(here, work, count=REQUESTS // part, seed=1) for work in WORK]


async def _send(here: World, work: Work, *, count: int, seed: int) -> Result:
    chance = random.Random(seed)
    requests = (work.ask(here, chance) for _ in range(count))
    return await load.run(requests, port=PORT, token=here.token, clients=CLIENTS)


def _sku(number: int) -> str:
    return f"SKU-{number:05}"


def _drawn(chance: random.Random, count: int) -> list[str]:
    return [_sku(number) for number in chance.sample(range(SKUS), count)]


def _everywhere(_here: World, chance: random.Random) -> Request:
    return "POST", "/v1/availability", msgspec.json.encode({"skus": _drawn(chance, 100)})


def _in_all(_here: World, chance: random.Random) -> Request:
    asked = {"skus": _drawn(chance, 100), "by_location": False}
    return "POST", "/v1/availability", msgspec.json.encode(asked)


def _explained(here: World, chance: random.Random) -> Request:
    asked = {"sku": _drawn(chance, 1)[0], "location_id": chance.choice(here.location_ids)}
    return "GET", f"/v1/availability/explain?{urlencode(asked)}", b""


def _explained_in_all(_here: World, chance: random.Random) -> Request:
    return "GET", f"/v1/availability/explain?sku={_drawn(chance, 1)[0]}", b""


def _written(here: World, chance: random.Random) -> Request:
    levels = chance.sample(range(SKUS * len(here.location_ids)), ROWS)
    rows = [
        {"sku": _sku(n % SKUS), "location_id": here.location_ids[n // SKUS], "on_hand": 1}
        for n in levels
    ]
    return "POST", "/v1/bulk/stock/adjustments", _body(rows)


def _body(rows: list[dict[str, object]]) -> bytes:
    return msgspec.json.encode({"reason": "correction", "rows": rows})


WORK = (
    Work("availability of 100 SKUs, by location", _everywhere),
    Work("availability of 100 SKUs, in all", _in_all),
    Work("why so many at one location", _explained),
    Work("why so many in all", _explained_in_all),
    Work("1,000 levels corrected at once", _written),
)
