"""Packs: what a document says in cases is stored in units, and means so for ever."""

import pytest
from sqlalchemy.exc import DBAPIError

from inventory.catalog import packs
from inventory.catalog.packs import Packed, TooManyUnits, UnknownPacks
from oms.kernel import db
from tests.factories import item, pack


async def test_packs_are_counted_in_units_line_by_line(session):
    for sku in ("CUP", "POT"):
        await item(session, sku=sku)
    for sku, code, units in [("CUP", "case", 12), ("CUP", "inner", 6), ("POT", "case", 4)]:
        await pack(session, sku, code, units)

    lines = [
        Packed("CUP", 3, "case"),
        Packed("POT", 5),
        Packed("CUP", 1, "inner"),
        Packed("POT", 2, "case"),
        Packed("CUP", 1, "case"),
    ]
    assert await packs.in_units(session, lines=lines) == [36, 5, 6, 8, 12]
    assert await packs.in_units(session, lines=lines) == [36, 5, 6, 8, 12]
    assert await packs.in_units(session, lines=[]) == []


async def test_every_pack_that_is_not_known_or_not_used_any_more_is_named(session):
    await item(session, sku="CUP")
    await pack(session, "CUP", "case", 12)
    old = await pack(session, "CUP", "crate", 24, active=False)
    lines = [Packed("CUP", 1, "pallet"), Packed("CUP", 1, "crate"), Packed("LAMP", 1, "case")]

    with pytest.raises(UnknownPacks) as refusal:
        await packs.in_units(session, lines=lines)

    assert refusal.value.packs == [
        {"sku": "CUP", "pack": "crate"},
        {"sku": "CUP", "pack": "pallet"},
        {"sku": "LAMP", "pack": "case"},
    ]
    await session.refresh(old)
    assert old.used is False


async def test_more_units_than_a_line_can_hold_are_refused(session):
    await item(session, sku="CUP")
    await pack(session, "CUP", "pallet", 1000)

    assert await packs.in_units(session, lines=[Packed("CUP", 1000, "pallet")]) == [1_000_000]
    with pytest.raises(TooManyUnits) as refusal:
        await packs.in_units(session, lines=[Packed("CUP", 1001, "pallet")])
    assert refusal.value.units == 1_001_000


async def test_a_pack_may_change_until_it_is_used_and_then_never(session):
    await item(session, sku="CUP")
    case = await pack(session, "CUP", "case", 21)
    case.units = 12
    await session.flush()
    assert await packs.in_units(session, lines=[Packed("CUP", 1, "case")]) == [12]
    await session.refresh(case)
    assert case.used is True

    case.units = 24
    with pytest.raises(DBAPIError) as refusal:
        await session.flush()

    assert db.constraint_of(refusal.value) == "item_pack_is_final"
