"""Items: known once by their SKU."""

import pytest

from inventory.catalog import items
from inventory.catalog.items import ItemExists, NotStocked, UnknownSkus
from inventory.catalog.queries import ItemChanged, UnknownItem
from inventory.catalog.views import ItemChangesIn, ItemIn
from tests.factories import item, kit

CUP = ItemIn(sku="CUP", name="A cup", weight_grams=250)


async def test_an_item_is_added_once(session):
    cup = await items.add(session, new=CUP)

    assert (cup.version, cup.active, cup.weight_grams) == (1, True, 250)
    with pytest.raises(ItemExists):
        await items.add(session, new=CUP)


async def test_an_item_is_changed_by_those_who_have_seen_it(session):
    await items.add(session, new=CUP)
    changes = ItemChangesIn(active=False)

    changed = await items.change(session, sku="CUP", changes=changes, version=1)

    assert (changed.version, changed.active, changed.name) == (2, False, "A cup")
    with pytest.raises(ItemChanged):
        await items.change(session, sku="CUP", changes=changes, version=1)
    with pytest.raises(UnknownItem):
        await items.change(session, sku="LAMP", changes=changes)


async def test_every_sku_that_is_not_known_is_named(session):
    await items.add(session, new=CUP)

    await items.demand(session, skus=["CUP", "CUP"])
    with pytest.raises(UnknownSkus) as refusal:
        await items.demand(session, skus=["VASE", "CUP", "LAMP", "VASE"])

    assert refusal.value.skus == ["LAMP", "VASE"]


async def test_kits_and_what_is_not_tracked_never_take_stock(session):
    await items.add(session, new=CUP)
    await kit(session, "PAIR", CUP=2)
    await item(session, sku="WRAP", tracked=False)

    await items.demand_stocked(session, skus=["CUP"])
    with pytest.raises(NotStocked) as refusal:
        await items.demand_stocked(session, skus=["WRAP", "CUP", "PAIR"])
    with pytest.raises(UnknownSkus):
        await items.demand_stocked(session, skus=["PAIR", "LAMP"])

    assert refusal.value.data() == {"kits": ["PAIR"], "untracked": ["WRAP"]}
