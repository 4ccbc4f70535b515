"""The shop's site and its tills: they post every sale in the order of time."""

from typing import Any

from oms.cli.demo import chances, client, network, posting
from oms.cli.demo.documents import SaleInvoice
from oms.cli.demo.network import Channel
from oms.cli.demo.shop import CURRENCY, Order, Shop, pounds

WORKERS = 6
REFUSALS = {"out_of_stock"}

# How likely a card is accepted at once, accepted or refused later, or refused at once.
TOKENS = (("tok_ok", 970), ("tok_late", 20), ("tok_declined", 10))


async def sell(shop: Shop) -> None:
    """Post all sales; the calendar follows."""
    stage = shop.screen.stage("orders placed", len(shop.dataset.sales))

    async def post(sale: SaleInvoice) -> None:
        try:
            await _sell(shop, sale)
        finally:
            shop.calendar.advance(sale.placed_at)
            stage.advance()
            await shop.tell()

    await client.each(shop.dataset.sales, post, at_once=WORKERS)


async def _sell(shop: Shop, sale: SaleInvoice) -> None:
    site = shop.people.sites[network.channel(sale)]
    answer = await posting.post(
        site, "/v1/orders", order(sale), act="order", number=sale.number, refusals=REFUSALS
    )
    shop.tally.placing_seconds.append(answer.seconds)
    if answer.refusal is not None:
        shop.tally.blame("refused", answer.refusal)
        shop.refused[sale.number] = answer.refusal
        return
    line_ids = tuple(line["id"] for line in answer.body["lines"])
    shop.remember(Order(answer.body["id"], sale, line_ids))
    shop.tally.add("units ordered", sum(line.quantity for line in sale.lines))


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
