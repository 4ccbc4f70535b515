"""Goods coming in."""

import pytest

from inventory import receipts
from inventory.catalog.items import UnknownSkus
from inventory.events import Received
from inventory.places.queries import UnknownLocation
from oms.kernel import actors, ids
from oms.kernel.actors import Actor, ActorKind
from tests.factories import item, location
from tests.inventory.standing import ledger, level


def of(location_id):
    return Actor(ActorKind.STAFF, "Sato", location_ids=frozenset([location_id]))


async def test_received_units_stand_on_the_shelf_with_their_paper(session):
    place = await location(session)
    for sku in ("CUP", "LID"):
        await item(session, sku=sku)

    lines = [Received(sku="CUP", quantity=2), Received(sku="LID", quantity=1)]
    lines.append(Received(sku="CUP", quantity=3))
    await receipts.receive(session, location_id=place.id, lines=lines, reference="PO-1")

    assert await level(session, "CUP", place.id) == {"on_hand": 5}
    assert await level(session, "LID", place.id) == {"on_hand": 1}
    assert await ledger(session, "LID") == [("received", "PO-1", "system:oms", {"on_hand": 1})]
    [told] = session.info["events"]
    assert (told["name"], told["subject_id"]) == ("stock.received", place.id)
    assert told["data"] == {
        "location_id": str(place.id),
        "reference": "PO-1",
        "lines": [line.model_dump() for line in lines],
    }


async def test_every_unknown_sku_is_named_and_nothing_is_received(session):
    place = await location(session)
    await item(session, sku="CUP")

    lines = [Received(sku=sku, quantity=1) for sku in ("VASE", "CUP", "LAMP")]
    with pytest.raises(UnknownSkus) as refusal:
        await receipts.receive(session, location_id=place.id, lines=lines)

    assert refusal.value.skus == ["LAMP", "VASE"]
    assert await level(session, "CUP", place.id) is None
    assert "events" not in session.info


async def test_staff_receive_at_their_own_locations_only(session):
    mine, other = await location(session), await location(session)
    await item(session, sku="CUP")
    lines = [Received(sku="CUP", quantity=1)]

    with actors.acting(of(mine.id)):
        await receipts.receive(session, location_id=mine.id, lines=lines)
        with pytest.raises(UnknownLocation):
            await receipts.receive(session, location_id=other.id, lines=lines)
        with pytest.raises(UnknownLocation):
            await receipts.receive(session, location_id=ids.new(), lines=lines)

    assert await level(session, "CUP", mine.id) == {"on_hand": 1}
    assert await level(session, "CUP", other.id) is None
