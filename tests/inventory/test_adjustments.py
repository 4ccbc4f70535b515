"""Corrections: what was found, all of it or nothing, and never below what is promised."""

import pytest

from inventory import adjustments, commitments
from inventory.adjustments import ReasonNotByHand
from inventory.catalog.items import UnknownSkus
from inventory.commitments import Promise
from inventory.events import Adjusted
from inventory.models import Reason
from inventory.movements import OutOfStock
from inventory.places.queries import UnknownLocation
from oms.kernel import actors, ids
from oms.kernel.actors import Actor, ActorKind
from tests.factories import shelf
from tests.inventory.standing import ledger, level


async def adjusted(session, location_id, *lines, reason=Reason.CYCLE_COUNT_AVAILABLE):
    await adjustments.adjust(
        session, location_id=location_id, reason=reason, lines=lines, reference="COUNT-1"
    )


async def test_a_correction_moves_its_buckets_and_is_told(session):
    cup = await shelf(session, units=5)
    here = cup.location_id

    await adjusted(session, here, Adjusted(sku="CUP", on_hand=-1, damaged=2, safety_stock=1))

    assert await level(session, "CUP", here) == {"on_hand": 4, "damaged": 2, "safety_stock": 1}
    assert (await ledger(session, "CUP"))[-1] == (
        "cycle_count_available", "COUNT-1", "system:oms",
        {"on_hand": -1, "damaged": 2, "safety_stock": 1},
    )  # fmt: skip
    [told] = [one for one in session.info["events"] if one["name"] == "stock.adjusted"]
    assert told["subject_id"] == here
    assert told["data"]["reason"] == "cycle_count_available"
    assert told["data"]["lines"][0]["on_hand"] == -1


async def test_what_is_promised_cannot_be_corrected_away(session):
    cup = await shelf(session, units=5)
    vase = await shelf(session, sku="VASE", units=5, location_id=cup.location_id)
    here = cup.location_id
    promises = [Promise(ids.new(), sku, here, 4) for sku in ("CUP", "VASE")]
    await commitments.make(session, promises=promises, reference="SO-1")
    lines = [
        Adjusted(sku="CUP", on_hand=-2),
        Adjusted(sku="VASE", quality_control=3),
        Adjusted(sku="VASE", damaged=-1, on_hand=-1),
    ]

    with pytest.raises(OutOfStock) as refusal:
        await adjusted(session, here, *lines)

    assert refusal.value.shortages == [
        {"sku": "CUP", "location_id": here, "wanted": 2, "available": 1},
        {"sku": "VASE", "location_id": here, "wanted": 3, "available": 1},
    ]
    assert await level(session, "CUP", here) == {"on_hand": 5, "committed": 4}
    assert await level(session, vase.sku, here) == {"on_hand": 5, "committed": 4}
    assert "events" not in session.info


@pytest.mark.parametrize("reason", sorted(set(Reason) - adjustments.BY_HAND))
async def test_nobody_adjusts_in_the_name_of_an_order_a_hold_or_a_transfer(session, reason):
    cup = await shelf(session)

    with pytest.raises(ReasonNotByHand) as refusal:
        await adjusted(
            session, cup.location_id, Adjusted(sku="CUP", on_hand=1), reason=Reason(reason)
        )

    assert "cycle_count_available" in refusal.value.possible
    assert await level(session, "CUP", cup.location_id) == {"on_hand": 10}


async def test_staff_adjust_at_their_own_locations_only(session):
    cup, far = await shelf(session), await shelf(session)
    sato = Actor(ActorKind.STAFF, "Sato", location_ids=frozenset([cup.location_id]))

    with actors.acting(sato), pytest.raises(UnknownLocation):
        await adjusted(session, far.location_id, Adjusted(sku="CUP", on_hand=1))

    assert await level(session, "CUP", far.location_id) == {"on_hand": 10}


async def test_unknown_skus_are_named(session):
    cup = await shelf(session)

    with pytest.raises(UnknownSkus) as refusal:
        await adjusted(session, cup.location_id, Adjusted(sku="LAMP", on_hand=1))

    assert refusal.value.skus == ["LAMP"]
