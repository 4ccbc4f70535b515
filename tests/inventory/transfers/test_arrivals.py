"""The goods of a transfer arrive, in parts, whole or not."""

import pytest

from inventory.transfers import arrivals, queries, requests
from inventory.transfers.arrivals import OnlyAtDestination, Piece, ReasonMissing
from inventory.transfers.states import Outcome, TransferReason, TransferStatus
from inventory.transfers.units import MoreThanThere
from oms.kernel.states import IllegalMove
from tests.factories import transfer
from tests.inventory.standing import level

WHY = TransferReason.OTHER


def piece(outcome, quantity, sku="CUP"):
    return Piece(sku, outcome, quantity, None if outcome is Outcome.ACCEPTED else WHY)


async def receive(session, found, *pieces):
    return await arrivals.receive(session, transfer_id=found.id, pieces=pieces)


async def take_back(session, found, *pieces):
    return await arrivals.take_back(session, transfer_id=found.id, pieces=pieces)


async def test_what_is_accepted_can_be_sold_and_the_rest_is_still_under_way(session):
    found = await transfer(session, until="ship")

    await receive(session, found, piece(Outcome.ACCEPTED, 3))

    assert found.status is TransferStatus.PARTIALLY_RECEIVED
    assert await level(session, "CUP", found.destination_id) == {"on_hand": 3, "incoming": 2}


async def test_every_unit_is_accounted_for_with_its_reason(session):
    found = await transfer(session, until="ship")

    await receive(
        session, found, piece(Outcome.ACCEPTED, 2), piece(Outcome.DAMAGED, 1),
        piece(Outcome.LOST, 2), piece(Outcome.SURPLUS, 1),
    )  # fmt: skip

    assert found.status is TransferStatus.RECEIVED
    assert await level(session, "CUP", found.destination_id) == {"on_hand": 4, "damaged": 1}
    seen = await queries.receipts(session, transfer_ids=[found.id])
    assert [(one.outcome, one.quantity, one.reason) for one in seen] == [
        (Outcome.ACCEPTED, 2, None),
        (Outcome.DAMAGED, 1, "other"),
        (Outcome.LOST, 2, "other"),
        (Outcome.SURPLUS, 1, "other"),
    ]
    with pytest.raises(IllegalMove):
        await receive(session, found, piece(Outcome.SURPLUS, 1))


@pytest.mark.parametrize("outcome", list(Outcome)[1:])
async def test_trouble_needs_a_reason(session, outcome):
    found = await transfer(session, until="ship")

    with pytest.raises(ReasonMissing):
        await receive(session, found, Piece("CUP", outcome, 1))

    assert await level(session, "CUP", found.destination_id) == {"incoming": 5}


@pytest.mark.parametrize(
    "pieces",
    [
        [piece(Outcome.ACCEPTED, 6)],
        [piece(Outcome.ACCEPTED, 3), piece(Outcome.LOST, 3)],
        [piece(Outcome.ACCEPTED, 1, sku="VASE")],
        [piece(Outcome.SURPLUS, 1, sku="VASE")],
    ],
)
async def test_nothing_arrives_that_is_not_under_way(session, pieces):
    found = await transfer(session, until="ship")

    with pytest.raises(MoreThanThere):
        await receive(session, found, *pieces)

    assert await level(session, "CUP", found.destination_id) == {"incoming": 5}


async def test_rejected_units_go_back_to_the_source(session):
    found = await transfer(session, until="ship")
    await receive(session, found, piece(Outcome.ACCEPTED, 1), piece(Outcome.REJECTED, 4))
    assert found.status is TransferStatus.RETURNING
    assert await level(session, "CUP", found.source_id) == {"on_hand": 5, "incoming": 4}
    assert await level(session, "CUP", found.destination_id) == {"on_hand": 1}

    await take_back(session, found, piece(Outcome.ACCEPTED, 2), piece(Outcome.DAMAGED, 1))
    await take_back(session, found, piece(Outcome.LOST, 1))

    assert found.status is TransferStatus.RECEIVED
    assert await level(session, "CUP", found.source_id) == {"on_hand": 8, "damaged": 1}


async def test_a_transfer_of_which_all_came_back_is_cancelled(session):
    found = await transfer(session, until="ship")
    await requests.cancel(session, transfer_id=found.id)

    await take_back(session, found, piece(Outcome.ACCEPTED, 5))

    assert found.status is TransferStatus.CANCELLED
    assert await level(session, "CUP", found.source_id) == {"on_hand": 10}


async def test_rejected_units_come_back_while_others_are_still_on_their_way(session):
    found = await transfer(session, until="ship")
    await receive(session, found, piece(Outcome.REJECTED, 2))
    await take_back(session, found, piece(Outcome.ACCEPTED, 2))
    assert found.status is TransferStatus.PARTIALLY_RECEIVED

    await receive(session, found, piece(Outcome.ACCEPTED, 3))

    assert found.status is TransferStatus.RECEIVED
    assert await level(session, "CUP", found.source_id) == {"on_hand": 7}
    assert await level(session, "CUP", found.destination_id) == {"on_hand": 3}


async def test_the_source_takes_back_only_what_was_turned_round(session):
    found = await transfer(session, until="ship")
    await receive(session, found, piece(Outcome.REJECTED, 2))

    with pytest.raises(MoreThanThere):
        await take_back(session, found, piece(Outcome.ACCEPTED, 3))
    with pytest.raises(OnlyAtDestination):
        await take_back(session, found, piece(Outcome.REJECTED, 1))

    assert await level(session, "CUP", found.source_id) == {"on_hand": 5, "incoming": 2}
