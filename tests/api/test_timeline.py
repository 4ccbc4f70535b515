"""An order's story over HTTP: facts for staff, words for the shopper, a link to the page."""

import httpx
import pytest

from api.app import create_app
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.journey import links
from oms.kernel import db, ids
from oms.orders.events import OrderPlaced, OrderRouted
from tests.factories import told_order


@pytest.fixture
async def client(database):
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


@pytest.fixture
async def order(database):
    async with db.transaction() as session:
        order, _ = await told_order(session, placed, routed)
    return order


async def key(channel_id=None):
    async with db.transaction() as session:
        issued = await credentials.issue_api_key(
            session, name="shop", scopes=[Scope.ORDERS_READ], channel_id=channel_id
        )
    return {"authorization": f"Bearer {issued.token}"}


async def agent():
    async with db.transaction() as session:
        issued = await credentials.hire(
            session, name="Sato", roles=[Role.SUPPORT], location_ids=None
        )
    return {"authorization": f"Bearer {issued.token}"}


def placed(order_id):
    return OrderPlaced(
        order_id=order_id, external_id="1", currency="JPY", total_amount=3000, lines=[]
    )


def routed(order_id):
    return OrderRouted(
        order_id=order_id, decision_id=ids.new(), cause="placed", parcels=0, picks=[]
    )


async def test_staff_are_told_every_fact(client, order):
    answer = await client.get(f"/v1/orders/{order.id}/timeline", headers=await agent())

    assert answer.status_code == 200
    told = answer.json()
    assert (told["number"], told["audience"]) == (order.number, "staff")
    assert [(one["sequence"], one["name"], one["actor"]) for one in told["entries"]] == [
        (1, "order.placed", "system:oms"),
        (2, "order.routed", "system:oms"),
    ]
    assert told["entries"][0]["data"]["total_amount"] == 3000


async def test_the_shopper_is_told_in_their_language_what_concerns_them(client, order):
    answer = await client.get(
        f"/v1/orders/{order.id}/timeline",
        headers=await key(order.channel_id),
        params={"audience": "customer", "language": "ja"},
    )

    told = answer.json()
    assert (told["audience"], told["time_zone"]) == ("customer", "Asia/Tokyo")
    assert told["headline"] == {"code": "delivered", "text": "お届けしました"}
    assert [one["text"] for one in told["entries"]] == ["ご注文を承りました。"]


async def test_another_channels_order_has_no_story_and_no_link(client, order):
    stranger = await key(ids.new())

    for path in ("timeline", "timeline?audience=customer", "timeline-link"):
        answer = await client.get(f"/v1/orders/{order.id}/{path}", headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_order")


@pytest.mark.parametrize(
    ("query", "status_code"),
    [
        ("audience=everybody", 400),
        ("language=fr", 400),
        ("after=-1", 200),
        ("after=x", 400),
        ("audience=customer&time_zone=Mars/Base", 422),
        ("lang=ja", 400),
    ],
)
async def test_what_cannot_be_told_is_refused(client, order, query, status_code):
    answer = await client.get(f"/v1/orders/{order.id}/timeline?{query}", headers=await agent())

    assert answer.status_code == status_code


async def test_the_link_leads_to_the_page_of_the_order(client, order):
    answer = await client.get(f"/v1/orders/{order.id}/timeline-link", headers=await agent())

    assert answer.json() == {"url": links.url(order.id)}
    page = await client.get(answer.json()["url"].removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    assert order.number in page.text
