"""Why a number is what it is: every term with who says so."""

from datetime import UTC, datetime

import pytest

from inventory import commitments, movements
from inventory.catalog.queries import UnknownItem
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change
from inventory.selling import buffers, explanations
from inventory.selling.explanations import Question
from inventory.selling.rules import Method
from oms.kernel import ids
from tests.factories import item, kit, location, location_group, selling_rule, shelf

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEB = ids.new()


async def explained(session, sku="CUP", **given):
    return await explanations.explain(session, asked=Question(sku, WEB, **given), now=NOON)


def told(place):
    return [(term.name.value, term.units) for term in place.terms]


async def test_every_bucket_and_everything_that_is_kept_back_is_a_term(session):
    cup = await shelf(session, units=20)
    here = cup.location_id
    promises = [Promise(ids.new(), "CUP", here, 3)]
    await commitments.make(session, promises=promises, reference="SO-1")
    found = Change("CUP", here, Reason.OTHER, safety_stock=1, damaged=2, quality_control=1)
    await movements.apply(session, changes=[found])
    await buffers.keep_back(session, channel_id=WEB, units=2)
    threshold = await selling_rule(session, "threshold", units=4, name="Window")
    await selling_rule(session, "safety_stock", units=3)

    seen = await explained(session)

    [place] = seen.locations
    assert told(place) == [
        ("on_hand", 20),
        ("committed", -3),
        ("safety_stock", -1),
        ("damaged", -2),
        ("quality_control", -1),
        ("safety_stock_rule", -2),
        ("threshold_rule", -4),
        ("channel_buffer", -2),
    ]
    assert (seen.total, place.units) == (5, 5)
    assert (place.terms[6].rule_id, place.terms[6].rule_name) == (threshold.id, "Window")


async def test_what_is_kept_back_of_too_little_is_told_as_such(session):
    await shelf(session, units=1)
    await buffers.keep_back(session, channel_id=WEB, units=3)

    [place] = (await explained(session)).locations

    assert told(place) == [("on_hand", 1), ("channel_buffer", -3), ("not_below_zero", 2)]


@pytest.mark.parametrize(
    ("given", "name"),
    [({"active": False}, "location_inactive"), ({"ships": False}, "method_not_offered")],
)
async def test_a_place_that_may_not_ship_says_why(session, given, name):
    place = await location(session, **given)
    await shelf(session, units=5, location_id=place.id)

    seen = await explained(session)

    assert seen.total == 0
    assert told(seen.locations[0]) == [("on_hand", 5), (name, -5)]


async def test_a_rule_that_denies_is_named(session):
    here, there = await location(session, code="A"), await location(session, code="B")
    for place in (here, there):
        await shelf(session, units=5, location_id=place.id)
    await location_group(session, "north", here)
    rule = await selling_rule(session, "shipping", allowed=False, location_group="north")

    seen = await explained(session)

    assert [told(place)[1:] for place in seen.locations] == [[("denied_by_rule", -5)], []]
    assert seen.locations[0].terms[-1].rule_id == rule.id
    assert (await explained(session, location_id=there.id)).total == 5


async def test_pickup_is_asked_for_itself(session):
    store = await location(session, code="S", kind="store", pickup=True, ships=False)
    await shelf(session, units=5, location_id=store.id)

    assert (await explained(session)).total == 0
    assert (await explained(session, method=Method.PICKUP)).total == 5


async def test_a_kit_names_its_scarcest_part(session):
    cup = await shelf(session, units=7)
    await shelf(session, sku="LID", units=2, location_id=cup.location_id)
    await kit(session, "SET", CUP=2, LID=1)

    seen = await explained(session, "SET")

    [place] = seen.locations
    assert (seen.total, told(place)) == (2, [("scarcest_part", 2)])
    assert place.terms[0].sku == "LID"
    assert [(one.sku, one.quantity, one.units) for one in place.parts] == [
        ("CUP", 2, 7),
        ("LID", 1, 2),
    ]


async def test_what_is_not_tracked_needs_no_reason(session):
    await item(session, sku="CARD", tracked=False)

    seen = await explained(session, "CARD")

    assert (seen.total, seen.locations) == (None, [])


async def test_what_is_not_sold_is_not_explained(session):
    await item(session, sku="OLD", active=False)

    for sku in ("OLD", "LAMP"):
        with pytest.raises(UnknownItem):
            await explained(session, sku)
