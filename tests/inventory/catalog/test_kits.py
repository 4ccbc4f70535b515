"""Kits: as many as their scarcest part, wherever the parts lie together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from inventory.catalog import kits
from inventory.catalog.models import ItemComponent
from oms.kernel import db, ids
from tests.factories import item, kit

TEA_SET = {"CUP": 4, "POT": 1}
HERE, THERE, NOWHERE = ids.new(), ids.new(), ids.new()


async def test_a_composition_is_read_for_kits_alone(session):
    await kit(session, "TEA-SET", **TEA_SET)
    await kit(session, "PAIR", CUP=2)

    assert await kits.compositions(session, skus=["TEA-SET", "CUP", "LAMP"]) == {"TEA-SET": TEA_SET}
    assert await kits.compositions(session, skus=["CUP"]) == {}


async def test_no_kit_comes_into_a_kit_whatever_the_code_does(session):
    await kit(session, "PAIR", CUP=2)
    await item(session, sku="BOX", kit=True)
    session.add(ItemComponent(kit_sku="BOX", sku="PAIR", quantity=1))

    with pytest.raises(DBAPIError) as refusal:
        await session.flush()

    assert db.constraint_of(refusal.value) == "fk_item_component_sku_is_kit"


async def test_an_item_that_is_no_kit_has_no_parts(session):
    await item(session, sku="CUP")
    await item(session, sku="LID")
    session.add(ItemComponent(kit_sku="CUP", sku="LID", quantity=1))

    with pytest.raises(DBAPIError) as refusal:
        await session.flush()

    assert db.constraint_of(refusal.value) == "fk_item_component_kit_sku_of_kit"


@pytest.mark.parametrize(
    ("started", "then"), [({"kit": True}, {"kit": False}), ({"kit": False}, {"kit": True})]
)
async def test_a_kit_stays_a_kit(session, started, then):
    row = await item(session, sku="CUP", **started)
    row.sqlmodel_update(then)

    with pytest.raises(DBAPIError) as refusal:
        await session.flush()

    assert db.constraint_of(refusal.value) == "item_is_final"


def test_a_demand_is_summed_over_lines_and_parts():
    demand = {"TEA-SET": 2, "PAIR": 1, "CUP": 3, "LAMP": 1}
    made_of = {"TEA-SET": TEA_SET, "PAIR": {"CUP": 2}}

    assert kits.parts(demand, made_of) == {"CUP": 13, "POT": 2, "LAMP": 1}


@pytest.mark.parametrize(
    ("units", "makes"),
    [
        ({"CUP": 11, "POT": 9}, 2),
        ({"CUP": 12, "POT": 2}, 2),
        ({"CUP": 3, "POT": 9}, 0),
        ({"CUP": 8, "POT": 0}, 0),
        ({"CUP": -4, "POT": 1}, 0),
        ({"CUP": 9}, 2),
    ],
)
def test_the_scarcest_part_decides(units, makes):
    assert kits.available(TEA_SET, units) == makes


def test_parts_at_different_places_make_no_kit():
    levels = {("CUP", HERE): 9, ("POT", HERE): 1, ("CUP", THERE): 40, ("LAMP", NOWHERE): 5}

    assert kits.available_at(TEA_SET, levels) == {HERE: 1, THERE: 0}


def test_an_untracked_part_is_everywhere():
    levels = {("CUP", HERE): 9, ("CUP", THERE): 40}

    assert kits.available_at(TEA_SET, levels, untracked=["POT"]) == {HERE: 2, THERE: 10}


@given(
    st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 9), min_size=1),
    st.fixed_dictionaries({sku: st.integers(0, 50) for sku in "ABCD"}),
)
def test_what_is_available_can_be_made_and_not_one_more(composition, units):
    makes = kits.available(composition, units)

    enough = kits.parts({"KIT": makes}, {"KIT": composition})
    short = kits.parts({"KIT": makes + 1}, {"KIT": composition})
    assert all(units[sku] >= wanted for sku, wanted in enough.items())
    assert any(units[sku] < wanted for sku, wanted in short.items())
