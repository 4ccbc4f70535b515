"""A shop over HTTP: what a story needs to buy, pick, ship, pay and send back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from fulfillment.carriers import sandbox
from fulfillment.carriers.sandbox import Report
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.cli import verify
from oms.kernel import clock, db
from tests.drain import drain, parked

TOKYO = {"city": "Tokyo", "country": "JP", "latitude": 35.68, "longitude": 139.76}
OSAKA = {"city": "Osaka", "country": "JP", "latitude": 34.69, "longitude": 135.50}


def yen(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "JPY"}


@dataclass
class Shop:
    """Speaks to the API as its users; every credential is made when it is first needed."""

    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    channel: dict[str, Any] = field(default_factory=dict)

    async def token(self, who: str) -> str:
        """`admin`, `support`, `site`, or the code of a location for somebody who works there."""
        if who not in self.tokens:
            async with db.transaction() as session:
                if who == "site":
                    made = await credentials.issue_api_key(
                        session, name=who, scopes=list(Scope), channel_id=self.channel["id"]
                    )
                elif who in self.places:
                    made = await credentials.hire(
                        session, name=who, roles=[Role.WAREHOUSE], location_ids=[self.places[who]]
                    )
                else:
                    made = await credentials.hire(
                        session, name=who, roles=[Role(who)], location_ids=None
                    )
            self.tokens[who] = made.token
        return self.tokens[who]

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Send one request with a fresh Idempotency-Key unless one is given."""
        given = {
            "authorization": f"Bearer {await self.token(who)}",
            "idempotency-key": uuid4().hex,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.client.request(method, f"/v1{path}", json=body, headers=given)

    async def do(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request that must succeed; returns its JSON."""
        answer = await self.ask(who, method, path, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def open(self, *, stock: dict[str, dict[str, int]], **places: dict[str, Any]) -> None:
        """Open a channel and locations, and receive `stock[sku][location code]` units."""
        self.channel = await self.do(
            "admin", "POST", "/channels",
            {"code": f"web-{uuid4().hex[:8]}", "name": "Web", "currency": "JPY"},
        )  # fmt: skip
        for code, where in (places or {"TYO": TOKYO, "OSA": OSAKA}).items():
            made = {"code": code, "name": code, "kind": "warehouse", **where}
            self.places[code] = (await self.do("admin", "POST", "/locations", made))["id"]
        for sku, units in stock.items():
            await self.do("admin", "POST", "/items", {"sku": sku, "name": f"The {sku}"})
            for code, quantity in units.items():
                await self.receive(code, sku, quantity)

    async def receive(self, code: str, sku: str, quantity: int) -> None:
        await self.do(
            code, "POST", "/stock/receipts",
            {"location_id": self.places[code], "lines": [{"sku": sku, "quantity": quantity}]},
        )  # fmt: skip

    def order(self, *lines: tuple[str, int, int], **given: Any) -> dict[str, Any]:
        """Make an order of (sku, quantity, unit price); what is given replaces or adds fields."""
        goods = sum(quantity * price for _, quantity, price in lines)
        discount = given.get("discount", {"amount": 0})["amount"]
        shipping = given.get("shipping", {"amount": 0})["amount"]
        tax = given.get("tax", {"amount": 0})["amount"]
        return {
            "external_id": f"S-{uuid4().hex[:12]}",
            "currency": "JPY",
            "customer": {"name": "Hanako Example", "email": "hanako@example.com"},
            "ship_to": {"name": "Hanako Example", "address": "1-1", **TOKYO},
            "lines": [
                {"sku": sku, "quantity": quantity, "unit_price": yen(price)}
                for sku, quantity, price in lines
            ],
            "total": yen(goods - discount + shipping + tax),
            "payment": {"gateway": "sandbox", "method": "card", "token": "tok_ok"},
            **given,
        }

    async def place(self, *lines: tuple[str, int, int], **given: Any) -> dict[str, Any]:
        """Place an order and let everything that follows happen."""
        placed = await self.do("site", "POST", "/orders", self.order(*lines, **given))
        await drain()
        return await self.read(placed["id"])

    async def read(self, order_id: str) -> dict[str, Any]:
        return await self.do("support", "GET", f"/orders/{order_id}")

    async def work(self, code: str) -> list[dict[str, Any]]:
        """List what a location has to do."""
        found = await self.do(code, "GET", f"/fulfillment-orders?location_id={self.places[code]}")
        return found["fulfillment_orders"]

    async def ship(self, code: str, work: dict[str, Any]) -> dict[str, Any]:
        """Take work on, pick, pack and hand it over."""
        path = f"/fulfillment-orders/{work['id']}"
        await self.do(code, "POST", f"{path}/accept")
        await self.do(code, "POST", f"{path}/pick", {})
        await self.do(code, "POST", f"{path}/pack")
        parcel = {"carrier": "sandbox", "tracking_number": f"SB-{uuid4().hex[:10]}"}
        shipment = await self.do(code, "POST", f"{path}/ship", parcel)
        await drain()
        return shipment

    async def timeline(self, order_id: str) -> list[str]:
        """Name the facts of an order's story, in order."""
        told = await self.do("support", "GET", f"/orders/{order_id}/timeline")
        return [entry["name"] for entry in told["entries"]]

    async def verified(self) -> None:
        """Demand that nothing was given up and every invariant holds."""
        await drain()
        assert await parked() == []
        broken = verify.broken(await verify.findings())
        assert [(finding.check.name, finding.offenders) for finding in broken] == []

    async def available(self, sku: str) -> int:
        found = await self.do("site", "GET", f"/availability?sku={sku}")
        return found["items"][0]["total"]

    async def scan(self, parcel: dict[str, Any], number: int, status: str, *, hours: int) -> int:
        """Play the carrier: one signed sighting, so many hours after the handover."""
        shipped_at = datetime.fromisoformat(parcel["shipped_at"])
        told = Report(
            tracking_number=parcel["tracking_number"],
            scan_id=str(number),
            status=status,
            occurred_at=shipped_at + timedelta(hours=hours),
            place="Tokyo",
        )
        headers, body = sandbox.report(told, now=clock.now())
        answer = await self.client.post(
            "/v1/webhooks/carriers/sandbox", content=body, headers=headers
        )
        await drain()
        return answer.status_code
