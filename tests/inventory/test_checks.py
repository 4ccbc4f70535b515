"""Every invariant of stock is seen broken once, and holds on an honest day."""

import pytest
from sqlalchemy import text

from inventory import checks as inventory_checks
from inventory import commitments, movements
from inventory.commitments import Promise
from inventory.models import Reason, StockLevel
from inventory.movements import Change
from oms.kernel import checks, ids
from tests.factories import item, location, shelf

BROKEN = {
    "stock.counters_are_ledger": [
        "UPDATE stock_level SET incoming = incoming + 1 WHERE sku = 'CUP'",
    ],
    "stock.committed_is_promised": [
        "UPDATE stock_commitment SET quantity = quantity + 1",
    ],
    "stock.reserved_is_held": [
        "UPDATE stock_level SET reserved = 1 WHERE sku = 'CUP'",
    ],
    "stock.incoming_is_under_way": [
        "UPDATE stock_level SET incoming = 1 WHERE sku = 'CUP'",
    ],
    "stock.nothing_oversold": [
        "ALTER TABLE stock_level DROP CONSTRAINT ck_stock_level_never_oversold",
        "UPDATE stock_level SET damaged = on_hand WHERE committed > 0",
    ],
    "stock.on_hand_adds_up": [
        "ALTER TABLE stock_level ALTER available DROP EXPRESSION",
        "UPDATE stock_level SET available = available + 1 WHERE sku = 'CUP'",
    ],
}


async def an_honest_day(session):
    """Units promised, shipped, damaged and given back."""
    cup = await shelf(session)
    here = cup.location_id
    await shelf(session, sku="VASE", location_id=here)
    line, other = ids.new(), ids.new()
    made = [Promise(line, "CUP", here, 3), Promise(other, "CUP", here, 2)]
    await commitments.make(session, promises=made, reference="SO-1")
    parcel = [Promise(line, "CUP", here, 2)]
    await commitments.ship(session, promises=parcel, reference="FO-1")
    given_back = [Promise(other, "CUP", here, 2)]
    await commitments.release(session, promises=given_back, reference="SO-1")
    await movements.apply(
        session, changes=[Change("CUP", here, Reason.DAMAGED, damaged=1, safety_stock=9)]
    )


async def broken(session):
    findings = [await checks.run(session, one) for one in inventory_checks.CHECKS]
    return {one.check.name: one for one in findings if not one.holds}


async def test_every_invariant_holds_on_an_honest_day(session):
    await an_honest_day(session)

    assert await broken(session) == {}
    rows = {one.name: (await checks.run(session, one)).rows for one in inventory_checks.CHECKS}
    assert rows == {
        "stock.counters_are_ledger": 6,
        "stock.committed_is_promised": 1,
        "stock.reserved_is_held": 2,
        "stock.incoming_is_under_way": 2,
        "stock.nothing_oversold": 2,
        "stock.on_hand_adds_up": 2,
    }


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_invariant_names_its_level(session, name):
    await an_honest_day(session)

    for damage in BROKEN[name]:
        await session.execute(text(damage))

    assert (await broken(session))[name].offenders[0].startswith("CUP ")


def test_every_check_is_seen_failing():
    assert set(BROKEN) == {one.name for one in inventory_checks.CHECKS}


async def test_a_level_nobody_wrote_down_is_seen(session):
    place, cup = await location(session), await item(session, sku="CUP")
    session.add(StockLevel(sku=cup.sku, location_id=place.id))
    await session.flush()

    found = await broken(session)

    assert list(found) == ["stock.counters_are_ledger"]
    assert found["stock.counters_are_ledger"].offenders == [f"CUP {place.id}"]
