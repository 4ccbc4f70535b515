"""A count found too little: a transfer holds less."""

import pytest

from inventory.transfers import departures, queries, reductions
from inventory.transfers.units import MoreThanThere
from tests.factories import transfer
from tests.inventory.standing import ledger, level


async def test_units_are_given_back_and_the_rest_is_picked(session):
    found = await transfer(session, until="reserve")
    before = found.version

    await reductions.reduce(session, found=found, let_go={"CUP": 2})

    assert await level(session, "CUP", found.source_id) == {"on_hand": 10, "reserved": 3}
    assert (await ledger(session, "CUP"))[-1][0] == "movement_updated"
    assert found.version == before + 1
    await departures.pick(session, transfer_id=found.id)
    [line] = await queries.lines(session, transfer_ids=[found.id])
    assert (line.quantity, line.picked) == (5, 3)


async def test_no_more_is_given_back_than_is_held(session):
    found = await transfer(session, until="reserve")

    with pytest.raises(MoreThanThere):
        await reductions.reduce(session, found=found, let_go={"CUP": 6})

    assert await level(session, "CUP", found.source_id) == {"on_hand": 10, "reserved": 5}
