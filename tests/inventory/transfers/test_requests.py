"""Asking for a transfer, holding its goods, and giving them back."""

import pytest

from inventory import commitments
from inventory.commitments import Promise
from inventory.movements import OutOfStock
from inventory.places.queries import UnknownLocation
from inventory.transfers import queries, requests
from inventory.transfers.events import Moved
from inventory.transfers.queries import TransferChanged, UnknownTransfer
from inventory.transfers.requests import LocationClosed, Paper, SameLocation
from inventory.transfers.states import TransferStatus
from oms.kernel import actors, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.states import IllegalMove
from tests.factories import location, shelf, transfer
from tests.inventory.standing import available, ledger, level


def worker(*location_ids):
    """Somebody who works at some locations."""
    return actors.acting(Actor(ActorKind.STAFF, "Sato", location_ids=frozenset(location_ids)))


async def lines(session, found):
    return await queries.lines(session, transfer_ids=[found.id])


async def test_a_request_holds_nothing_and_lines_of_one_sku_are_one(session):
    here = await shelf(session, units=3)
    paper = Paper(here.location_id, (await location(session)).id)
    twice = [Moved(sku="CUP", quantity=2), Moved(sku="CUP", quantity=5)]

    found = await requests.request(session, paper=paper, lines=twice)

    assert found.status is TransferStatus.DRAFT
    assert [(line.sku, line.quantity, line.reserved) for line in await lines(session, found)] == [
        ("CUP", 7, 0)
    ]
    assert await available(session, "CUP", here.location_id) == 3


async def test_a_transfer_leads_to_another_open_location(session):
    here, other = await shelf(session), await location(session)
    closed = await location(session, active=False)
    asked = [Moved(sku="CUP", quantity=1)]

    with pytest.raises(SameLocation):
        await requests.request(
            session, paper=Paper(here.location_id, here.location_id), lines=asked
        )
    with pytest.raises(LocationClosed):
        await requests.request(session, paper=Paper(here.location_id, closed.id), lines=asked)
    with pytest.raises(UnknownLocation):
        await requests.request(session, paper=Paper(here.location_id, ids.new()), lines=asked)
    with worker(ids.new()), pytest.raises(UnknownLocation):
        await requests.request(session, paper=Paper(here.location_id, other.id), lines=asked)


async def test_reserved_units_can_be_promised_to_nobody_else(session):
    found = await transfer(session, stock=6, units=5)

    await requests.reserve(session, transfer_id=found.id)

    here = found.source_id
    bought = [Promise(ids.new(), "CUP", here, 2)]
    assert await level(session, "CUP", here) == {"on_hand": 6, "reserved": 5}
    with pytest.raises(OutOfStock):
        await commitments.make(session, promises=bought, reference="SO-1")
    assert (await ledger(session, "CUP"))[-1] == (
        "movement_created", f"transfer:{found.id}", "system:oms", {"reserved": 5},
    )  # fmt: skip


async def test_one_unit_is_not_enough_for_a_transfer_of_five(session):
    """E17 of the catalogue of cases: refused, and the source still has its one."""
    found = await transfer(session, stock=1, units=5)

    with pytest.raises(OutOfStock) as refusal:
        await requests.reserve(session, transfer_id=found.id)

    assert refusal.value.shortages == [
        {"sku": "CUP", "location_id": found.source_id, "wanted": 5, "available": 1}
    ]
    assert await level(session, "CUP", found.source_id) == {"on_hand": 1}


async def test_what_is_promised_to_an_order_stays(session):
    found = await transfer(session, stock=5, units=5)
    bought = [Promise(ids.new(), "CUP", found.source_id, 1)]
    await commitments.make(session, promises=bought, reference="SO-1")

    with pytest.raises(OutOfStock):
        await requests.reserve(session, transfer_id=found.id)

    assert await level(session, "CUP", found.source_id) == {"on_hand": 5, "committed": 1}


@pytest.mark.parametrize(
    ("until", "standing"),
    [("request", {"on_hand": 10}), ("reserve", {"on_hand": 10}), ("pick", {"on_hand": 10})],
)
async def test_cancelling_before_it_ships_leaves_the_stock_as_it_was(session, until, standing):
    found = await transfer(session, until=until)

    cancelled = await requests.cancel(session, transfer_id=found.id, reason="Not needed")

    assert (cancelled.status, cancelled.cancel_reason) == (TransferStatus.CANCELLED, "Not needed")
    assert await level(session, "CUP", found.source_id) == standing
    with pytest.raises(IllegalMove):
        await requests.cancel(session, transfer_id=found.id)


async def test_cancelling_what_has_shipped_turns_it_round(session):
    found = await transfer(session, until="ship")

    turned = await requests.cancel(session, transfer_id=found.id)

    assert turned.status is TransferStatus.RETURNING
    assert await level(session, "CUP", found.source_id) == {"on_hand": 5, "incoming": 5}
    assert await level(session, "CUP", found.destination_id) == {}


async def test_each_end_does_its_own_part(session):
    found = await transfer(session)

    with worker(found.destination_id), pytest.raises(UnknownTransfer):
        await requests.reserve(session, transfer_id=found.id)
    with worker(ids.new()), pytest.raises(UnknownTransfer):
        await queries.get(session, transfer_id=found.id)
    with worker(found.source_id):
        await requests.reserve(session, transfer_id=found.id)
    with worker(found.destination_id), pytest.raises(UnknownTransfer):
        await requests.cancel(session, transfer_id=found.id)
    assert (await queries.get(session, transfer_id=found.id)).status is TransferStatus.READY_TO_SHIP


async def test_a_draft_can_be_cancelled_by_whoever_asked(session):
    found = await transfer(session)

    with worker(found.destination_id):
        await requests.cancel(session, transfer_id=found.id)

    assert found.status is TransferStatus.CANCELLED


async def test_what_was_changed_since_it_was_read_is_not_changed_again(session):
    found = await transfer(session)
    await requests.reserve(session, transfer_id=found.id, version=1)

    with pytest.raises(TransferChanged):
        await requests.cancel(session, transfer_id=found.id, version=1)

    assert found.status is TransferStatus.READY_TO_SHIP
