"""Staff at work over HTTP: reach, versions, repeats, and what is refused."""

import httpx
import pytest

from api.app import create_app
from fulfillment import work
from oms import wiring
from oms.accounts import credentials
from oms.accounts.models import Role, Scope
from oms.kernel import db, events, ids
from tests.factories import opened_work, packed_work

QUEUE = "/v1/fulfillment-orders"


@pytest.fixture(autouse=True)
def alone(database):
    """Let nobody react: the work of these tests has no orders."""
    events.subscribe([])
    yield
    wiring.install()


@pytest.fixture
async def client():
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://oms") as client:
        yield client


async def made(factory, **given):
    async with db.transaction() as session:
        return await factory(session, **given)


async def staff(*roles, location_ids=None):
    """Return the headers of a member of staff, with a fresh Idempotency-Key."""
    async with db.transaction() as session:
        issued = await credentials.hire(
            session, name="Sato", roles=roles or [Role.WAREHOUSE], location_ids=location_ids
        )
    return headers(issued)


async def program(*scopes, channel_id=None):
    async with db.transaction() as session:
        issued = await credentials.issue_api_key(
            session, name="site", scopes=scopes, channel_id=channel_id
        )
    return headers(issued)


def headers(issued):
    return {"authorization": f"Bearer {issued.token}"}


def keyed(who, **more):
    return {**who, "idempotency-key": str(ids.new()), **more}


async def test_work_goes_from_the_shelf_to_the_carrier(client):
    row = await made(opened_work, units={"CUP": 2})
    who = await staff(location_ids=[row.location_id])
    at = f"{QUEUE}/{row.id}"

    listed = (await client.get(QUEUE, headers=who)).json()
    assert [one["id"] for one in listed["fulfillment_orders"]] == [str(row.id)]
    assert listed["next_cursor"] is None

    accepted = await client.post(f"{at}/accept", headers=keyed(who))
    assert (accepted.status_code, accepted.headers["etag"]) == (200, '"2"')
    assert accepted.json()["actions"] == ["pick", "reject"]
    picked = await client.post(f"{at}/pick", headers=keyed(who), json={})
    assert picked.json()["lines"][0]["picked"] == 2
    assert (await client.post(f"{at}/pack", headers=keyed(who))).json()["actions"] == ["ship"]
    shipped = await client.post(
        f"{at}/ship",
        headers=keyed(who, **{"if-match": '"4"'}),
        json={"carrier": "sandbox", "tracking_number": "SB-1"},
    )

    assert shipped.status_code == 201
    parcel = shipped.json()
    assert (parcel["carrier"], parcel["tracking_number"]) == ("sandbox", "SB-1")
    assert [(line["sku"], line["quantity"]) for line in parcel["lines"]] == [("CUP", 2)]
    read = await client.get(f"/v1/shipments/{parcel['id']}", headers=who)
    assert read.json() == parcel
    of_order = await client.get("/v1/shipments", headers=who, params={"order_id": row.order_id})
    assert of_order.json()["shipments"] == [parcel]
    assert (await client.get(at, headers=who)).json()["status"] == "shipped"
    assert (await client.get(QUEUE, headers=who)).json()["fulfillment_orders"] == []


async def test_a_repeated_step_is_answered_and_not_done_again(client):
    row = await made(packed_work)
    who = keyed(await staff())
    parcel = {"carrier": "sandbox", "tracking_number": "SB-1"}

    first = await client.post(f"{QUEUE}/{row.id}/ship", headers=who, json=parcel)
    again = await client.post(f"{QUEUE}/{row.id}/ship", headers=who, json=parcel)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_second_picker_is_told_what_is_possible(client):
    row = await made(opened_work)
    first, second = await staff(), await staff()
    await client.post(f"{QUEUE}/{row.id}/accept", headers=keyed(first))

    late = await client.post(f"{QUEUE}/{row.id}/accept", headers=keyed(second))
    stale = await client.post(
        f"{QUEUE}/{row.id}/accept", headers=keyed(second, **{"if-match": '"1"'})
    )

    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")
    assert (late.json()["state"], late.json()["possible"]) == ("accepted", ["pick", "reject"])
    assert (stale.status_code, stale.json()["code"]) == (412, "fulfillment_order_changed")
    assert (stale.json()["version"], stale.json()["state"]) == (2, "accepted")


@pytest.mark.parametrize("step", ["accept", "pick", "pack", "ship", "reject"])
async def test_work_of_another_location_is_not_there(client, step):
    row = await made(opened_work)
    who = await staff(location_ids=[ids.new()])
    bodies = {
        "pick": {},
        "ship": {"carrier": "sandbox", "tracking_number": "SB-1"},
        "reject": {"reason": "other"},
    }

    answer = await client.post(
        f"{QUEUE}/{row.id}/{step}", headers=keyed(who), json=bodies.get(step)
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_fulfillment_order")
    assert (await client.get(f"{QUEUE}/{row.id}", headers=who)).status_code == 404
    assert (await client.get(QUEUE, headers=who)).json()["fulfillment_orders"] == []


async def test_a_key_sees_the_work_of_its_channel_only(client):
    row = await made(opened_work)
    own = await program(Scope.FULFILLMENT_READ, channel_id=row.channel_id)
    other = await program(Scope.FULFILLMENT_READ, channel_id=ids.new())

    assert (await client.get(f"{QUEUE}/{row.id}", headers=own)).status_code == 200
    assert (await client.get(f"{QUEUE}/{row.id}", headers=other)).status_code == 404
    assert (await client.get(QUEUE, headers=other)).json()["fulfillment_orders"] == []


async def test_only_those_who_may_do_the_work_do_it(client):
    row = await made(opened_work)

    for who in (await staff(Role.SUPPORT), await program(Scope.FULFILLMENT_READ)):
        answer = await client.post(f"{QUEUE}/{row.id}/accept", headers=keyed(who))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert (await client.post(f"{QUEUE}/{row.id}/accept")).status_code == 401


async def test_a_step_needs_its_idempotency_key(client):
    row = await made(opened_work)

    answer = await client.post(f"{QUEUE}/{row.id}/accept", headers=await staff())

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    "parcel",
    [
        {},
        {"carrier": "sandbox"},
        {"carrier": "Sand Box", "tracking_number": "SB-1"},
        {"carrier": "sandbox", "tracking_number": ""},
        {"carrier": "sandbox", "tracking_number": "a\u0000b"},
        {"carrier": "sandbox", "tracking_number": "x" * 65},
        {"carrier": "sandbox", "tracking_number": 5},
        {"carrier": "sandbox", "tracking_number": "SB-1", "weight": 5},
    ],
)
async def test_a_parcel_that_is_not_as_it_must_be_is_refused(client, parcel):
    row = await made(packed_work)

    answer = await client.post(f"{QUEUE}/{row.id}/ship", headers=keyed(await staff()), json=parcel)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    async with db.transaction() as session:
        assert (await work.queries.get(session, work_id=row.id)).status == "packed"


async def test_a_list_says_what_it_does_not_know(client):
    who = await staff()

    for params in ({"state": "open"}, {"status": "lost"}, {"cursor": "x"}, {"limit": 0}):
        answer = await client.get(QUEUE, headers=who, params=params)
        assert answer.status_code == 400, params
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_list_takes_several_statuses_and_pages(client):
    rows = [await made(opened_work) for _ in range(3)]
    who = await staff()
    await client.post(f"{QUEUE}/{rows[0].id}/accept", headers=keyed(who))

    params = [("status", "open"), ("status", "accepted"), ("limit", "2")]
    first = (await client.get(QUEUE, headers=who, params=params)).json()
    params.append(("cursor", first["next_cursor"]))
    rest = (await client.get(QUEUE, headers=who, params=params)).json()

    seen = [one["id"] for one in first["fulfillment_orders"] + rest["fulfillment_orders"]]
    assert seen == [str(row.id) for row in rows]
    assert rest["next_cursor"] is None
