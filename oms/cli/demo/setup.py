"""Opening the shop: channels, locations, items, opening stock, keys and staff, over the API."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from oms.cli.demo import client, network, retries, stock
from oms.cli.demo.client import Lines, User
from oms.cli.demo.documents import Dataset
from oms.cli.demo.network import Channel, Location, LocationKind
from oms.cli.demo.screen import Screen
from oms.cli.demo.shop import CURRENCY, People, Premises
from oms.cli.demo.stock import Article, OpeningStock

AT_ONCE = 6
LINES_PER_RECEIPT = 500
ZONE = "Europe/London"

CHANNELS = {Channel.WEB: ("Web shop", "site"), Channel.STORE: ("Stores", "store")}
SITE_SCOPES = ["orders:read", "orders:write", "inventory:read", "returns:read", "returns:write"]
ROLES = {LocationKind.WAREHOUSE: "warehouse", LocationKind.STORE: "store"}

HEARD = [
    "order.placed",
    "order.cancelled",
    "shipment.shipped",
    "shipment.delivered",
    "return.closed",
    "refund.processed",
]
"""The events the integrator of the demonstration wants: what a site tells its shoppers."""


async def open_premises(admin: User, dataset: Dataset, screen: Screen) -> Premises:
    """Open channels and locations, make the items known and fill the shelves. Raises Surprise."""
    goods, levels = stock.articles(dataset), list(_receipts(dataset))
    stage = screen.stage("setting up", len(goods) + len(levels))
    channels = {code: await _open_channel(admin, code) for code in CHANNELS}
    locations = {one.code: await _open_location(admin, one) for one in network.LOCATIONS}

    async def add(article: Article) -> None:
        await admin.post("/v1/items", {"sku": article.sku, "name": article.name})
        stage.advance()

    async def fill(receipt: list[OpeningStock]) -> None:
        await _fill(admin, locations, receipt)
        stage.advance()

    await client.each(goods, add, at_once=AT_ONCE)
    await client.each(levels, fill, at_once=AT_ONCE)
    return Premises(channels, locations)


async def employ(admin: User, premises: Premises, lines: Lines) -> People:
    """Give a key to each channel, a token to each crew and to an agent. Raises Surprise."""

    async def hire(path: str, person: dict[str, Any]) -> User:
        answer = await admin.post(path, person)
        return User(lines.open(), admin.tally, answer.body["token"])

    sites = {}
    for code, channel_id in premises.channels.items():
        key = {"name": f"{code} key", "scopes": SITE_SCOPES, "channel_id": channel_id}
        sites[code] = await hire("/v1/api-keys", key)
    crews = {}
    for location in network.LOCATIONS:
        place = [premises.locations[location.code]]
        person = {"name": location.name, "roles": [ROLES[location.kind]], "location_ids": place}
        crews[location.code] = await hire("/v1/staff", person)
    agent = await hire("/v1/staff", {"name": "Support agent", "roles": ["support"]})
    visitor = User(lines.open(), admin.tally)
    return People(visitor=visitor, admin=admin, agent=agent, sites=sites, crews=crews)


async def subscribe(admin: User, url: str) -> str:
    """Ask for webhooks and return the secret that signs them. Raises Surprise."""
    asked = {"url": url, "events": HEARD, "description": "the receiver of the demonstration"}
    answer = await admin.post("/v1/webhook-endpoints", asked)
    return str(answer.body["secret"])


async def _open_channel(admin: User, code: Channel) -> str:
    name, kind = CHANNELS[code]
    asked = {"code": code.value, "name": name, "kind": kind, "currency": CURRENCY}
    return str((await admin.post("/v1/channels", asked)).body["id"])


async def _open_location(admin: User, location: Location) -> str:
    asked = {
        "code": location.code,
        "name": location.name,
        "kind": location.kind.value,
        "country": location.place.country_code,
        "city": location.place.name,
        "postal_code": location.postcode_district,
        "latitude": location.place.latitude,
        "longitude": location.place.longitude,
        "time_zone": ZONE,
    }
    return str((await admin.post("/v1/locations", asked)).body["id"])


def _receipts(dataset: Dataset) -> Iterator[list[OpeningStock]]:
    """Group the opening stock into receipts of one location that are not too long."""
    by_location = defaultdict(list)
    for level in stock.opening_stock(dataset):
        by_location[level.location_code].append(level)
    for levels in by_location.values():
        for start in range(0, len(levels), LINES_PER_RECEIPT):
            yield levels[start : start + LINES_PER_RECEIPT]


async def _fill(admin: User, locations: dict[str, str], levels: list[OpeningStock]) -> None:
    """Receive goods, and keep back what the stores keep back."""
    first = levels[0]
    document: dict[str, Any] = {
        "location_id": locations[first.location_code],
        "reference": f"opening-{first.location_code}-{first.sku}",
    }
    received = [{"sku": level.sku, "quantity": level.on_hand} for level in levels]
    await _post(admin, "receipts", {**document, "lines": received})
    kept = [
        {"sku": level.sku, "safety_stock": level.safety_stock}
        for level in levels
        if level.safety_stock
    ]
    if kept:
        await _post(admin, "adjustments", {**document, "reason": "safety_stock", "lines": kept})


async def _post(admin: User, kind: str, document: dict[str, Any]) -> None:
    key = retries.idempotency_key(kind, document["reference"])
    await admin.post(f"/v1/stock/{kind}", document, key=key)
