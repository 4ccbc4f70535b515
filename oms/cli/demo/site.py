"""The shop's site and its tills: they post every sale, sometimes twice, in the order of time."""

import asyncio
from typing import Any

from oms.cli.demo import chances, client, network, retries
from oms.cli.demo.client import Answer, User
from oms.cli.demo.documents import SaleInvoice
from oms.cli.demo.network import Channel
from oms.cli.demo.retries import Sending
from oms.cli.demo.shop import CURRENCY, Order, Shop, pounds

WORKERS = 6
REFUSALS = {"out_of_stock"}
IN_USE = "idempotency_key_in_use"
ASK_AGAIN_SECONDS = 0.3

# Of a thousand payments:
TOKENS = (("tok_ok", 970), ("tok_late", 20), ("tok_declined", 10))


async def sell(shop: Shop) -> None:
    """Post all sales; the calendar follows."""
    with shop.screen.stage("orders placed", len(shop.dataset.sales)) as stage:

        async def post(sale: SaleInvoice) -> None:
            await _sell(shop, sale)
            shop.calendar.advance(sale.placed_at)
            stage.advance()

        await client.each(shop.dataset.sales, post, at_once=WORKERS)


async def _sell(shop: Shop, sale: SaleInvoice) -> None:
    answer = await _post(shop.sites[network.channel(sale)], sale)
    shop.tally.placing_seconds.append(answer.seconds)
    if answer.refusal is not None:
        shop.tally.blame("refused", answer.refusal)
        shop.refused[sale.number] = answer.refusal
        return
    line_ids = tuple(line["id"] for line in answer.body["lines"])
    shop.remember(Order(answer.body["id"], sale, line_ids))
    shop.tally.add("placed")
    shop.tally.add("units ordered", sum(line.quantity for line in sale.lines))


async def _post(site: User, sale: SaleInvoice) -> Answer:
    """Post once, or as a site does that lost the answer or clicked twice."""
    sending = retries.sending("order", sale.number)
    if sending is Sending.DOUBLED:
        first, second = await asyncio.gather(_ask(site, sale), _ask(site, sale))
        if first.refusal == IN_USE or (first.replayed and second.refusal != IN_USE):
            first, second = second, first
    else:
        first = second = await _ask(site, sale)
    if sending is Sending.RETRIED or second.refusal == IN_USE:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        second = await _ask(site, sale)
    if sending is not Sending.ONCE:
        _same(site, sale, first, second)
        site.tally.add(f"posts {sending}")
    return first


async def _ask(site: User, sale: SaleInvoice) -> Answer:
    key = retries.idempotency_key("order", sale.number)
    return await site.post("/v1/orders", order(sale), key=key, refusals={*REFUSALS, IN_USE})


def _same(site: User, sale: SaleInvoice, first: Answer, second: Answer) -> None:
    """Make sure that the second answer is the first one, told again. Raises Surprise."""
    if first.replayed or not second.replayed or first.body != second.body:
        site.surprise(f"order {sale.number} was answered twice, and not the same")


def order(sale: SaleInvoice) -> dict[str, Any]:
    """Write a sale as the API reads orders. Nobody in it is a real person."""
    home = network.home(sale)
    customer = f"Customer {sale.customer_id}" if sale.customer_id else f"Guest {sale.number}"
    return {
        "external_id": sale.number,
        "placed_at": sale.placed_at.isoformat(),
        "currency": CURRENCY,
        "customer": {
            "name": customer,
            "email": f"{customer.lower().replace(' ', '-')}@example.com",
        },
        "ship_to": {
            "name": customer,
            "country": home.place.country_code,
            "city": home.place.name,
            "postal_code": home.postcode_district or None,
            "latitude": home.place.latitude,
            "longitude": home.place.longitude,
        },
        "lines": [
            {
                "external_id": str(index),
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": pounds(line.unit_price_pence),
            }
            for index, line in enumerate(sale.lines)
        ],
        "shipping": pounds(sale.shipping_pence),
        "total": pounds(sale.total_pence),
        "payment": _payment(sale),
    }


def _payment(sale: SaleInvoice) -> dict[str, str]:
    """At the counter everybody pays; on the web a few cards are slow or refused."""
    if network.channel(sale) is Channel.STORE:
        return {"gateway": "manual", "method": "cash"}
    token = chances.pick(TOKENS, "token", sale.number)
    return {"gateway": "sandbox", "method": "card", "token": token}
