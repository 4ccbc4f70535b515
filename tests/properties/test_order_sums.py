"""Whatever is shipped, cancelled and sent back, and in which order: not one yen is lost."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.kernel import ids
from oms.orders import totals
from oms.orders.models import OrderLine
from oms.orders.totals import Charges, Priced
from returns import refunds_due
from tests.drain import drain
from tests.shop import yen

AMOUNTS = st.integers(0, 10**9)


@st.composite
def orders(draw):
    """Return the lines of an order that adds up, with their shares, and its total."""
    priced = []
    for _ in range(draw(st.integers(1, 4))):
        price, quantity = draw(AMOUNTS), draw(st.integers(1, 9))
        priced.append(Priced(price, quantity, draw(st.integers(0, price * quantity))))
    net = sum(line.goods - line.discount for line in priced)
    charges = Charges(draw(st.integers(0, net)), draw(AMOUNTS), draw(AMOUNTS), 0)
    total = net - charges.discount + charges.shipping + charges.tax
    shares = totals.spread(
        priced, Charges(charges.discount, charges.shipping, charges.tax, total)
    ).lines
    lines = [
        OrderLine(
            id=ids.new(),
            ordered=line.quantity,
            goods_amount=share.goods,
            discount_amount=share.discount,
            shipping_amount=share.shipping,
            tax_amount=share.tax,
        )
        for line, share in zip(priced, shares, strict=True)
    ]
    return lines, total


@given(orders(), st.data())
def test_what_is_charged_let_go_and_sent_back_sums_to_the_order(order, data):
    lines, total = order
    steps = data.draw(
        st.permutations([(line, kind) for line in lines for kind in _fates(data, line)])
    )
    charged = let_go = 0

    for line, kind in steps:
        if kind == "ship":
            charged += totals.of_units(line, first=line.charged, count=1)
            line.charged += 1
        else:
            line.cancelled += 1
            let_go += totals.of_units(line, first=line.ordered - line.cancelled, count=1)
        assert 0 <= charged <= totals.payable(lines) == total - let_go

    assert charged + let_go == total
    assert _sent_back(data, lines) <= charged


def _fates(data, line) -> list[str]:
    return data.draw(
        st.lists(st.sampled_from(["ship", "cancel"]), min_size=line.ordered, max_size=line.ordered)
    )


def _sent_back(data, lines) -> int:
    """Return some of what was charged, in parts; all of it gives back all but the shipping."""
    amount = 0
    for line in lines:
        refunded = 0
        while refunded < line.charged:
            units = data.draw(st.integers(1, line.charged - refunded))
            amount += refunds_due.of_line(line, refunded=refunded, units=units).amount
            refunded += units
    shipping = sum(_shipping(line) for line in lines)
    charged = sum(totals.of_units(line, first=0, count=line.charged) for line in lines)
    assert amount == charged - shipping
    return amount


def _shipping(line) -> int:
    alone = OrderLine(
        ordered=line.ordered,
        goods_amount=0,
        shipping_amount=line.shipping_amount,
    )
    return totals.of_units(alone, first=0, count=line.charged)


@pytest.mark.parametrize("seed", range(4))
async def test_a_day_of_any_order_over_http_leaves_no_money_behind(shop, seed):
    chance = random.Random(seed)
    stock = {sku: {"TYO": chance.randint(0, 3), "OSA": 3} for sku in ("CUP", "BOWL", "POT")}
    await shop.open(
        stock={sku: {at: n for at, n in has.items() if n} for sku, has in stock.items()}
    )
    order = await shop.place(
        *((sku, chance.randint(1, 3), chance.randint(1, 999)) for sku in stock),
        shipping=yen(chance.randint(0, 500)),
        tax=yen(chance.randint(0, 99)),
    )
    for code in chance.sample(["TYO", "OSA"], 2):
        for work in await shop.work(code):
            await _some_of_it(shop, chance, code, work)
    await shop.ask("support", "POST", f"/orders/{order['id']}/cancel", {})
    await drain()
    await _return_some(shop, chance, await shop.read(order["id"]))
    await shop.verified()

    await _adds_up(shop, await shop.read(order["id"]))


async def _some_of_it(shop, chance, code, work):
    """Reject some units of the work, and ship the rest or leave it lying."""
    line = chance.choice(work["lines"])
    given_back = {"order_line_id": line["order_line_id"], "quantity": 1}
    reason = {"reason": "inventory_out_of_stock", "lines": [given_back]}
    if chance.random() < 0.6:
        await shop.do(code, "POST", f"/fulfillment-orders/{work['id']}/reject", reason)
        await drain()
    if chance.random() < 0.7 and work["id"] in [one["id"] for one in await shop.work(code)]:
        await shop.ship(code, work)


async def _return_some(shop, chance, order):
    """Ask for some shipped units back, receive all and refund most."""
    shipped = [line for line in order["lines"] if line["shipped"]]
    for line in shipped:
        units = chance.randint(1, line["shipped"])
        wish = {"order_line_id": line["id"], "quantity": units, "reason": "unwanted"}
        back = await shop.do("site", "POST", "/returns", {"order_id": order["id"], "lines": [wish]})
        path = f"/returns/{back['id']}"
        await shop.do("support", "POST", f"{path}/approve")
        arrival = {"return_line_id": back["lines"][0]["id"], "quantity": units}
        back = await shop.do(
            "TYO", "POST", f"{path}/receive",
            {"location_id": shop.places["TYO"], "lines": [arrival]},
        )  # fmt: skip
        piece = {"receipt_id": back["receipts"][0]["id"], "quantity": units}
        piece |= {"disposition": "restocked", "refund": chance.random() < 0.8}
        await shop.do("TYO", "POST", f"{path}/inspect", {"pieces": [piece]})
        await drain()


async def _adds_up(shop, order):
    found = await shop.do("support", "GET", f"/payments?order_id={order['id']}")
    [payment] = found["payments"]
    done = {"capture": 0, "void": 0, "refund": 0}
    for one in payment["operations"]:
        if one["status"] == "succeeded" and one["kind"] in done:
            done[one["kind"]] += one["amount"]["amount"]
    total = order["total"]["amount"]
    assert payment["authorised"]["amount"] == total == done["capture"] + done["void"]
    assert payment["captured"]["amount"] == done["capture"]
    assert payment["refunded"]["amount"] == done["refund"] <= done["capture"]
    assert order["payment_status"] not in {"partially_paid", "authorised"}
