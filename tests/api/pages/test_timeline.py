"""The shopper's page: what it shows, what it hides, and that a real browser shows it."""

import re

import httpx
import pytest

from api.app import create_app
from fulfillment.events import ShipmentDelivered
from oms.journey import links
from oms.kernel import db, ids
from oms.orders.events import OrderPlaced
from tests.api.pages import browser
from tests.factories import told_order, told_parcel


@pytest.fixture
async def client(database):
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


def placed(order_id):
    return OrderPlaced(
        order_id=order_id, external_id="1", currency="JPY", total_amount=3000, lines=[]
    )


def delivered(order_id):
    place = "<script>alert('Kobe')</script>"
    return ShipmentDelivered(order_id=order_id, shipment_id=ids.new(), place=place, lines=[])


async def told(*lines, name="A cup"):
    async with db.transaction() as session:
        order, rows = await told_order(session, placed, delivered, lines=lines or [{}])
        rows[0].name = name
        await told_parcel(session, order, rows[0], tracking_number="SB-4011-2233")
    return order


async def test_a_shopper_reads_their_order_in_their_language(client):
    order = await told()
    path = f"/t/{links.token(order.id)}"

    japanese = await client.get(path, headers={"accept-language": "ja-JP,ja;q=0.9,en;q=0.5"})
    english = await client.get(path, headers={"accept-language": "de, en;q=0.5"})
    switched = await client.get(f"{path}?lang=ja", headers={"accept-language": "en"})

    assert japanese.text == switched.text
    for page, language, words in (
        (japanese, "ja", ["お届けしました", "ご注文を承りました。", "サンドボックス便", "￥3,000"]),
        (english, "en", ["Delivered", "We received your order.", "Sandbox Express", "¥3,000"]),
    ):
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["content-language"] == language
        assert f'<html lang="{language}">' in page.text
        for word in (order.number, "SB-4011-2233", *words):
            assert word in page.text


async def test_nothing_that_people_wrote_becomes_markup(client):
    order = await told(name="<img src=x onerror=alert(1)>")

    page = await client.get(f"/t/{links.token(order.id)}")

    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


async def test_the_page_loads_nothing_runs_nothing_and_is_kept_nowhere(client):
    order = await told()

    page = await client.get(f"/t/{links.token(order.id)}")

    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert not re.search(r'(src|href)="(?!#|\?lang=)', page.text)
    assert " style=" not in page.text


async def test_a_token_that_was_not_signed_leads_nowhere(client):
    token = links.token(ids.new())

    for given in (token, token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "%00", "あ"):
        page = await client.get(f"/t/{given}", headers={"accept-language": "en"})
        assert page.status_code == 404
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "This link does not work" in page.text


async def test_what_mail_programs_hang_on_a_link_does_no_harm(client):
    order = await told()

    page = await client.get(f"/t/{links.token(order.id)}?utm_source=mail&fbclid=1&lang=xx")

    assert page.status_code == 200


async def test_a_long_order_is_folded(client):
    order = await told(*[{"ordered": 2} for _ in range(12)])

    page = await client.get(f"/t/{links.token(order.id)}?lang=en")

    assert "Show 4 more" in page.text


@pytest.mark.browser
@browser.needed
async def test_a_real_browser_shows_the_page_without_a_complaint(database, tmp_path):
    order = await told()
    async with browser.serving() as address:
        url = f"{address}/t/{links.token(order.id)}?lang=ja"
        dom, complaints = await browser.show(url, tmp_path)

    assert "お届けしました" in dom
    assert "SB-4011-2233" in dom
    assert complaints == ""
