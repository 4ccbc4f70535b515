"""The goods of a transfer leave the source."""

import pytest

from inventory.transfers import departures, queries
from inventory.transfers.departures import Found, NothingPicked, Trip
from inventory.transfers.states import TransferStatus
from inventory.transfers.units import MoreThanThere
from oms.kernel import clock
from oms.kernel.states import IllegalMove
from tests.factories import transfer
from tests.inventory.standing import ledger, level


async def line(session, found):
    [row] = await queries.lines(session, transfer_ids=[found.id])
    return row


async def test_all_that_is_held_is_picked_unless_told(session):
    found = await transfer(session, until="reserve")

    picked = await departures.pick(session, transfer_id=found.id)

    assert picked.status is TransferStatus.PICKED
    assert (await line(session, found)).picked == 5
    assert await level(session, "CUP", found.source_id) == {"on_hand": 10, "reserved": 5}


async def test_what_was_not_picked_is_free_again_and_what_is_missing_is_written_off(session):
    found = await transfer(session, until="reserve")

    await departures.pick(session, transfer_id=found.id, found=[Found("CUP", 2, missing=1)])

    row = await line(session, found)
    assert (row.picked, row.missing, row.reserved) == (2, 1, 2)
    assert await level(session, "CUP", found.source_id) == {"on_hand": 9, "reserved": 2}
    assert [reason for reason, *_ in await ledger(session, "CUP")] == [
        "received",
        "movement_created",
        "movement_updated",
        "shrinkage",
    ]


@pytest.mark.parametrize("found_units", [Found("CUP", 6), Found("CUP", 5, 1), Found("VASE", 1)])
async def test_no_more_is_picked_than_is_held(session, found_units):
    found = await transfer(session, until="reserve")

    with pytest.raises(MoreThanThere):
        await departures.pick(session, transfer_id=found.id, found=[found_units])

    assert await level(session, "CUP", found.source_id) == {"on_hand": 10, "reserved": 5}


async def test_nothing_cannot_be_picked(session):
    found = await transfer(session, until="reserve")

    with pytest.raises(NothingPicked):
        await departures.pick(session, transfer_id=found.id, found=[Found("CUP", 0)])

    assert await level(session, "CUP", found.source_id) == {"on_hand": 10, "reserved": 5}


async def test_what_ships_stands_on_no_shelf_and_is_expected(session):
    found, now = await transfer(session, until="pick"), clock.now()

    shipped = await departures.ship(
        session, transfer_id=found.id, trip=Trip("yamato", "4711"), now=now
    )

    assert (shipped.status, shipped.shipped_at) == (TransferStatus.IN_TRANSIT, now)
    assert await level(session, "CUP", found.source_id) == {"on_hand": 5}
    assert await level(session, "CUP", found.destination_id) == {"incoming": 5}
    assert (await line(session, found)).under_way == 5


async def test_nothing_ships_that_was_not_picked(session):
    found = await transfer(session, until="reserve")

    with pytest.raises(IllegalMove):
        await departures.ship(session, transfer_id=found.id, trip=Trip(), now=clock.now())

    assert await level(session, "CUP", found.source_id) == {"on_hand": 10, "reserved": 5}
