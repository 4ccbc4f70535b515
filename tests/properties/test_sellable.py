"""What is told, what is explained and what can be bought are one number, whatever the world."""

import random

import pytest

from inventory import movements
from inventory.models import Reason
from inventory.movements import Change
from inventory.selling import availability, buffers, explanations
from inventory.selling.availability import Question
from inventory.selling.rules import Method
from oms.kernel import clock, ids
from oms.orders import placements
from oms.orders.allocations import Shortfall
from tests.factories import (
    item,
    item_group,
    kit,
    location,
    location_group,
    new_order,
    selling_rule,
)

WEB, SHOP = ids.new(), ids.new()
SKUS = ["CUP", "LID", "VASE"]
KITS = {"SET": {"CUP": 2, "LID": 1}, "PAIR": {"VASE": 2}}


async def a_world(session, chance):
    """Places of every sort with every bucket in use, rules of every kind, buffers and kits."""
    places = [
        await location(
            session,
            code=f"L{number}",
            kind=chance.choice(["warehouse", "store"]),
            ships=chance.random() < 0.8,
            pickup=chance.random() < 0.5,
            active=chance.random() < 0.8,
        )
        for number in range(4)
    ]
    for sku in SKUS:
        await item(session, sku=sku)
        for place in chance.sample(places, 3):
            await movements.apply(session, changes=[_some(chance, sku, place)])
    for sku, parts in KITS.items():
        await kit(session, sku, **parts)
    await item_group(session, "mugs", *chance.sample(SKUS, 2))
    await location_group(session, "north", *chance.sample(places, 2))
    for _ in range(chance.randint(0, 4)):
        await selling_rule(session, **_rule(chance))
    if chance.random() < 0.5:
        await buffers.keep_back(session, channel_id=WEB, units=chance.randint(0, 3))


def _some(chance, sku, place):
    units = chance.randint(0, 12)
    damaged = chance.randint(0, units)
    return Change(
        sku, place.id, Reason.OTHER, on_hand=units, damaged=damaged,
        reserved=chance.randint(0, units - damaged) // 2, safety_stock=chance.randint(0, 3),
    )  # fmt: skip


def _rule(chance):
    kind = chance.choice(["threshold", "safety_stock", "shipping", "pickup"])
    decides = {"allowed": chance.random() < 0.4}
    if kind in {"threshold", "safety_stock"}:
        decides = {"units": chance.randint(0, 4)}
    return {
        "kind": kind,
        "priority": chance.randint(1, 3),
        "item_group": chance.choice([None, "mugs"]),
        "location_group": chance.choice([None, "north"]),
        "channel_id": chance.choice([None, str(WEB), str(SHOP)]),
        **decides,
    }


async def told(session, channel_id, method):
    asked = Question(channel_id, [*SKUS, *KITS], method)
    found = await availability.of_channel(session, asked=asked)
    return {one.sku: one for one in found.items}


@pytest.mark.parametrize("seed", range(20))
async def test_the_terms_sum_to_what_is_told_everywhere(session, seed):
    await a_world(session, random.Random(seed))

    for channel_id in (WEB, SHOP):
        for method in Method:
            for sku, seen in (await told(session, channel_id, method)).items():
                asked = explanations.Question(sku, channel_id, method)
                why = await explanations.explain(session, asked=asked, now=clock.now())
                assert why.total == seen.total
                for place in why.locations:
                    assert sum(term.units for term in place.terms) == place.units
                    for part in place.parts:
                        assert sum(term.units for term in part.terms) == part.units
                at = {place.location_id: place.units for place in why.locations}
                for place in seen.locations:
                    assert at.get(place.location_id, 0) == place.available


@pytest.mark.parametrize("seed", range(20))
async def test_what_is_told_can_be_bought_and_not_one_unit_more(session, seed):
    await a_world(session, random.Random(seed))

    for channel_id in (WEB, SHOP):
        for sku in SKUS:
            total = (await told(session, channel_id, Method.SHIPPING))[sku].total
            with pytest.raises(Shortfall) as refusal:
                await buy(session, sku, total + 1, channel_id)
            assert refusal.value.shortages[0]["available"] == total
            if total:
                await buy(session, sku, total, channel_id)
            assert (await told(session, channel_id, Method.SHIPPING))[sku].total == 0


async def buy(session, sku, units, channel_id):
    await placements.place(session, new=new_order((sku, units, 1), channel_id=channel_id))
